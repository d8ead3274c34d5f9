"""Platforms of older versions open and change accounts as they did in their time."""

import pytest

from api.older import older_requests
from tests.factories import a_key, a_platform
from tests.payments.test_older_versions import NEWEST, Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return a_key(a_platform())


def test_a_managed_account_of_2016_with_a_legal_entity_and_a_bank_account(key):
    old, newest = Api(key, "2016-07-06"), Api(key, NEWEST)

    account = old(
        "POST",
        "accounts",
        country="US",
        managed=True,
        email="ada@shop.example",
        business_name="Ada's books",
        business_url="https://shop.example",
        support_phone="+12025550100",
        product_description="Books",
        debit_negative_balances=True,
        transfer_schedule={"interval": "manual"},
        transfer_statement_descriptor="ADA",
        statement_descriptor="ADAS BOOKS",
        decline_charge_on={"cvc_failure": True},
        legal_entity={
            "type": "individual",
            "first_name": "Ada",
            "last_name": "Maier",
            "dob": {"day": 1, "month": 2, "year": 1990},
            "ssn_last_4": "0000",
            "address": {"line1": "1 Main St", "city": "Austin", "state": "TX"},
            "personal_phone_number": "+12025550101",
        },
        external_account={
            "object": "bank_account",
            "country": "US",
            "currency": "usd",
            "routing_number": "110000000",
            "account_number": "000123456789",
        },
        tos_acceptance={"date": 1_467_763_200, "ip": "8.8.8.8"},
    )

    assert old.status == 200, account
    assert (account["managed"], account["legal_entity"]["first_name"]) == (True, "Ada")
    seen = newest("GET", f"accounts/{account['id']}")
    assert (seen["type"], seen["business_type"]) == ("custom", "individual")
    profile, settings, person = seen["business_profile"], seen["settings"], seen["individual"]
    assert (profile["name"], profile["url"], profile["support_phone"]) == (
        "Ada's books",
        "https://shop.example",
        "+12025550100",
    )
    assert profile["product_description"] == "Books"
    assert settings["payouts"]["schedule"]["interval"] == "manual"
    assert settings["payouts"]["statement_descriptor"] == "ADA"
    assert settings["payouts"]["debit_negative_balances"] is True
    assert settings["payments"]["statement_descriptor"] == "ADAS BOOKS"
    assert settings["card_payments"]["decline_on"]["cvc_failure"] is True
    assert (person["first_name"], person["phone"]) == ("Ada", "+12025550101")
    assert person["address"]["city"] == "Austin"
    assert person["dob"] == {"day": 1, "month": 2, "year": 1990}
    assert seen["external_accounts"]["data"][0]["last4"] == "6789"


def test_a_company_of_2018_has_its_own_address(key):
    account = Api(key, "2018-11-08")(
        "POST",
        "accounts",
        country="US",
        type="custom",
        legal_entity={
            "type": "company",
            "business_name": "Maier LLC",
            "business_tax_id": "000000000",
            "address": {"line1": "1 Main St", "city": "Austin"},
            "phone_number": "+12025550100",
        },
    )

    seen = Api(key, NEWEST)("GET", f"accounts/{account['id']}")
    assert seen["business_type"] == "company"
    assert seen["company"]["name"] == "Maier LLC"
    assert seen["company"]["address"]["city"] == "Austin"
    assert seen["company"]["tax_id_provided"] is True
    assert seen["company"]["phone"] == "+12025550100"


def test_a_bank_account_of_2015_is_an_external_account(key):
    account = Api(key, "2015-09-23")(
        "POST",
        "accounts",
        country="US",
        managed="true",
        bank_account={
            "country": "US",
            "currency": "usd",
            "routing_number": "110000000",
            "account_number": "000123456789",
        },
    )

    assert account["external_accounts"]["data"][0]["last4"] == "6789"


def test_capabilities_were_asked_for_in_a_list(key):
    account = Api(key, "2019-05-16")(
        "POST",
        "accounts",
        country="US",
        type="custom",
        requested_capabilities=["card_payments", "platform_payments"],
    )

    seen = Api(key, NEWEST)("GET", f"accounts/{account['id']}")
    assert set(seen["capabilities"]) == {"card_payments", "transfers"}
    assert "platform_payments" in account["capabilities"]


@pytest.mark.parametrize(
    ("params", "now"),
    [
        ({"managed": True}, "Since 2017-05-25 it is called `type`."),
        ({"legal_entity": {"type": "company"}}, "`individual`, `company` and `business_type`."),
        ({"transfer_schedule": {}}, "it is called `settings[payouts][schedule]`."),
        ({"payout_schedule": {}}, "it is called `settings[payouts][schedule]`."),
        ({"business_name": "x"}, "it is called `business_profile[name]`."),
        ({"support_phone": "x"}, "it is called `business_profile[support_phone]`."),
        ({"debit_negative_balances": True}, "`settings[payouts][debit_negative_balances]`."),
        ({"bank_account": {}}, "Since 2015-10-01 it is called `external_account`."),
        ({"requested_capabilities": ["transfers"]}, "Since 2020-08-27 it is called `capabilities`"),
    ],
)
def test_the_newest_version_says_what_an_old_name_is_called_now(key, params, now):
    newest = Api(key, NEWEST)

    error = newest("POST", "accounts", country="US", **params)["error"]

    assert (newest.status, error["code"], error["param"]) == (
        400,
        "parameter_unknown",
        next(iter(params)),
    )
    assert now in error["message"]


def test_what_nothing_is_made_of_is_refused_by_its_old_name(key):
    old = Api(key, "2018-11-08")

    error = old(
        "POST",
        "accounts",
        country="US",
        type="custom",
        legal_entity={"type": "company", "additional_owners": [{"first_name": "Eve"}]},
    )["error"]

    assert (error["code"], error["param"]) == ("parameter_unknown", "legal_entity")


@pytest.mark.parametrize(
    "params",
    [
        {"legal_entity": "company"}, {"legal_entity": ["type"]}, {"legal_entity": {}},
        {"legal_entity": {"verification": "x"}}, {"payout_schedule": "x", "settings": "x"},
        {"business_name": "x", "business_profile": ["x"]}, {"bank_account": None},
        {"requested_capabilities": [{"a": 1}]}, {"requested_capabilities": "x"},
    ],
)  # fmt: skip
def test_no_shape_of_a_request_breaks_the_walk(key, params):
    older_requests.bring_up({**params}, "2012-01-01", "POST /v1/accounts")
    old = Api(key, "2012-01-01")

    old("POST", "accounts", country="US", managed=True, **params)

    assert old.status == 400
