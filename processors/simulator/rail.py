"""The rail of test mode: the payer's card decides what happens.

Each account keeps its own durable book, as a processor far away would, so that the answer to a
repeated key is the first answer, and a lost answer can be asked for.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from core.database.transactions import atomic, forbid_transaction
from core.ids import new_id
from processors.protocols.accounts import RailAccount
from processors.protocols.base import (
    Action,
    Capabilities,
    ChargeRequest,
    Enrolment,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    PayerChecks,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.declines import Decline
from processors.protocols.notices import Fact
from processors.protocols.payers import PayerAct
from processors.protocols.payouts import PayoutRequest
from processors.simulator import (
    accounts,
    codes,
    disputes,
    notices,
    payers,
    payouts,
    repayments,
    wallets,
)
from processors.simulator.book import Book
from processors.simulator.cards import BY_NAME, Behaviour, TestCard
from processors.simulator.disputes import Disputes
from processors.simulator.payers import TestPayer
from processors.simulator.payouts import Ending

# Long enough for somebody to look at what happens meanwhile.
LATE_SECONDS = 3
# The issuer wants to know that it is the payer who pays.
_SOFT_DECLINE = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
    "try_again_later",
)


# Whose banks want to hear of it when the card is kept.
_ASKED_WHEN_KEPT = frozenset({Enrolment.REQUIRED, Enrolment.UNLESS_SET_UP})
_Request = TypeVar("_Request", ChargeRequest, VerifyRequest)


class Simulator(Disputes):
    """A processor whose books are a table of the same database."""

    name = "simulator"
    capabilities = Capabilities(
        methods=frozenset({"card", "us_bank_account", "sepa_debit"}) | codes.TYPES | wallets.TYPES,
        pays_instantly=True,
        installments=True,
        checks_payers=PayerChecks.BY_US,
        has_disputes=True,
    )

    def __init__(self, account: RailAccount | None = None) -> None:
        """Make the rail of one account there."""
        self.account = account or RailAccount(self.name, "simulator")
        self.book = Book(self.account.name)

    def enrolment(self, instrument: str) -> Enrolment:
        """Return the card's 3-D Secure enrolment."""
        if instrument in accounts.BY_NAME or payers.named(instrument):
            return Enrolment.NOT_SUPPORTED
        return BY_NAME[instrument].enrolment

    def verify(self, request: VerifyRequest) -> Outcome:
        """Verify that a card can be kept; what times out in a charge does so here."""
        forbid_transaction()
        return self._ask(request, "verify", _verify_outcome)

    def charge(self, request: ChargeRequest) -> Outcome:
        """Charge a card, or authorise the amount, as its number decides.

        Raises:
            ProcessorUnavailable: For the cards that time out.
        """
        forbid_transaction()
        # Its book tells what was taken from what is only held: nobody else's word is needed.
        action = "charge" if request.is_captured else "authorize"
        with _together(request.instrument):
            outcome = self._ask(request, action, _charge_outcome)
            if outcome.status is OutcomeStatus.SUCCEEDED and request.is_captured:
                return self._with_complaint(request.instrument, request.key, outcome)
            return outcome

    def _ask(
        self, request: _Request, action: str, answer: Callable[[_Request, TestCard], Outcome]
    ) -> Outcome:
        if named := payers.named(request.instrument):
            return self._ask_payer(request, action, *named)
        if account := accounts.BY_NAME.get(request.instrument):
            return self.book.write(
                request.key, action, request.key, accounts.answer(request, account)
            )[0]
        card = BY_NAME[request.instrument]
        if card.behaviour is Behaviour.TIME_OUT_BEFORE_CHARGING and self._find(request.key) is None:
            # The first call is lost on the way; the repair task's repetition arrives.
            if self.book.is_first_time(request.key):
                raise ProcessorUnavailable("The request was lost.")
        if card.behaviour is Behaviour.ANSWER_LATE:
            time.sleep(LATE_SECONDS)
        outcome, is_first = self.book.write(request.key, action, request.key, answer(request, card))
        if card.behaviour is Behaviour.TIME_OUT_AFTER_CHARGING and is_first:
            raise ProcessorUnavailable("The answer was lost.")
        return outcome

    def _ask_payer(
        self, request: ChargeRequest | VerifyRequest, action: str, type: str, payer: TestPayer
    ) -> Outcome:
        """Make a code for a payer, or have it asked at its bank."""
        if payer.loses == "request" and self._find(request.key) is None:
            if self.book.is_first_time(request.key):
                raise ProcessorUnavailable("The request was lost.")
        asked = payers.answer(request, type, payer)
        outcome, is_first = self.book.write(request.key, action, request.key, asked)
        if payer.loses == "answer" and is_first:
            raise ProcessorUnavailable("The answer was lost.")
        return outcome

    def act_for_payer(self, charge_key: str, act: PayerAct) -> None:
        """Let a payer who was asked do something, as the buttons of its page say."""
        found = self._find(charge_key)
        if found is None or found.status is not OutcomeStatus.ACTION_REQUIRED:
            return
        if repayments.is_asked(found):
            self.book.answer_refund(charge_key, repayments.resolve(found, act))
            return
        ended = payers.resolve(found, act)
        with atomic():
            if self.book.end_code(charge_key, found, ended) and act is PayerAct.DISPUTE:
                disputes.complain_of_parcel(
                    self.account.name, charge_key, found.amount, found.currency
                )

    def cancel_charge(self, request: FollowUp) -> Outcome:
        """Withdraw a code that nobody has paid; say what became of any other charge."""
        found = self._find(request.charge_key)
        if found is None:
            raise ProcessorUnavailable("The charge has not arrived yet.")
        if found.status is OutcomeStatus.ACTION_REQUIRED:
            canceled = wallets.refuse(found, payers.CANCELED)
            self.book.end_code(request.charge_key, found, canceled)
        return self._find(request.charge_key) or found

    def capture(self, request: FollowUp) -> Outcome:
        """Capture a part or all of what was authorised."""
        return self._follow_up("capture", request, OutcomeStatus.SUCCEEDED)

    def void(self, request: FollowUp) -> Outcome:
        """Void an authorisation."""
        return self._follow_up("void", request, OutcomeStatus.SUCCEEDED)

    def refund(self, request: FollowUp) -> Outcome:
        """Refund a charge; some cards do it late, never, or not for good."""
        named = payers.named(request.instrument)
        if named and named[1].name in repayments.ASKED:
            forbid_transaction()
            asked = repayments.ask(request, named[1].name)
            return self.book.write(request.key, "refund", request.charge_key, asked)[0]
        behaviour = _behaviour(request.instrument)
        status = {
            Behaviour.REFUND_LATE: OutcomeStatus.PENDING,
            Behaviour.REFUND_DECLINED: OutcomeStatus.DECLINED,
        }.get(behaviour, OutcomeStatus.SUCCEEDED)
        is_final = behaviour not in (Behaviour.REFUND_LATE, Behaviour.REFUND_FAILS_LATER)
        if request.instrument in disputes.COMPLAINTS:
            disputes.close_refunded(self.account.name, request.charge_key)
        return self._follow_up("refund", request, status, is_final=is_final)

    def payout(self, request: PayoutRequest) -> Outcome:
        """Send money to somebody's bank; what becomes of it is known some seconds later."""
        forbid_transaction()
        ending = payouts.payee_of(request).ending
        if ending is Ending.LOSE_REQUEST and self.book.is_first_time(request.key):
            raise ProcessorUnavailable("The request was lost.")
        outcome, is_first = self.book.write(
            request.key, "payout", request.key, payouts.send(request)
        )
        if ending is Ending.LOSE_ANSWER and is_first:
            raise ProcessorUnavailable("The answer was lost.")
        return outcome

    def cancel_refund(self, request: FollowUp) -> Outcome:
        """Stop a refund that is still pending; say what became of any other."""
        forbid_transaction()
        self.book.cancel_refund(request.key)
        found = self._find(request.key)
        if found is None:
            raise ProcessorUnavailable("The refund has not arrived yet.")
        return found

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a request's outcome; what happens late has happened by now."""
        found = self._find(inquiry.key)
        if found is None and inquiry.action in (Action.CAPTURE, Action.VOID):
            return self._find_by_hand(inquiry)
        return found

    def _find_by_hand(self, inquiry: Inquiry) -> Outcome | None:
        """Return what somebody did there with an authorisation, whatever its key."""
        found = self.book.read_by_hand(inquiry)
        if found is None:
            return None
        action, done = found
        if action == inquiry.action:
            return done
        why = Decline("canceled", f"It was ended by a {action}.")
        return replace(done, status=OutcomeStatus.DECLINED, decline=why)

    def _find(self, key: str) -> Outcome | None:
        forbid_transaction()
        self.book.end_what_is_late(key)
        found = self.book.read(key)
        if found is None:
            return None
        outcome, age = found
        for by_now in (payers.by_now, accounts.by_now, payouts.by_now, repayments.by_now):
            outcome = by_now(outcome, age)
        return outcome

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        """Return the own id of a notice that this rail signed."""
        return notices.authenticate(body, headers, self.account.name, at=at)

    def translate(self, body: str) -> Fact | None:
        """Return the fact that a notice tells."""
        return notices.translate(body)

    def _follow_up(
        self, action: str, request: FollowUp, status: OutcomeStatus, *, is_final: bool = True
    ) -> Outcome:
        forbid_transaction()
        decline = None
        if status is OutcomeStatus.DECLINED:
            decline = Decline("declined", "The issuer does not take refunds for this card.")
        outcome = Outcome(
            status,
            new_id("simre"),
            request.amount,
            request.currency,
            decline=decline,
            is_final=is_final,
        )
        with _together(request.instrument):
            outcome = self.book.write(request.key, action, request.charge_key, outcome)[0]
            if action == "capture":
                return self._with_complaint(request.instrument, request.charge_key, outcome)
            return outcome

    def _with_complaint(self, instrument: str, charge_key: str, outcome: Outcome) -> Outcome:
        is_told = disputes.complain(
            self.account.name, instrument, charge_key, outcome.amount, outcome.currency
        )
        return replace(outcome, has_news=True) if is_told else outcome


