"""Cards of which only a processor has the number: paid with by its tokens, and charged again."""

import pytest
from django.test import Client

from api.models import IdempotencyKey, RequestLog
from core.errors import InvalidRequest, Missing
from core.tenant import Tenant
from ledger import queries as ledger
from payments import resources
from payments.customers.services import customers
from payments.erasure import customers as erasure
from payments.intents.services import confirmation_tokens, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import copied_methods, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import Charge, Customer, Instrument, PaymentMethod
from payments.setups.services import setup_intents
from tests import rails
from tests.books import assert_books_balance, pending
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.payments.tokens_of_processors import (
    KEPT,
    TOKEN,
    DescribingRail,
    taking_live_tokens,
    taking_tokens,
)

pytestmark = pytest.mark.django_db(transaction=True)

DATA = {"type": "card", "card": {"token": TOKEN}}
NET = 100_00 - 3_20
OFF = ConfirmationOptions(is_off=True)


def a_customer(platform):
    return customers.create(tenant=platform, at=now(), name="Anna")


def test_a_guest_pays_with_a_token_and_the_card_is_what_the_processor_says():
    platform = a_platform()
    with taking_tokens() as rail:
        method = payment_methods.create(tenant=platform, at=now(), **DATA)
        unknown = resources.payment_method(method)["card"]
        intent = a_paid_intent(platform, payment_method=method.id)

    assert (unknown["brand"], unknown["last4"], unknown["exp_year"]) == ("unknown", "", 0)
    assert unknown["checks"]["cvc_check"] is None
    assert rail.requests[0].instrument == "once_visa"
    assert not rail.requests[0].is_to_be_kept
    card = resources.payment_method(PaymentMethod.objects.get())["card"]
    assert (card["brand"], card["last4"], card["exp_month"], card["exp_year"]) == (
        "visa",
        "4242",
        8,
        2031,
    )
    assert (card["funding"], card["country"]) == ("debit", "DE")
    charge = Charge.objects.get()
    shown = resources.charge(charge)["payment_method_details"]["card"]
    assert (shown["brand"], shown["last4"]) == ("visa", "4242")
    assert shown["network_transaction_id"] == f"ntid_{charge.id}"
    row = Instrument.objects.get()
    assert (row.processor, row.is_reusable, row.network_transaction_id) == (
        "simulator",
        False,
        None,
    )
    assert TOKEN.partition(":")[2] not in row.sealed_token
    assert intent.status == "succeeded"
    # It has paid once, and belongs to nobody.
    with pytest.raises(InvalidRequest, match="may not be used again"):
        a_paid_intent(platform, payment_method=method.id)
    assert pending(platform) == NET
    assert_books_balance()


def test_a_token_shows_its_card_at_once_where_the_processor_says_what_it_is():
    platform = a_platform()
    with taking_tokens(DescribingRail()) as rail:
        first, again = (payment_methods.create(tenant=platform, at=now(), **DATA) for _ in "ab")
        asked_nothing_else = rail.requests == []
        a_paid_intent(platform, payment_method=first.id)

    card = resources.payment_method(first)["card"]
    assert (card["brand"], card["last4"], card["exp_month"], card["exp_year"]) == (
        "visa",
        "4242",
        8,
        2031,
    )
    assert (card["funding"], card["country"]) == ("debit", "DE")
    assert card["fingerprint"] == again.fingerprint != "fp_of_the_processor"
    assert asked_nothing_else
    charge = Charge.objects.get()
    assert charge.card["fingerprint"] == first.fingerprint
    assert Instrument.objects.get(payment_method=first).fingerprint == "fp_of_the_processor"
    assert_books_balance()


def test_a_token_that_comes_with_an_intent_shows_its_card_before_it_is_charged():
    platform = a_platform()
    with taking_tokens(DescribingRail()) as rail:
        made = payment_methods.create(tenant=platform, at=now(), **DATA)
        paying = payment_intents.create(
            tenant=platform, amount=100_00, currency="usd", payment_method=DATA, at=now()
        )
        keeping = setup_intents.create(tenant=platform, payment_method=DATA, at=now())
        payment_intents.update(
            tenant=platform, intent_id=paying.id, payment_method=DATA, changes={}, at=now()
        )
        entered = confirmation_tokens.create(
            tenant=platform, payment_method=DATA, return_url=None, at=now()
        )
        asked_nothing_else = rail.requests == []
        payment_intents.confirm(tenant=platform, intent_id=paying.id, payment_method=DATA, at=now())

    shown = PaymentMethod.objects.values_list("brand", "last4", "country", "fingerprint")
    assert set(shown) == {("visa", "4242", "DE", made.fingerprint)}
    assert len(shown) == 6
    assert keeping.payment_method.last4 == entered.payment_method.last4 == "4242"
    assert asked_nothing_else
    assert Charge.objects.get().card["brand"] == "visa"
    assert_books_balance()


