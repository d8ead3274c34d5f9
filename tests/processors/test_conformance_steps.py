"""What every rail has to stand of payers' steps and of cards that are kept."""

from datetime import timedelta

import pytest

from core.ids import new_id
from payments import method_types
from payments.inbound.services import delayed_polling
from payments.methods.confirmation_options import ConfirmationOptions
from processors import gateway, registry
from processors.protocols.base import (
    Action,
    ChargeRequest,
    FollowUp,
    Inquiry,
    OutcomeStatus,
    VerifyRequest,
)
from processors.protocols.instruments import DescribesTokens
from processors.protocols.next_actions import ActionKind
from processors.protocols.payers import PayerAct
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.test_conformance import carried_out, status

pytestmark = pytest.mark.django_db

ASKS = "authenticationRequired"
BACK = "https://rialto.example/back"


def asked(tried, **details):
    request = ChargeRequest(
        key=new_id("ch"), amount=50_00, currency="usd", instrument=ASKS, return_url=BACK, **details
    )
    return request.key, gateway.charge(tried.name, request)


def back(tried, key, outcome, returned=None):
    request = FollowUp(key, key, 50_00, "usd", ASKS, outcome.reference)
    return gateway.complete(tried.name, request, outcome.next_action.state, returned or {})


def found(tried, key, outcome):
    return gateway.find(tried.name, Inquiry(Action.CHARGE, key, key, outcome.reference))


def test_a_payer_acts_there_and_the_rail_is_asked_what_came_of_it(tried):
    key, outcome = asked(tried)
    if not registry.get(tried.name).capabilities.asks_payers:
        assert outcome.status is OutcomeStatus.DECLINED
        assert outcome.decline.code == "authentication_required"
        return
    assert outcome.status is OutcomeStatus.ACTION_REQUIRED
    assert outcome.next_action.kind is ActionKind.REDIRECT

    # A browser may say what it wants.
    forged = back(tried, key, outcome, {"redirect_status": "succeeded", "redirectResult": "ok"})
    assert forged.status is OutcomeStatus.ACTION_REQUIRED
    assert tried.moved(key) == [0]

    brought = tried.perform(outcome.next_action)

    done = back(tried, key, outcome, brought)
    assert (done.status, done.amount, done.currency) == (OutcomeStatus.SUCCEEDED, 50_00, "usd")
    assert (
        back(tried, key, outcome, brought)
        == back(tried, key, outcome)
        == done
        == found(tried, key, outcome)
    )
    assert tried.moved(key) == [50_00]


def test_a_payer_who_fails_there_has_not_paid_and_cannot_pay_later(tried):
    key, outcome = asked(tried)
    if not registry.get(tried.name).capabilities.asks_payers:
        assert outcome.decline.next_step == "step_up"
        return
    brought = tried.perform(outcome.next_action, is_the_payer=False)

    assert back(tried, key, outcome, brought).status is OutcomeStatus.DECLINED

    assert found(tried, key, outcome).status is OutcomeStatus.DECLINED
    assert tried.moved(key) == [0]


def test_a_payment_whose_payer_never_comes_back_is_stopped(tried):
    key, outcome = asked(tried)
    stop = FollowUp(f"{key}_cancel", key, 50_00, "usd", ASKS, outcome.reference)

    stopped = gateway.cancel_charge(tried.name, stop)

    assert stopped.status is OutcomeStatus.DECLINED
    if registry.get(tried.name).capabilities.asks_payers:
        assert stopped.decline.code == "canceled"
        assert back(tried, key, outcome).status is OutcomeStatus.DECLINED
    assert gateway.cancel_charge(tried.name, stop).status is OutcomeStatus.DECLINED