def _together(instrument: str) -> AbstractContextManager[None]:
    """Book a payment and its payer's complaint at once: no crash leaves one without the other."""
    return atomic() if disputes.is_disputed(instrument) else nullcontext()


def _behaviour(instrument: str) -> Behaviour:
    card = BY_NAME.get(instrument)
    return card.behaviour if card else Behaviour.PAY


def _charge_outcome(request: ChargeRequest, card: TestCard) -> Outcome:
    if _needs_authentication(request, card):
        return _charge_answer(request, card, OutcomeStatus.DECLINED, _SOFT_DECLINE)
    if card.behaviour is Behaviour.DECLINE:
        decline = Decline(
            card.code, card.message, card.decline_code, card.advice, card.network_code
        )
        return _charge_answer(request, card, OutcomeStatus.DECLINED, decline)
    return _charge_answer(request, card, OutcomeStatus.SUCCEEDED, None)


def _verify_outcome(request: VerifyRequest, card: TestCard) -> Outcome:
    decline = None
    if card.behaviour is Behaviour.DECLINE and not card.declines_only_charges:
        decline = Decline(
            card.code, card.message, card.decline_code, card.advice, card.network_code
        )
    elif card.enrolment in _ASKED_WHEN_KEPT and not request.authentication:
        decline = _SOFT_DECLINE
    status = OutcomeStatus.DECLINED if decline else OutcomeStatus.SUCCEEDED
    return Outcome(status, new_id("simse"), 0, "xxx", decline=decline)


def _needs_authentication(request: ChargeRequest, card: TestCard) -> bool:
    if request.authentication:
        return False
    if card.enrolment is Enrolment.UNLESS_SET_UP:
        return not request.is_set_up
    if card.enrolment is Enrolment.SET_UP:
        return not request.is_off_session
    return card.enrolment is Enrolment.REQUIRED


def _charge_answer(
    request: ChargeRequest, card: TestCard, status: OutcomeStatus, decline: Decline | None
) -> Outcome:
    return Outcome(
        status,
        new_id("simch"),
        request.amount,
        request.currency,
        decline=decline,
        is_available_at_once=card.behaviour is Behaviour.PAY_AT_ONCE,
        risk=card.risk,
        details={"authorization_code": request.key[-6:], "network": card.brand},
    )