@pytest.mark.parametrize("token", ["once_lost", "once_nobodys"])
def test_a_card_stays_unknown_whose_processor_does_not_say_what_it_is(token):
    with taking_tokens(DescribingRail()):
        method = payment_methods.create(
            tenant=a_platform(), at=now(), type="card", card={"token": f"simulator:{token}"}
        )

    shown = resources.payment_method(method)["card"]
    assert (shown["brand"], shown["funding"], shown["last4"]) == ("unknown", "unknown", "")
    assert (shown["exp_month"], shown["exp_year"], shown["country"]) == (0, 0, None)


def test_a_card_that_is_kept_is_charged_later_by_what_the_processor_calls_it():
    platform = a_platform()
    customer = a_customer(platform)
    with taking_tokens() as rail:
        a_paid_intent(
            platform,
            payment_method=DATA,
            customer_id=customer.id,
            setup_future_usage="off_session",
        )
        method = PaymentMethod.objects.get()
        first = Charge.objects.get()
        a_paid_intent(platform, payment_method=method.id, customer_id=customer.id, session=OFF)

    kept, later = rail.requests
    assert (kept.is_to_be_kept, kept.payer, kept.network_transaction_id) == (
        True,
        customer.id,
        None,
    )
    assert (later.instrument, later.is_to_be_kept, later.payer) == (KEPT, False, customer.id)
    assert later.network_transaction_id == f"ntid_{first.id}"
    assert (method.customer_id, method.brand) == (customer.id, "visa")
    assert Instrument.objects.get().is_reusable
    assert pending(platform) == 2 * NET
    assert_books_balance()


def test_a_card_that_is_set_up_is_charged_later_too():
    platform = a_platform()
    customer = a_customer(platform)
    with taking_tokens() as rail:
        setup = setup_intents.create(
            tenant=platform, payment_method=DATA, customer_id=customer.id, confirm=True, at=now()
        )
        method = PaymentMethod.objects.get()
        a_paid_intent(platform, payment_method=method.id, customer_id=customer.id, session=OFF)

    assert setup.status == "succeeded"
    assert rail.requests[0].payer == customer.id
    assert rail.requests[1].instrument == KEPT
    assert method.customer_id == customer.id
    assert pending(platform) == NET
    assert_books_balance()


def test_a_card_is_charged_only_where_it_is_known():
    platform = a_platform()
    with taking_tokens():
        method = payment_methods.create(tenant=platform, at=now(), **DATA)
        assert known_instruments.accounts_of(method) == {"simulator"}
        rails.a_stripe_account(secret_key="sk_test_1")

        with pytest.raises(InvalidRequest, match="known to simulator only") as refused:
            a_paid_intent(platform, payment_method=method.id)

    assert refused.value.code == "account_invalid"
    assert known_instruments.accounts_of(PaymentMethod(instrument="visa")) is None
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("simulator:once_visa", "No such processor account"),
        ("nobody:once_visa", "No such processor account"),
        ("bankfile:x", "No such processor account"),
        ("once_visa", "No such token"),
    ],
)
def test_a_token_of_no_account_is_missing(token, says):
    platform = a_platform()

    with pytest.raises(Missing, match=says) as refused:
        payment_methods.create(tenant=platform, card={"token": token}, at=now())

    assert refused.value.param == "card[token]"
    assert not PaymentMethod.objects.exists()


def test_the_number_of_a_card_is_no_token():
    platform = a_platform()

    with taking_tokens(), pytest.raises(InvalidRequest, match="ACCOUNT:TOKEN") as refused:
        payment_methods.create(
            tenant=platform, card={"token": "simulator:4242 4242 4242 4242"}, at=now()
        )

    assert "4242" not in str(refused.value)
    assert not PaymentMethod.objects.exists()


