"""Payments among several processor accounts: where they go, and what follows a refusal."""

from datetime import timedelta

import orjson
import pytest
from django.test import Client

from core.errors import CardError, InvalidRequest
from ledger import queries
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, PaymentIntent, Refund
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from payments.states import IntentStatus
from processors.accounts import changes
from processors.models import RoutingBreaker, SimulatedRequest
from processors.protocols.base import ChargeRequest, Outcome
from processors.router import health
from processors.routing import hashing
from processors.routing.breakers import PROBES_ONE_OF
from processors.simulator.rail import Simulator
from processors.states import AccountStatus
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.processors import accounts_there
from tests.processors.accounts_there import Refusing, Silent, publish, rule
from tests.rails import CutOff
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def refusing():
    """A processor that refuses all, in front of the simulated one."""
    with accounts_there.kinds(refusing=Refusing):
        yield accounts_there.add("refusing", "refusing", is_first=True)


def _attempts(intent: PaymentIntent) -> list[tuple[str, str]]:
    rows = Charge.objects.filter(payment_intent=intent).order_by("id")
    return list(rows.values_list("processor", "status"))


def _at(account: str) -> int:
    return queries.account_balance("processor", account, "usd")


def test_with_one_account_and_no_rules_nothing_is_kept_of_the_choice():
    charge = Charge.objects.get(id=a_paid_intent(a_platform()).latest_charge_id)

    assert (charge.processor, charge.routing) == ("simulator", None)


def test_a_rule_sends_payments_to_another_account_with_all_that_follows():
    accounts_there.add("second")
    version = publish(rule("large", "single", "second"))
    platform = a_platform()

    held = a_paid_intent(platform, capture_method="manual")
    authorizations.capture(tenant=platform, intent_id=held.id, at=now())
    refunds.create(tenant=platform, intent_id=held.id, amount=25_00, at=now())

    charge = Charge.objects.get(id=held.latest_charge_id)
    assert charge.processor == "second"
    assert charge.routing["r"] == "large"
    assert charge.routing["v"] == version
    assert charge.routing["o"] == ["second", "simulator"]
    # Less what processing costs: 3.20.
    assert (_at("second"), _at("simulator")) == (71_80, 0)
    assert Refund.objects.get().status == "succeeded"
    assert_books_balance()


def test_what_an_account_refuses_is_taken_at_the_next_one(refusing):
    platform = a_platform()

    intent = a_paid_intent(platform)

    assert intent.status == IntentStatus.SUCCEEDED
    assert _attempts(intent) == [("refusing", "failed"), ("simulator", "succeeded")]
    first, last = Charge.objects.filter(payment_intent=intent).order_by("id")
    assert intent.latest_charge_id == last.id
    assert first.failure["retried_as"] == last.id
    assert (last.routing["n"], last.routing["x"]) == (2, {"refusing": "tried"})
    assert (_at("refusing"), _at("simulator")) == (0, 96_80)
    told = list(Event.objects.order_by("id").values_list("type", flat=True))
    assert told.count("charge.failed") == told.count("payment_intent.succeeded") == 1
    assert "payment_intent.payment_failed" not in told
    assert total(platform) > 0
    assert_books_balance()


def test_a_merchant_sees_where_a_charge_was_taken_and_nothing_of_the_other_accounts(refusing):
    accounts_there.add("nobody-elses")
    platform = a_platform()
    headers = {"Authorization": f"Bearer {a_key(platform)}"}
    intent = a_paid_intent(platform)
    path = f"/v1/payment_intents/{intent.id}?expand[]=latest_charge"

    shown = Client().get(path, headers=headers).json()["latest_charge"]

    row = Charge.objects.get(id=intent.latest_charge_id)
    assert row.processor_reference
    where = {"account": "simulator", "reference": row.processor_reference}
    assert shown["processor_details"] == where
    assert Client().get(f"/v1/charges/{row.id}", headers=headers).json() == shown
    told = {event.type: orjson.loads(event.data)["object"] for event in Event.objects.all()}
    assert told["charge.succeeded"]["processor_details"] == where
    assert told["charge.failed"]["processor_details"]["account"] == "refusing"
    assert "nobody-elses" not in str([shown, *told.values()])
    assert_books_balance()


