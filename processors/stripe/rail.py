"""Stripe as a rail, by its own package. Our ids are its idempotency keys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from core.database.transactions import forbid_transaction
from processors.protocols.accounts import RailAccount
from processors.protocols.base import (
    Action,
    ChargeRequest,
    Enrolment,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.disputes import DisputeReport, FraudReport, Paper
from processors.protocols.instruments import CardFields, ChargedAccount, ChargedCard
from processors.protocols.kinds import CheckLine
from processors.protocols.notices import Fact
from processors.protocols.settlements import ProcessorBalance, ReportedLine
from processors.stripe import (
    browser,
    checking,
    disputes,
    instruments,
    mapping,
    notices,
    reading,
    returning,
    settlements,
    wishes,
)
from processors.stripe.about import CAPABILITIES
from processors.stripe.calls import ask, carry_out, once
from processors.stripe.client import client

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCaptureParams, RefundCreateParams


class StripeRail:
    """A PaymentIntent there is a charge here."""

    name = "stripe"
    capabilities = CAPABILITIES

    def __init__(self, account: RailAccount) -> None:
        """Make the rail of one account there."""
        self.account = account
        self.scripts = {browser.SCRIPT: browser.script_of(account)}

    def card_fields(self) -> CardFields | None:
        """Return what shows Stripe's card fields in a frame of ours."""
        return browser.card_fields(self.account)

    @property
    def _client(self) -> stripe.StripeClient:
        return client(self.account)

    def check_account(self) -> Sequence[CheckLine]:
        """Ask whether the account can be used."""
        return tuple(checking.check(self.account))

    def enrolment(self, instrument: str) -> Enrolment:
        """Leave 3-D Secure to Stripe."""
        return Enrolment.BY_RAIL

    def describe(self, instrument: str) -> ChargedCard | ChargedAccount | None:
        """Return what there is to show of a token's card."""
        return ask(lambda: instruments.describe(self._client, instrument))

    def verify(self, request: VerifyRequest) -> Outcome:
        """Set a method up for later charges."""
        return carry_out(Action.VERIFY, lambda: wishes.set_up(self.account, request))

    def charge(self, request: ChargeRequest) -> Outcome:
        """Charge a method, or authorise the amount; without a browser nobody is asked."""
        return carry_out(Action.CHARGE, lambda: wishes.pay(self.account, request))

    def balances(self) -> Sequence[ProcessorBalance]:
        """Ask what Stripe holds for us."""
        forbid_transaction()
        return settlements.read_balance(ask(self._client.v1.balance.retrieve))

    def complete(
        self, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
    ) -> Outcome:
        """Ask how a payment or a setup stands whose payer is back."""
        return ask(lambda: returning.ask(self.account, request, state))

    def cancel_charge(self, request: FollowUp) -> Outcome:
        """Stop a payment that waits for its payer."""
        return ask(lambda: returning.stop(self.account, request))

    def capture(self, request: FollowUp) -> Outcome:
        """Capture a part or all of what was authorised."""
        id, key = _reference(request), once(request.key)
        wish: PaymentIntentCaptureParams = {
            "amount_to_capture": request.amount,
            "expand": list(mapping.EXPANDED),
        }
        return carry_out(
            Action.CAPTURE,
            lambda: _sure(mapping.capture(self._client.v1.payment_intents.capture(id, wish, key))),
            instead=lambda: mapping.capture(reading.payment(self._client, id)),
        )

    def void(self, request: FollowUp) -> Outcome:
        """Void an authorisation."""
        id, key = _reference(request), once(request.key)
        return carry_out(
            Action.VOID,
            lambda: _sure(mapping.void(self._client.v1.payment_intents.cancel(id, {}, key))),
            instead=lambda: mapping.void(reading.payment(self._client, id)),
        )

    def refund(self, request: FollowUp) -> Outcome:
        """Refund a part or all of a charge."""
        wish: RefundCreateParams = {
            "payment_intent": _reference(request),
            "amount": request.amount,
            "metadata": {mapping.OUR_KEY: request.key},
        }
        return carry_out(
            Action.REFUND,
            lambda: mapping.refund(self._client.v1.refunds.create(wish, once(request.key))),
        )

    def cancel_refund(self, request: FollowUp) -> Outcome:
        """Cancel a refund if Stripe still can, and return its outcome."""
        forbid_transaction()
        try:
            row = reading.refund_of(self._client, _reference(request), request.key)
            if row is not None and row.status in ("pending", "requires_action"):
                row = self._client.v1.refunds.cancel(row.id)
        except stripe.InvalidRequestError:
            # It cannot be stopped any more: how does it stand?
            row = ask(lambda: reading.refund_of(self._client, _reference(request), request.key))
        except stripe.StripeError as error:
            raise mapping.unavailable(error) from error
        if row is None:
            raise ProcessorUnavailable("The refund has not arrived yet.")
        return mapping.refund(row)

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a request's outcome; what is not found may be sent again with its key."""
        return ask(lambda: reading.find(self.account, inquiry))

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        """Return the id of an event that Stripe signed."""
        return notices.authenticate(self.account, body, headers, at=at)

    def translate(self, body: str) -> Fact | None:
        """Return the fact that an event tells."""
        return ask(lambda: notices.translate(self.account, body))

    def told(self, *, since: datetime) -> Iterable[tuple[str, str]]:
        """Return the events since a moment that may be news."""
        return ask(lambda: list(notices.told(self.account, since=since)))

    def reports(self, *, charge_key: str | None = None) -> Sequence[DisputeReport | FraudReport]:
        """Return how all disputes stand: what is recorded already changes nothing."""
        return ask(lambda: list(disputes.reports(self.account, charge_key)))

    def acknowledge(self, report: DisputeReport | FraudReport) -> None:
        """Leave it: Stripe is not told what we have read."""

    def submit_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Answer a dispute."""
        ask(lambda: disputes.submit(self.account, reference, evidence, papers))

    def lines(self, *, since: datetime) -> Iterable[ReportedLine]:
        """Return the balance transactions since a moment."""
        return ask(lambda: list(settlements.lines(self.account, since=since)))

    def accept_dispute(self, reference: str) -> DisputeReport:
        """Accept a dispute, and return how it ended."""
        return ask(lambda: disputes.accept(self.account, reference))


def _sure(outcome: Outcome | None) -> Outcome:
    """Return an outcome, pending while the object does not show the action."""
    if outcome is None:
        return Outcome(OutcomeStatus.PENDING, "", 0, "xxx")
    return outcome


def _reference(request: FollowUp) -> str:
    if not request.charge_reference:
        raise ProcessorUnavailable("The charge's own id there is not known yet.")
    return request.charge_reference