def test_a_platform_s_card_is_known_by_the_same_name_on_a_seller_s_account():
    platform = a_platform()
    seller, customer = a_seller(platform), a_customer(platform)
    with taking_tokens() as rail:
        setup_intents.create(
            tenant=platform, payment_method=DATA, customer_id=customer.id, confirm=True, at=now()
        )
        method = PaymentMethod.objects.get()
        copy = copied_methods.create(
            tenant=seller, platform=platform, method_id=method.id, customer_id=customer.id, at=now()
        )
        a_paid_intent(seller, payment_method=copy.id, platform_id=platform.account_id)

    assert rail.requests[-1].instrument == KEPT
    rows = {row.payment_method_id: row for row in Instrument.objects.all()}
    assert rows[copy.id].sealed_token != rows[method.id].sealed_token
    assert rows[copy.id].account_id == seller.account_id
    assert_books_balance()


def test_who_is_forgotten_can_be_charged_by_nobody_s_token():
    platform = a_platform()
    customer = a_customer(platform)
    with taking_tokens():
        setup_intents.create(
            tenant=platform, payment_method=DATA, customer_id=customer.id, confirm=True, at=now()
        )
    customers.delete(tenant=platform, customer_id=customer.id, at=now())

    Customer.objects.update(erase_at=now())
    assert erasure.erase_due(at=now()) == 1

    assert not Instrument.objects.exists()
    assert PaymentMethod.objects.get().known_at == []


def test_a_test_card_stays_known_everywhere_and_costs_no_query(django_assert_num_queries):
    platform = a_platform()
    a_paid_intent(platform)
    method = PaymentMethod.objects.get()

    with django_assert_num_queries(0):
        assert known_instruments.load(method, "simulator").token == "visa"
        assert known_instruments.accounts_of(method) is None
    assert not Instrument.objects.exists()
    assert payment_intents.repair(at=now()) == 0


NUMBER = "4242 4242 4242 4242"
TYPED = {"number": NUMBER, "exp_month": 8, "exp_year": 2031, "cvc": "123"}


def test_the_number_of_a_card_is_refused_everywhere_in_live_mode_and_kept_nowhere():
    platform = Tenant(a_platform().account_id, livemode=True)
    headers = {"Authorization": f"Bearer {a_key(platform)}"}
    customer = a_customer(platform)
    data = {"type": "card", "card": TYPED}
    calls = {
        "payment_methods": data,
        "tokens": {"card": TYPED},
        "confirmation_tokens": {"payment_method_data": data},
        "setup_intents": {"payment_method_data": data},
        "payment_intents": {
            "amount": 100_00,
            "currency": "usd",
            "confirm": True,
            "payment_method_data": data,
        },
        f"customers/{customer.id}/sources": {"source": {"object": "card"} | TYPED},
    }

    for path, params in calls.items():
        answer = Client().post(
            f"/v1/{path}",
            params,
            content_type="application/json",
            headers=headers | {"Idempotency-Key": path},
        )
        error = answer.json()["error"]

        assert (answer.status_code, error["code"]) == (400, "card_number_not_allowed"), path
        assert "ACCOUNT:TOKEN" in error["message"]
    rows = [*RequestLog.objects.values_list(), *IdempotencyKey.objects.values_list()]
    assert len(rows) >= len(calls)
    assert not any("4242" in str(value) for row in rows for value in row)
    assert not PaymentMethod.objects.exists()
    unknown = Client().post(
        "/v1/payment_methods",
        {"type": "card", "card": {"token": "tok_visa"}},
        content_type="application/json",
        headers=headers,
    )
    assert unknown.json()["error"]["param"] == "card[token]"


def test_real_money_is_taken_by_a_token_of_an_account_of_live_mode():
    test = a_platform()
    live = Tenant(test.account_id, livemode=True)
    with taking_live_tokens() as name:
        token = {"type": "card", "card": {"token": f"{name}:once_visa"}}
        intent = a_paid_intent(live, payment_method=token)
        with pytest.raises(Missing, match="No such processor account"):
            a_paid_intent(test, payment_method=token)

    charge = Charge.objects.get()
    assert (intent.status, charge.processor, charge.livemode) == ("succeeded", name, True)
    assert PaymentMethod.objects.get().last4 == "4242"
    assert ledger.balance(owner=live.account_id, livemode=True).pending == {"usd": NET}
    assert pending(test) == 0
    assert_books_balance()
