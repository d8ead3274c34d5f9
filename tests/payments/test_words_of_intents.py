"""What typed clients say of a payment and what it does, over HTTP."""

import pytest

from payments.models import Charge
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, a_seller
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

PAID = {"amount": 10_00, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}


@pytest.mark.parametrize(
    ("off_session", "is_off"),
    [(True, True), ("one_off", True), ("recurring", True), (False, False), ("false", False)],
)
def test_a_payer_may_be_away_once_or_each_month(off_session, is_off):
    answer = ask(a_key(a_platform()), "POST", "payment_intents", **PAID, off_session=off_session)

    assert answer.json()["status"] == "succeeded"
    assert Charge.objects.get().is_off_session is is_off


def test_another_word_for_a_payer_who_is_away_is_refused():
    answer = ask(a_key(a_platform()), "POST", "payment_intents", **PAID, off_session="sometimes")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "off_session")
    assert not Charge.objects.exists()


def test_libraries_of_apps_may_say_that_they_are_there():
    answer = ask(
        a_key(a_platform()),
        "POST",
        "payment_intents",
        **PAID,
        use_stripe_sdk=True,
        radar_options={"session": "rse_1"},
    )

    assert answer.json()["status"] == "succeeded"


ITEM = {"product_name": "Tea", "quantity": 2, "unit_cost": 5_00, "product_code": "TEA1"}


def test_what_is_bought_is_listed_item_by_item():
    key = a_key(a_platform())
    details = {"line_items": [ITEM, {**ITEM, "product_name": "Cup"}], "discount_amount": 0}
    made = ask(key, "POST", "payment_intents", **PAID, amount_details=details).json()

    path = f"payment_intents/{made['id']}/amount_details_line_items"
    first = ask(key, "GET", path, limit=1).json()
    rest = ask(key, "GET", path, starting_after=first["data"][0]["id"]).json()
    back = ask(key, "GET", path, ending_before=rest["data"][0]["id"]).json()

    assert made["amount_details"] == {"tip": {}, "discount_amount": 0}
    assert first["has_more"]
    assert [row["product_name"] for row in first["data"] + rest["data"]] == ["Tea", "Cup"]
    assert (rest["has_more"], back["data"]) == (False, first["data"])
    assert first["data"][0] | ITEM == first["data"][0]


def test_references_of_a_purchase_are_shown():
    key = a_key(a_platform())
    made = ask(
        key,
        "POST",
        "payment_intents",
        amount=100,
        currency="usd",
        payment_details={"order_reference": "o-7"},
    ).json()
    changed = ask(key, "POST", f"payment_intents/{made['id']}", payment_details="").json()

    assert made["payment_details"] == {"customer_reference": None, "order_reference": "o-7"}
    assert "payment_details" not in changed


# Of those that take dollars, beside cards.
ON_AT_FIRST = ["alipay", "klarna", "afterpay_clearpay"]


def test_a_configuration_chooses_the_types_of_an_intent():
    key = a_key(a_platform())
    named = ask(
        key,
        "POST",
        "payment_method_configurations",
        name="Cards and debits",
        us_bank_account={"display_preference": {"preference": "on"}},
        card={"display_preference": {"preference": "off"}},
    ).json()["id"]
    params = {"amount": 10_00, "currency": "usd", "payment_method_configuration": named}

    made = ask(key, "POST", "payment_intents", **params).json()
    refused = ask(
        key, "POST", f"payment_intents/{made['id']}/confirm", payment_method="pm_card_visa"
    )
    kept = ask(key, "POST", "setup_intents", payment_method_configuration=named).json()

    assert made["payment_method_types"] == ["us_bank_account", *ON_AT_FIRST]
    assert made["payment_method_configuration_details"] == {"id": named, "parent": None}
    assert refused.status_code == 400
    assert not Charge.objects.exists()
    assert set(kept["payment_method_types"]) == {"us_bank_account", "bancontact", "ideal"}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"payment_method_configuration": "pmc_nobodys"}, "resource_missing"),
        (
            {"payment_method_configuration": "pmc_1", "payment_method_types": ["card"]},
            "parameters_exclusive",
        ),
    ],
)
def test_a_configuration_that_cannot_choose_is_refused(params, code):
    answer = ask(
        a_key(a_platform()), "POST", "payment_intents", amount=100, currency="usd", **params
    )

    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["param"] == "payment_method_configuration"


def test_the_older_names_of_a_charge_mean_the_newer_ones():
    platform = a_platform()
    seller = a_seller(platform)
    key = a_key(platform)
    params = {"amount": 50_00, "currency": "usd", "source": "tok_visa"}

    made = ask(
        key, "POST", "charges", **params, destination=seller.account_id, application_fee=5_00
    ).json()
    part = ask(
        key,
        "POST",
        "charges",
        **params,
        destination={"account": seller.account_id, "amount": 30_00},
    ).json()

    assert made["transfer_data"]["destination"] == seller.account_id
    assert (made["application_fee_amount"], part["transfer_data"]["amount"]) == (5_00, 30_00)
    # 2.9 % of 50.00 and 0.30 is 1.75, twice.
    assert (total(seller), total(platform)) == (75_00, 25_00 - 2 * 1_75)
    assert_books_balance()


def test_a_payment_is_confirmed_over_the_amount_that_the_caller_believes_it_has():
    platform = a_platform()
    key = a_key(platform)
    intent = ask(key, "POST", "payment_intents", amount=10_00, currency="usd").json()["id"]
    confirm = {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    path = f"payment_intents/{intent}/confirm"

    less = ask(key, "POST", path, **confirm, amount_to_confirm=9_00).json()["error"]
    waiting = ask(key, "GET", f"payment_intents/{intent}").json()["status"]
    paid = ask(key, "POST", path, **confirm, amount_to_confirm=10_00).json()

    assert (less["param"], waiting) == ("amount_to_confirm", "requires_payment_method")
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 10_00)
    # 2.9 % of 10.00 and 0.30 is 0.59.
    assert total(platform) == 9_41
    assert_books_balance()