def test_a_payer_who_is_gone_for_a_day_has_not_paid_and_may_try_again(world):
    if not registry.get(world.name).capabilities.asks_payers:
        # Who asks payers itself has another end for them: nobody is sent there.
        return
    session = ConfirmationOptions(return_url=BACK)
    intent = a_paid_intent(a_platform(), payment_method=f"pm_card_{ASKS}", session=session)
    key = intent.latest_charge_id
    assert status(intent) == "requires_action"

    assert delayed_polling.poll_due(at=now() + timedelta(hours=24, minutes=1)) == 1
    carried_out(world)

    assert status(intent) == "requires_payment_method"
    assert intent.last_payment_error["code"] == "payment_intent_payment_attempt_expired"
    assert not any(world.moved(key))
    assert_books_balance()


def test_without_a_browser_what_needs_the_payer_is_declined(tried):
    request = ChargeRequest(new_id("ch"), 50_00, "usd", ASKS, is_off_session=True, return_url=BACK)

    outcome = gateway.charge(tried.name, request)

    assert outcome.status is OutcomeStatus.DECLINED
    assert outcome.decline.next_step == "step_up"


def test_a_card_that_is_kept_is_charged_again_without_its_payer(tried):
    payer, token = new_id("cus"), tried.token("visa")
    first = ChargeRequest(
        new_id("ch"), 50_00, "usd", token, is_to_be_kept=True, payer=payer, return_url=BACK
    )

    kept = gateway.charge(tried.name, first)
    again = ChargeRequest(
        new_id("ch"), 20_00, "usd", kept.instrument or token, is_off_session=True, payer=payer
    )
    charged = gateway.charge(tried.name, again)
    verified = gateway.verify(
        tried.name, VerifyRequest(new_id("setatt"), tried.token("mastercard"), payer=payer)
    )
    of_verified = verified.instrument or "mastercard"
    later = ChargeRequest(new_id("ch"), 30_00, "usd", of_verified, is_off_session=True, payer=payer)

    assert (charged.status, charged.amount) == (OutcomeStatus.SUCCEEDED, 20_00)
    assert gateway.charge(tried.name, later).amount == 30_00
    assert tried.moved(again.key) == [20_00]


def test_a_token_is_described_before_it_is_charged(tried):
    rail = registry.get(tried.name)
    if not isinstance(rail, DescribesTokens):
        return

    card = rail.describe(tried.token("visa"))

    assert (card.brand, card.last4, card.country) == ("visa", "4242", "US")
    assert card.fingerprint
    assert rail.describe("pm_nobody") is None


def test_what_is_no_card_there_is_an_error_and_moves_nothing(tried):
    request = ChargeRequest(new_id("ch"), 50_00, "usd", "pm_nobody")

    outcome = gateway.charge(tried.name, request)

    assert outcome.status in (OutcomeStatus.ERRORED, OutcomeStatus.UNKNOWN)
    assert not any(tried.moved(request.key))


def test_payers_agree_at_each_bank_and_wallet_that_the_rail_takes(tried):
    vault = registry.vault(livemode=False)
    taken = registry.get(tried.name).capabilities.methods
    for type in taken & {method.type for method in method_types.ALL if method.is_redirect}:
        requests = [
            ChargeRequest(
                key=new_id("ch"),
                amount=50_00,
                currency="eur",
                instrument=vault.find_payer(type, "jenny@example.com"),
                return_url=BACK,
            )
            for _ in range(2)
        ]
        first, second = (gateway.charge(tried.name, one, method=type) for one in requests)
        assert first.status is second.status is OutcomeStatus.ACTION_REQUIRED, type
        again = gateway.charge(tried.name, requests[0], method=type)
        assert (again.reference, again.next_action) == (first.reference, first.next_action)

        gateway.act_for_payer(tried.name, requests[0].key, PayerAct.PAY)
        follow = FollowUp(
            requests[1].key, requests[1].key, 50_00, "eur", requests[1].instrument, second.reference
        )
        stopped = gateway.cancel_charge(tried.name, follow)
        gateway.act_for_payer(tried.name, requests[1].key, PayerAct.PAY)

        assert found(tried, requests[0].key, first).status is OutcomeStatus.SUCCEEDED, type
        assert stopped.decline.code == "canceled", type
        assert found(tried, requests[1].key, second).status is OutcomeStatus.DECLINED, type