def test_a_payment_that_waits_for_its_capture_is_captured_where_it_is_held(refusing):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")

    taken = authorizations.capture(tenant=platform, intent_id=held.id, at=now())

    assert taken.amount_received == 100_00
    assert _at("simulator") == 96_80
    assert_books_balance()


def test_at_most_two_others_are_tried_and_the_merchant_sees_the_last(refusing):
    for name in ("b-refusing", "c-refusing", "d-refusing"):
        accounts_there.add(name, "refusing")
    publish(rule("all", "priority", "refusing", "b-refusing", "c-refusing", "d-refusing"))
    platform = a_platform()

    with pytest.raises(CardError) as refused:
        a_paid_intent(platform)

    intent = PaymentIntent.objects.get()
    assert _attempts(intent) == [
        ("refusing", "failed"),
        ("b-refusing", "failed"),
        ("c-refusing", "failed"),
    ]
    assert refused.value.extra["charge"] == intent.latest_charge_id
    assert intent.status == IntentStatus.REQUIRES_PAYMENT_METHOD
    assert Event.objects.filter(type="payment_intent.payment_failed").count() == 1
    assert "retried_as" not in str(refused.value.extra)
    assert_books_balance()


def test_rules_may_say_that_no_other_is_tried(refusing):
    publish(rule("all", "priority", "refusing"), retries=0)

    with pytest.raises(CardError):
        a_paid_intent(a_platform())

    assert _attempts(PaymentIntent.objects.get()) == [("refusing", "failed")]


@pytest.mark.parametrize("card", ["chargeDeclinedInsufficientFunds", "chargeDeclinedLostCard"])
def test_what_another_account_would_refuse_too_is_not_tried_there(card):
    accounts_there.add("second")

    with pytest.raises(CardError):
        a_paid_intent(a_platform(), payment_method=f"pm_card_{card}")

    assert _attempts(PaymentIntent.objects.get()) == [("simulator", "failed")]


def test_what_nobody_knows_is_never_tried_elsewhere():
    with accounts_there.kinds(silent=Silent):
        accounts_there.add("silent", "silent", is_first=True)
        intent = a_paid_intent(a_platform())

        payment_intents.repair(at=now() + timedelta(minutes=1))

    assert intent.status == IntentStatus.PROCESSING
    assert _attempts(intent) == [("silent", "pending")]
    assert not SimulatedRequest.objects.exists()


class Dying(Simulator):
    """A processor in whose first call the process ends."""

    calls: int = 0

    def charge(self, request: ChargeRequest) -> Outcome:
        type(self).calls += 1
        if type(self).calls == 1:
            raise CutOff
        return super().charge(request)


def test_an_attempt_that_was_cut_off_is_taken_up_after_the_one_that_was_refused(refusing):
    Dying.calls = 0
    with accounts_there.kinds(dying=Dying):
        accounts_there.add("dying", "dying")
        publish(rule("all", "priority", "refusing", "dying"))
        platform = a_platform()
        with pytest.raises(CutOff):
            a_paid_intent(platform)
        intent = PaymentIntent.objects.get()
        assert _attempts(intent) == [("refusing", "failed"), ("dying", "pending")]

        payment_intents.repair(at=now() + timedelta(minutes=1))

    intent.refresh_from_db()
    assert intent.status == IntentStatus.SUCCEEDED
    assert _attempts(intent) == [("refusing", "failed"), ("dying", "succeeded")]
    assert _at("dying") == 96_80
    assert_books_balance()


def test_a_refusal_that_is_heard_late_is_the_last_word():
    with accounts_there.kinds(late=Silent):
        accounts_there.add("late", "late", is_first=True)
        intent = a_paid_intent(a_platform())

    with accounts_there.kinds(late=Refusing):
        payment_intents.repair(at=now() + timedelta(hours=1))

    intent.refresh_from_db()
    assert intent.status == IntentStatus.REQUIRES_PAYMENT_METHOD
    assert _attempts(intent) == [("late", "failed")]


