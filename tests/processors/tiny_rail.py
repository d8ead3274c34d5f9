"""The smallest rail that stands all tests of conformance, written after the recipe.

It is the measure of that recipe: a processor in this very process, which takes cards, is told
nothing by anybody else, and has neither payers' steps nor disputes.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from core.database.transactions import forbid_transaction
from processors import signing
from processors.protocols.base import (
    Action,
    Capabilities,
    ChargeRequest,
    Enrolment,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.declines import Decline
from processors.protocols.notices import Fact, FactKind

HEADER, SECRET = "Tiny-Signature", "tiny_secret"
_S = OutcomeStatus
_CARDS = {
    "visa": None,
    "mastercard": None,
    "refundFail": None,
    "pendingRefund": None,
    "rialto_timeoutAfterCharge": None,
    "chargeDeclinedInsufficientFunds": Decline(
        "card_declined", "No.", "insufficient_funds", "try_again_later"
    ),
    "authenticationRequired": Decline("authentication_required", "The bank wants to ask."),
}


class TinyProcessor:
    """The processor: what it did, by the keys that it was given."""

    def __init__(self) -> None:
        self.done: dict[str, Outcome] = {}
        self.held: dict[str, int] = {}
        self.taken: dict[str, int] = {}
        self.given: dict[str, int] = {}
        self.cards: dict[str, str] = {}
        self.late: dict[str, Outcome] = {}
        self.loses = ""
        self.lies_about = ""

    def do(self, key: str, outcome: Outcome) -> Outcome:
        """Do what was asked for once, unless it is lost on its way."""
        if self.loses == "requests":
            raise ProcessorUnavailable("Lost.")
        first = self.done.setdefault(key, outcome)
        if self.loses == "answers":
            raise ProcessorUnavailable("Lost.")
        return first


class TinyRail:
    """The rail."""

    name = "tiny"
    capabilities = Capabilities(methods=frozenset({"card"}))

    def __init__(self, there: TinyProcessor) -> None:
        self.there = there

    def enrolment(self, instrument: str) -> Enrolment:
        return Enrolment.BY_RAIL

    def verify(self, request: VerifyRequest) -> Outcome:
        forbid_transaction()
        return self.there.do(request.key, self._begin(request.key, request.instrument, 0, "xxx"))

    def charge(self, request: ChargeRequest) -> Outcome:
        forbid_transaction()
        there, key = self.there, request.key
        outcome = self._begin(key, request.instrument, request.amount, request.currency)
        if request.instrument == "rialto_timeoutAfterCharge" and key not in there.done:
            there.late[key] = outcome
            outcome = replace(outcome, status=_S.PENDING, amount=0)
        if outcome.status not in (_S.DECLINED, _S.ERRORED) and there.loses != "requests":
            there.cards[key] = request.instrument
            book = there.taken if request.is_captured else there.held
            book.setdefault(key, request.amount)
        return there.do(key, outcome)

    def capture(self, request: FollowUp) -> Outcome:
        return self._end(request, request.amount)

    def void(self, request: FollowUp) -> Outcome:
        return self._end(request, 0)

    def refund(self, request: FollowUp) -> Outcome:
        forbid_transaction()
        there, key = self.there, request.key
        outcome = Outcome(_S.SUCCEEDED, f"tiny_{key}", request.amount, request.currency)
        if key not in there.done and there.loses != "requests":
            card = there.cards[request.charge_key]
            there.given[key] = request.amount
            if card == "refundFail":
                why = Decline("expired_or_canceled_card", "It came back.")
                there.late[key] = replace(outcome, status=_S.DECLINED, amount=0, decline=why)
            if card == "pendingRefund":
                there.late[key] = outcome
                outcome = replace(outcome, status=_S.PENDING, amount=0)
        return there.do(key, outcome)

    def cancel_refund(self, request: FollowUp) -> Outcome:
        forbid_transaction()
        stopped = self.there.done[request.key]
        if stopped.status is _S.PENDING:
            why = Decline("canceled", "Stopped.")
            stopped = replace(stopped, status=_S.DECLINED, decline=why)
            self.there.done[request.key] = stopped
            self.there.late.pop(request.key)
        return stopped

    def find(self, inquiry: Inquiry) -> Outcome | None:
        forbid_transaction()
        there, charge = self.there, inquiry.charge_key
        found = there.done.get(inquiry.key)
        if inquiry.action in (Action.CAPTURE, Action.VOID) and not found and charge in there.done:
            found = self._by_hand(inquiry.action, charge)
        return found and self._as_told(found)

    def _as_told(self, found: Outcome) -> Outcome:
        match self.there.lies_about if found.amount else "":
            case "amount":
                return replace(found, amount=found.amount + 1)
            case "currency":
                return replace(found, currency="eur")
            case "status":
                why = Decline("card_declined", "Your card was declined.", "generic_decline")
                return replace(found, status=OutcomeStatus.DECLINED, decline=why)
        return found

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        signing.check(body, headers.get(HEADER, ""), SECRET, at=at)
        return str(json.loads(body)["id"])

    def translate(self, body: str) -> Fact | None:
        told = json.loads(body)
        if told["kind"] != FactKind.OUTSIDE_REFUND:
            return Fact(FactKind(told["kind"]), told["key"])
        return Fact(FactKind.OUTSIDE_REFUND, told["key"], self.there.done[told["refund"]])

    def _begin(self, key: str, card: str, amount: int, currency: str) -> Outcome:
        reference = f"tiny_{key}"
        if card not in _CARDS:
            why = Decline("processing_error", "It is no card.")
            return Outcome(_S.ERRORED, reference, 0, currency, decline=why)
        if why_not := _CARDS[card]:
            return Outcome(_S.DECLINED, reference, 0, currency, decline=why_not)
        return Outcome(_S.SUCCEEDED, reference, amount, currency)

    def _end(self, request: FollowUp, amount: int) -> Outcome:
        forbid_transaction()
        there, charge = self.there, request.charge_key
        if there.loses != "requests":
            there.held.pop(charge, None)
            there.taken.setdefault(charge, amount)
        reference = request.charge_reference or ""
        return there.do(request.key, Outcome(_S.SUCCEEDED, reference, amount, request.currency))

    def _by_hand(self, action: Action, charge: str) -> Outcome | None:
        first, taken = self.there.done[charge], self.there.taken.get(charge)
        if taken is None:
            return None
        if bool(taken) is (action is Action.CAPTURE):
            return replace(first, amount=taken)
        why = Decline("processing_error", "It has ended otherwise.")
        return replace(first, status=_S.DECLINED, amount=0, decline=why)
