"""A payment method is kept for later charges without being charged now."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.errors import CardError, InvalidRequest, Missing
from payments import pages
from payments.customers.services import customers
from payments.inbound.services import challenges
from payments.inbound.services.challenges import Answer
from payments.intents.services import payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Authentication, Charge, Mandate, PaymentMethod, SetupAttempt
from payments.setups.services import setup_errors, setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

ASKS = "pm_card_authenticationRequiredOnSetup"
ONLINE = {"type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}}


def a_customer(platform):
    return customers.create(tenant=platform, at=now()).id


def a_setup(platform, **details):
    wanted = {"payment_method": "pm_card_visa", "confirm": True} | details
    return setup_intents.create(tenant=platform, at=now(), **wanted)


def answer(platform, intent, result):
    return challenges.answer(challenges.open_of(platform, intent), result, at=now())


def told(type):
    return Event.objects.filter(type=type).count()


def test_a_card_is_kept_for_its_customer_and_charged_later_without_the_payer():
    platform = a_platform()
    customer = a_customer(platform)

    kept = a_setup(platform, customer_id=customer)

    assert kept.status == "succeeded"
    assert PaymentMethod.objects.get().customer_id == customer
    assert [a.status for a in SetupAttempt.objects.all()] == ["succeeded"]
    assert told("setup_intent.created") == told("setup_intent.succeeded") == 1
    assert told("payment_method.attached") == 1
    assert total(platform) == 0
    a_paid_intent(
        platform,
        customer_id=customer,
        payment_method=kept.payment_method_id,
        session=ConfirmationOptions(is_off=True),
    )
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_card_whose_bank_asks_once_is_charged_later_without_asking():
    platform = a_platform()
    customer = a_customer(platform)
    intent = a_setup(
        platform, payment_method=ASKS, customer_id=customer, return_url="https://shop.example/x"
    )
    assert (intent.status, intent.next_action["type"]) == ("requires_action", "redirect_to_url")
    assert told("setup_intent.requires_action") == 1

    kept = answer(platform, intent, Answer.AUTHENTICATED)

    assert (kept.status, kept.next_action) == ("succeeded", None)
    attempt = SetupAttempt.objects.get()
    assert attempt.three_d_secure["result"] == "authenticated"
    assert Authentication.objects.get().charge_id == attempt.id
    a_paid_intent(
        platform,
        customer_id=customer,
        payment_method=kept.payment_method_id,
        session=ConfirmationOptions(is_off=True),
    )
    assert total(platform) == 96_80
    assert_books_balance()


@pytest.mark.parametrize("result", [Answer.REJECTED, Answer.ABANDONED, Answer.UNAVAILABLE])
def test_a_bank_that_is_not_satisfied_ends_the_try(result):
    platform = a_platform()
    intent = a_setup(platform, payment_method=ASKS)

    refused = answer(platform, intent, result)

    assert refused.status == "requires_payment_method"
    assert refused.last_setup_error["code"] == "setup_intent_authentication_failure"
    assert SetupAttempt.objects.get().status == "failed"
    assert told("setup_intent.setup_failed") == 1
    again = setup_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
    )
    assert again.status == "succeeded"
    assert [a.status for a in SetupAttempt.objects.order_by("id")] == ["failed", "succeeded"]


def test_a_declined_card_is_not_kept_and_the_error_says_why():
    platform = a_platform()
    customer = a_customer(platform)

    with pytest.raises(CardError) as declined:
        a_setup(
            platform, payment_method="pm_card_chargeDeclinedInsufficientFunds", customer_id=customer
        )

    assert declined.value.code == "card_declined"
    assert declined.value.extra["decline_code"] == "insufficient_funds"
    wire = declined.value.extra["setup_intent"]
    assert wire["status"] == "requires_payment_method"
    assert wire["last_setup_error"]["decline_code"] == "insufficient_funds"
    assert SetupAttempt.objects.get().status == "failed"
    assert PaymentMethod.objects.get().customer_id is None


def test_a_card_that_only_declines_charges_can_be_kept():
    assert a_setup(a_platform(), payment_method="pm_card_chargeCustomerFail").status == "succeeded"


@pytest.mark.parametrize(
    "card", ["pm_card_rialto_timeoutAfterCharge", "pm_card_rialto_timeoutBeforeCharge"]
)
def test_an_answer_that_is_lost_leaves_it_processing_until_the_rail_says(card):
    platform = a_platform()

    intent = a_setup(platform, payment_method=card)

    assert intent.status == "processing"
    with pytest.raises(setup_errors.UnexpectedState):
        setup_intents.cancel(tenant=platform, intent_id=intent.id, at=now())
    assert setup_intents.repair(at=now()) == 0
    assert setup_intents.repair(at=now() + timedelta(minutes=1)) == 1
    intent.refresh_from_db()
    assert (intent.status, intent.processing_since) == ("succeeded", None)
    assert told("setup_intent.succeeded") == 1


def test_a_mandate_is_made_when_the_payer_gave_one():
    platform = a_platform()

    kept = a_setup(platform, customer_acceptance=ONLINE)

    mandate = Mandate.objects.get()
    assert (kept.mandate_id, mandate.status) == (mandate.id, "active")
    assert mandate.customer_acceptance == ONLINE
    with pytest.raises(InvalidRequest) as refused:
        a_setup(platform, customer_acceptance={"type": "online"})
    assert refused.value.param == "mandate_data[customer_acceptance][online][ip_address]"
    with pytest.raises(InvalidRequest) as refused:
        a_setup(platform, customer_acceptance=ONLINE, confirm=False)
    assert refused.value.param == "mandate_data"


def test_confirming_again_asks_anew_and_abandons_the_first_try():
    platform = a_platform()
    first = a_setup(platform, payment_method=ASKS)

    second = setup_intents.confirm(
        tenant=platform, intent_id=first.id, payment_method=ASKS, at=now()
    )

    assert second.status == "requires_action"
    assert [a.status for a in SetupAttempt.objects.order_by("id")] == [
        "abandoned",
        "requires_action",
    ]
    assert answer(platform, second, Answer.AUTHENTICATED).status == "succeeded"


def test_an_intent_that_has_ended_or_waits_for_nothing_takes_no_action():
    platform = a_platform()
    done = a_setup(platform)
    open_ = a_setup(platform, confirm=False, payment_method=None)

    for act in (setup_intents.confirm, setup_intents.cancel):
        with pytest.raises(setup_errors.UnexpectedState):
            act(tenant=platform, intent_id=done.id, at=now())
    with pytest.raises(setup_errors.UnexpectedState):
        setup_intents.confirm(tenant=platform, intent_id=open_.id, at=now())
    with pytest.raises(setup_errors.UnexpectedState):
        setup_intents.update(
            tenant=platform, intent_id=done.id, changes={"usage": "on_session"}, at=now()
        )
    with pytest.raises(setup_errors.UnexpectedState):
        challenges.open_of(platform, open_)
    words = {"metadata": {"a": "b"}, "description": "d"}
    changed = setup_intents.update(tenant=platform, intent_id=done.id, changes=words, at=now())
    assert (changed.metadata, changed.description) == ({"a": "b"}, "d")
    with pytest.raises(Missing):
        setup_intents.cancel(tenant=a_platform(), intent_id=open_.id, at=now())


def test_canceling_what_waits_for_the_payer_ends_the_question():
    platform = a_platform()
    intent = a_setup(platform, payment_method=ASKS)
    asked = challenges.open_of(platform, intent)

    canceled = setup_intents.cancel(
        tenant=platform, intent_id=intent.id, cancellation_reason="abandoned", at=now()
    )

    assert (canceled.status, canceled.next_action) == ("canceled", None)
    assert challenges.answer(asked, Answer.AUTHENTICATED, at=now()).status == "canceled"
    assert SetupAttempt.objects.get().status == "abandoned"
    assert told("setup_intent.canceled") == 1


def test_another_customers_card_is_refused():
    platform = a_platform()
    kept = a_setup(platform, customer_id=a_customer(platform))

    with pytest.raises(InvalidRequest) as refused:
        a_setup(platform, payment_method=kept.payment_method_id, customer_id=a_customer(platform))

    assert refused.value.param == "payment_method"


def test_a_payment_whose_payer_agrees_to_later_ones_keeps_the_card():
    platform = a_platform()
    customer = a_customer(platform)

    intent = a_paid_intent(platform, customer_id=customer, setup_future_usage="off_session")
    a_paid_intent(platform, customer_id=customer)

    methods = dict(PaymentMethod.objects.values_list("id", "customer_id"))
    assert methods.pop(intent.payment_method_id) == customer
    assert list(methods.values()) == [None]
    a_paid_intent(
        platform,
        customer_id=customer,
        payment_method=intent.payment_method_id,
        setup_future_usage="off_session",
        capture_method="manual",
    )
    assert Charge.objects.count() == 3
    assert total(platform) == 2 * 96_80
    assert_books_balance()


def test_the_payers_browser_sees_and_confirms_the_one_intent_whose_secret_it_has():
    platform = a_platform()
    key = a_key(platform, kind="publishable")
    intent = a_setup(platform, confirm=False, metadata={"a": "b"})
    client, headers = Client(), {"Authorization": f"Bearer {key}"}

    def ask(method, path, **params):
        form = {"content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(f"/v1/setup_intents/{path}", params, headers=headers, **form)

    assert ask("get", intent.id).json()["error"]["param"] == "client_secret"
    assert ask("get", intent.id, client_secret="wrong").status_code == 404
    shown = ask("get", intent.id, client_secret=intent.client_secret).json()
    assert "metadata" not in shown
    done = ask("post", f"{intent.id}/confirm", client_secret=intent.client_secret)
    assert done.json()["status"] == "succeeded"
    assert ask("post", f"{intent.id}/cancel").status_code == 403


def test_the_bank_page_names_no_amount_and_leads_back_with_the_intents_name():
    platform = a_platform()
    intent = a_setup(platform, payment_method=ASKS, return_url="https://shop.example/x?a=1")
    path = urlsplit(pages.address(intent.authentication_id)).path
    client = Client()

    page = client.get(path).content.decode()
    back = client.post(path, {"action": "approve"})

    assert "Keeping the card for later" in page
    query = parse_qs(urlsplit(back["Location"]).query)
    assert (query["setup_intent"], query["redirect_status"]) == ([intent.id], ["succeeded"])
    assert query["setup_intent_client_secret"] == [intent.client_secret]


def test_the_same_answer_twice_keeps_it_once():
    platform = a_platform()
    intent = a_setup(platform, payment_method=ASKS, customer_id=a_customer(platform))
    row = challenges.open_of(platform, intent)

    for result in (Answer.AUTHENTICATED, Answer.REJECTED):
        assert challenges.answer(row, result, at=now()).status == "succeeded"

    assert told("payment_method.attached") == told("setup_intent.succeeded") == 1


def test_a_setup_costs_few_round_trips():
    platform = a_platform()
    a_setup(platform)

    with CaptureQueriesContext(connection) as spent:
        a_setup(platform)

    statements = [q["sql"] for q in spent if not q["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(statements) <= 6, statements


def test_what_later_intents_refuse_is_refused_before_anything_is_written():
    platform = a_platform()
    for wrong in (
        {"return_url": "app://back"},
        {"return_url": "https://x.example", "confirm": False},
    ):
        with pytest.raises(InvalidRequest) as refused:
            a_setup(platform, **wrong)
        assert refused.value.param == "return_url"
    with pytest.raises(Missing):
        a_setup(platform, customer_id="cus_nobodys")
    with pytest.raises(InvalidRequest):
        payment_intents.create(
            tenant=platform,
            amount=1_00,
            currency="usd",
            at=now(),
            session=ConfirmationOptions(return_url="https://x.example"),
        )
    assert SetupAttempt.objects.count() == 0