def test_a_kind_that_is_not_installed_keeps_nobody_else_from_payments():
    with accounts_there.kinds(gone=Simulator):
        accounts_there.add("gone", "gone", is_first=True)

    assert _attempts(a_paid_intent(a_platform())) == [("simulator", "succeeded")]


def test_a_strict_rule_refuses_what_its_account_cannot_take():
    accounts_there.add("euros", currencies=["eur"])
    publish(rule("strict", "single", "euros", is_strict=True))

    with pytest.raises(InvalidRequest, match="'strict' of routing lets no account"):
        a_paid_intent(a_platform())

    assert not Charge.objects.exists()


def test_an_account_takes_what_is_between_its_amounts_and_says_so():
    limits = [{"currency": "usd", "least_amount": 5_00, "most_amount": 100_00}]
    accounts_there.add("middle", amount_limits=limits, is_first=True)
    platform = a_platform()

    went = [
        Charge.objects.get(id=a_paid_intent(platform, amount=amount).latest_charge_id)
        for amount in (4_99, 5_00, 100_00, 100_01)
    ]

    names = ["simulator", "middle", "middle", "simulator"]
    assert [charge.processor for charge in went] == names
    assert went[0].routing["x"] == {"middle": "amount"}
    publish(rule("all", "single", "middle", is_strict=True))
    changes.set_status(name="simulator", status=AccountStatus.DISABLED, reason="Off.", at=now())
    with pytest.raises(InvalidRequest, match=r"takes at least 5\.00 USD and at most 100\.00 USD"):
        a_paid_intent(platform, amount=100_01)
    assert_books_balance()


def test_a_card_is_set_up_where_rules_send_it():
    accounts_there.add("second")
    publish(rule("all", "single", "second"))

    intent = setup_intents.create(
        tenant=a_platform(), payment_method="pm_card_visa", confirm=True, at=now()
    )

    assert intent.attempts.get().processor == "second"


def test_an_account_that_does_not_answer_is_left_alone_and_comes_back_by_probes():
    platform = a_platform()
    with accounts_there.kinds(faulty=Silent):
        accounts_there.add("faulty", "faulty", is_first=True)
        lost = [a_paid_intent(platform) for _ in range(3)]
        meanwhile = [a_paid_intent(platform) for _ in range(4)]

    assert {intent.status for intent in lost} == {IntentStatus.PROCESSING}
    assert {_attempts(intent)[0] for intent in meanwhile} == {("simulator", "succeeded")}
    breaker = RoutingBreaker.objects.get()
    assert (breaker.processor, breaker.method, breaker.openings) == ("faulty", "card", 1)
    health.force(processor="faulty", method="card", forced="", reason="Checked.", at=now())
    RoutingBreaker.objects.update(retry_at=now(), openings=1)

    with accounts_there.kinds(faulty=Simulator):
        publish()
        probes = 0
        while probes < 3:
            intent = a_paid_intent(platform)
            is_probe = hashing.draw(hashing.seed(intent.id), "probe faulty", PROBES_ONE_OF) == 0
            account = "faulty" if is_probe else "simulator"
            assert _attempts(intent) == [(account, "succeeded")]
            probes += is_probe
        # Three probes were answered: all go there again.
        went = [_attempts(a_paid_intent(platform))[0][0] for _ in range(10)]

    assert went == ["faulty"] * 10
    breaker.refresh_from_db()
    assert (breaker.retry_at, breaker.openings) == (None, 0)


def test_an_operator_forces_an_account_open_and_closed():
    platform = a_platform()
    accounts_there.add("second")

    health.force(processor="simulator", method="card", forced="open", reason="Broken.", at=now())

    assert _attempts(a_paid_intent(platform)) == [("second", "succeeded")]
    health.force(processor="simulator", method="card", forced="", reason="Mended.", at=now())
    assert _attempts(a_paid_intent(platform)) == [("simulator", "succeeded")]
    with pytest.raises(InvalidRequest, match="There is no account nobody"):
        health.force(processor="nobody", method="card", forced="open", reason="x", at=now())
