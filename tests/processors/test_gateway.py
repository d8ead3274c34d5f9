"""What a rail does not say so that it can be understood is unknown, and never a no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from processors import gateway, registry
from processors.protocols.base import (
    REFUSED,
    Action,
    Capabilities,
    ChargeRequest,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
    UnknownReason,
    VerifyRequest,
)
from processors.protocols.declines import Decline
from processors.protocols.payouts import Payee, PayoutRequest
from tests import rails
from tests.factories import now

CHARGE = ChargeRequest("ch_1", 100, "usd", "visa")
FOLLOW_UP = FollowUp("re_1", "ch_1", 100, "usd", "visa")
PAYOUT = PayoutRequest("pt_1", 100, "usd", Payee(is_card=False, country="US", number="1"))
INQUIRY = Inquiry(Action.CHARGE, "ch_1", "ch_1")
# By what is asked, so that none is left out when another is added.
CALLS: dict[str, Callable[[str], Outcome | None]] = {
    "charge": partial(gateway.charge, request=CHARGE),
    "capture": partial(gateway.capture, request=FOLLOW_UP),
    "void": partial(gateway.void, request=FOLLOW_UP),
    "refund": partial(gateway.refund, request=FOLLOW_UP),
    "verify": partial(gateway.verify, request=VerifyRequest("seti_1", "visa")),
    "payout": partial(gateway.payout, request=PAYOUT),
    "find": partial(gateway.find, inquiry=INQUIRY),
    "cancel": partial(gateway.cancel_charge, request=FOLLOW_UP),
    "cancel_refund": partial(gateway.cancel_refund, request=FOLLOW_UP),
}
NONSENSE = {
    "a word": "declined",
    "no": False,
    "a table": {"status": "declined"},
    "a status that nobody knows": Outcome("refused", "x", 100, "usd"),
    "a status that is only a word": Outcome("declined", "x", 100, "usd"),
    "no amount": Outcome(OutcomeStatus.DECLINED, "x", None, "usd"),
    "a class": Outcome,
    "a no without a reason": Outcome(OutcomeStatus.DECLINED, "x", 100, "usd"),
}


@dataclass
class StrangeRail:
    """Says the same to everything, or fails the same way."""

    answer: Any = None
    error: Exception | None = None
    name = "strange"
    capabilities = Capabilities(methods=frozenset({"card"}))

    def _say(self, _: Any) -> Any:
        if self.error:
            raise self.error
        return self.answer

    charge = capture = void = refund = verify = payout = find = enrolment = _say
    cancel_charge = cancel_refund = _say


@pytest.fixture
def rail():
    """A rail of another make, put in its place as a plug-in is."""
    with rails.registered(StrangeRail(), name="strange") as strange:
        yield strange


def test_every_request_of_a_rail_is_asked_here():
    assert {action.value for action in Action} <= set(CALLS)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProcessorUnavailable("Gone."), UnknownReason.NO_ANSWER),
        (RuntimeError("Broken."), UnknownReason.UNREADABLE),
        (KeyError("status"), UnknownReason.UNREADABLE),
        (TimeoutError(), UnknownReason.UNREADABLE),
    ],
    ids=repr,
)
def test_a_rail_that_fails_leaves_it_unknown(rail, call, error, reason):
    rail.error = error

    outcome = call("strange")

    assert (outcome.status, outcome.reason) == (OutcomeStatus.UNKNOWN, reason)
    assert outcome.status not in REFUSED


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_unknown(rail, call, answer):
    rail.answer = answer

    outcome = call("strange")

    assert (outcome.status, outcome.reason) == (OutcomeStatus.UNKNOWN, UnknownReason.UNREADABLE)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "find"])
def test_no_answer_at_all_is_unknown(rail, name):
    assert CALLS[name]("strange").status is OutcomeStatus.UNKNOWN


def test_a_request_that_never_arrived_is_sent_again_and_is_no_no(rail):
    taken = Outcome(OutcomeStatus.SUCCEEDED, "x", 100, "usd")

    assert CALLS["find"]("strange") is None
    again = gateway.find_or_send(
        "strange", INQUIRY, lambda: taken, sent_at=now() - timedelta(days=9), at=now()
    )
    assert again is taken


def test_a_no_in_our_words_is_a_no(rail):
    rail.answer = Outcome(
        OutcomeStatus.DECLINED, "x", 100, "usd", Decline("card_declined", "Your card was declined.")
    )

    assert all(call("strange") is rail.answer for call in CALLS.values())


def test_a_rail_that_nobody_has_is_unknown_too():
    assert all(call("nobody").status is OutcomeStatus.UNKNOWN for call in CALLS.values())


def test_a_rail_that_only_pays_out_takes_no_payments():
    assert registry.get_for_payouts("bankfile").capabilities.pays_from_bank
    with pytest.raises(registry.NoRail):
        registry.get("bankfile")
    with pytest.raises(LookupError):
        registry.find("nobody")
