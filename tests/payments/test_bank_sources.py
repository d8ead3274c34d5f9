"""Older integrations save a payer's bank account, verify it by two small payments, and debit it."""

import json
from datetime import timedelta

import pytest

from connect.models import SealedToken
from core.request_context import RequestContext, working_for
from payments.inbound.services import delayed_polling
from payments.methods.services import bank_sources, sources
from payments.models import Charge, Customer, Mandate, PaymentMethod
from processors.models import SimulatedRequest
from tests.acceptance import annotations
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask
from webhooks.models import Event

pytestmark = pytest.mark.django_db

BANK = {
    "object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000",
    "account_number": "000123456789", "account_holder_name": "Ada",
    "account_holder_type": "individual",
}  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


@pytest.fixture
def customer(key):
    return ask(key, "POST", "customers").json()["id"]


@pytest.fixture
def path(customer):
    return f"customers/{customer}/sources"


def days_pass():
    """Make the simulated processor believe that it was asked long ago, and ask it."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=5))
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    delayed_polling.poll_due(at=now())


def told():
    rows = Event.objects.filter(type__startswith="customer.source.").order_by("id")
    return [(row.type.rpartition(".")[2], row.object_id) for row in rows]


def test_a_token_of_a_bank_account_is_added_verified_and_debited(platform, key, customer, path):
    account = {name: value for name, value in BANK.items() if name != "object"}
    token = ask(key, "POST", "tokens", bank_account=account).json()
    added = ask(key, "POST", path, source=token["id"]).json()
    too_early = ask(
        key, "POST", "charges", amount=10_00, currency="usd", customer=customer, source=added["id"]
    ).json()["error"]
    known = ask(key, "POST", f"{path}/{added['id']}/verify", amounts=[45, 32]).json()
    charge = ask(
        key, "POST", "charges", amount=10_00, currency="usd", customer=customer, source=added["id"]
    ).json()
    days_pass()

    assert (added["object"], added["status"], added["last4"]) == ("bank_account", "new", "6789")
    assert added["id"].startswith("ba_")
    assert annotations.faults(added, annotations.class_of(added)) == []
    assert (too_early["code"], too_early["param"]) == ("bank_account_unverified", "source")
    assert known == added | {"status": "verified"}
    assert charge["status"] == "pending"
    assert ask(key, "GET", f"charges/{charge['id']}").json()["status"] == "succeeded"
    assert told() == [("created", added["id"]), ("updated", added["id"])]
    updated = json.loads(Event.objects.get(type="customer.source.updated").data)
    assert updated["previous_attributes"] == {"status": "new"}
    assert SealedToken.objects.get().used_at
    assert ask(key, "POST", path, source=token["id"]).json()["error"]["code"] == (
        "token_already_used"
    )
    # 2.9 % of 10.00 and 0.30 is 0.59.
    assert total(platform) == 9_41
    assert_books_balance()


def test_wrong_amounts_are_counted_until_there_are_no_tries_left(key, path):
    added = ask(key, "POST", path, source=BANK).json()
    verify = f"{path}/{added['id']}/verify"

    first = ask(key, "POST", verify, amounts=[32, 46]).json()["error"]
    for _ in range(8):
        ask(key, "POST", verify, amounts=[1, 2])
    before = ask(key, "GET", f"{path}/{added['id']}").json()["status"]
    last = ask(key, "POST", verify, amounts=[1, 2]).json()["error"]
    right = ask(key, "POST", verify, amounts=[32, 45]).json()["error"]

    code = "bank_account_verification_failed"
    assert (first["code"], first["param"]) == (code, "amounts")
    assert "9 tries are left" in first["message"]
    assert before == "new"
    assert (last["code"], right["code"]) == (code, code)
    assert ask(key, "GET", f"{path}/{added['id']}").json()["status"] == "verification_failed"
    assert not Mandate.objects.exists()
    assert [what for what, _ in told()] == ["created", "updated"]


def test_the_published_amounts_stand_for_too_many_tries(key, path):
    added = ask(key, "POST", path, source="btok_us").json()
    verify = f"{path}/{added['id']}/verify"

    answer = ask(key, "POST", verify, amounts=[10, 11])

    assert answer.json()["error"]["code"] == "bank_account_verification_failed"
    assert PaymentMethod.objects.get().verification == "verification_failed"


def test_a_verified_token_needs_no_payments_and_can_be_the_default(platform, key):
    customer = ask(
        key, "POST", "customers", source="btok_us_verified", expand=["default_source"]
    ).json()
    bank = customer["default_source"]
    path = f"customers/{customer['id']}/sources"

    again = ask(key, "POST", f"{path}/{bank['id']}/verify", amounts=[32, 45])
    charge = ask(
        key, "POST", "charges", amount=10_00, currency="usd", customer=customer["id"]
    ).json()

    assert (bank["object"], bank["status"]) == ("bank_account", "verified")
    assert Customer.objects.get().default_source_id == bank["id"]
    assert again.status_code == 400
    assert "already been verified" in again.json()["error"]["message"]
    assert charge["status"] == "pending"
    assert_books_balance()


def test_bank_accounts_are_listed_changed_and_removed(key, path):
    card = ask(key, "POST", path, source="tok_visa").json()
    bank = ask(key, "POST", path, source=BANK, metadata={"a": "1"}).json()
    one = f"{path}/{bank['id']}"

    listed = ask(key, "GET", path, object="bank_account").json()["data"]
    changed = ask(key, "POST", one, account_holder_name="Bo").json()
    gone = ask(key, "DELETE", one).json()

    assert listed == [bank]
    assert (bank["metadata"], changed["account_holder_name"]) == ({"a": "1"}, "Bo")
    assert gone == {"id": bank["id"], "object": "bank_account", "deleted": True}
    assert ask(key, "GET", one).status_code == 404
    assert told() == [
        ("created", card["id"]),
        ("created", bank["id"]),
        ("updated", bank["id"]),
        ("deleted", bank["id"]),
    ]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"account_holder_name": ""}, "parameter_invalid_empty", "source[account_holder_name]"),
        ({"routing_number": "110000001"}, "routing_number_invalid", "source[routing_number]"),
        ({"account_number": "1"}, "account_number_invalid", "source[account_number]"),
        ({"account_number": "000999999991"}, "bank_account_unusable", "source"),
        ({"country": "DE"}, "feature_not_supported", "source[country]"),
    ],
)
def test_what_is_no_bank_account_is_not_added(key, path, params, code, param):
    error = ask(key, "POST", path, source=BANK | params).json()["error"]

    assert (error["code"], error["param"]) == (code, param)
    assert not PaymentMethod.objects.exists()
    assert told() == []


def test_only_the_customers_own_bank_account_that_waits_is_verified(key, path):
    bank = ask(key, "POST", path, source=BANK).json()["id"]
    card = ask(key, "POST", path, source="tok_visa").json()["id"]
    other = ask(key, "POST", "customers").json()["id"]
    params = {"amounts": [32, 45]}

    answers = [
        ask(key, "POST", f"customers/{other}/sources/{bank}/verify", **params),
        ask(a_key(a_platform()), "POST", f"{path}/{bank}/verify", **params),
        ask(key, "POST", f"{path}/{card}/verify", **params),
        ask(key, "POST", f"{path}/{bank}/verify", amounts=[32]),
        ask(key, "POST", f"{path}/{bank}/verify"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 400, 400, 400]
    assert set(PaymentMethod.objects.values_list("verification", flat=True)) == {"new", None}


def test_a_token_of_a_bank_account_is_not_charged_by_itself(key):
    error = ask(
        key, "POST", "charges", amount=10_00, currency="usd", source="btok_us_verified"
    ).json()["error"]

    assert (error["code"], error["param"]) == ("bank_account_unverified", "source")


def test_a_bank_account_that_is_added_again_is_permitted_once(key, customer, path):
    bank = ask(key, "POST", path, source="btok_us_verified").json()["id"]

    again = ask(key, "POST", path, source=bank)
    charge = ask(
        key, "POST", "charges", amount=10_00, currency="usd", customer=customer, source=bank
    ).json()

    assert (again.status_code, again.json()["id"]) == (200, bank)
    assert charge["status"] == "pending"
    assert Mandate.objects.get().customer_acceptance == {"type": "offline"}


def test_what_is_no_source_is_not_added_as_one(key, customer, path):
    error = ask(key, "POST", path, source="pm_success_de").json()["error"]

    assert error["param"] == "source"
    assert "sepa_debit" in error["message"]
    assert not PaymentMethod.objects.exists()
    assert Customer.objects.get().default_source_id is None


def test_what_was_added_and_verified_is_found_by_a_request_that_was_cut_off(
    platform, key, customer
):
    account = {name: value for name, value in BANK.items() if name != "object"}
    token = ask(key, "POST", "tokens", bank_account=account).json()["id"]
    named = {"tenant": platform, "customer_id": customer, "at": now()}
    added, verified = [], []

    for is_recovery in (False, True):
        with working_for(RequestContext(id_suffix="a" * 24, is_recovery=is_recovery)):
            added.append(sources.create(source=token, **named).id)
    source = f"ba_{added[0].partition('_')[2]}"
    for is_recovery in (False, True):
        with working_for(RequestContext(id_suffix="b" * 24, is_recovery=is_recovery)):
            row = bank_sources.verify(source_id=source, amounts=[32, 45], **named)
            verified.append(row.verification)

    assert added == [PaymentMethod.objects.get().id] * 2
    assert verified == ["verified"] * 2
    assert Mandate.objects.count() == 1
    assert told() == [("created", source), ("updated", source)]
