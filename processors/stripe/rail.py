"""Stripe as a rail, by its own package. Our ids are its idempotency keys."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import stripe

from core.database.transactions import forbid_transaction
from core.types import JsonObject
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
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.notices import Fact
from processors.stripe import mapping, notices
from processors.stripe.client import client

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCaptureParams, RefundCreateParams

# Stripe may forget a key after 24 hours; one hour is for clocks and for what is on its way.
_KEY_SECONDS = 23 * 3600
_MOST_REFUNDS = 100

Answer = TypeVar("Answer")


class StripeRail:
    """A PaymentIntent there is a charge here."""

    name = "stripe"
    capabilities = Capabilities(methods=frozenset({"card"}), key_seconds=_KEY_SECONDS)

    def __init__(self, account: RailAccount) -> None:
        """Make the rail of one account there."""
        self.account = account

    @property
    def _client(self) -> stripe.StripeClient:
        return client(self.account)

    def _create(self, wish: JsonObject, key: str) -> stripe.PaymentIntent:
        return self._client.v1.payment_intents.create(wish, _once(key))  # type: ignore[arg-type]

    def enrolment(self, instrument: str) -> Enrolment:
        """Leave 3-D Secure to Stripe."""
        return Enrolment.BY_RAIL

    def verify(self, request: VerifyRequest) -> Outcome:
        """Set a method up for later charges."""
        wish: JsonObject = {
            "payment_method": _instrument(request.instrument),
            "payment_method_types": ["card"],
            "confirm": True,
            "usage": "off_session",
            "metadata": {mapping.OUR_KEY: request.key},
        }
        return _carry_out(
            Action.VERIFY,
            lambda: mapping.setup(self._client.v1.setup_intents.create(wish, _once(request.key))),  # type: ignore[arg-type]
        )

    def charge(self, request: ChargeRequest) -> Outcome:
        """Charge a method, or authorise the amount; what needs the payer is declined."""
        wish: JsonObject = {
            "amount": request.amount,
            "currency": request.currency,
            "payment_method": _instrument(request.instrument),
            "payment_method_types": ["card"],
            "confirm": True,
            "capture_method": "automatic" if request.is_captured else "manual",
            "error_on_requires_action": True,
            "metadata": {mapping.OUR_KEY: request.key},
        }
        if request.is_off_session:
            wish["off_session"] = True
        if suffix := mapping.suffix(request.statement):
            wish["statement_descriptor_suffix"] = suffix
        return _carry_out(
            Action.CHARGE,
            lambda: mapping.payment(self._create(wish, request.key)),
        )

    def capture(self, request: FollowUp) -> Outcome:
        """Capture a part or all of what was authorised."""
        id, key = _reference(request), _once(request.key)
        wish: PaymentIntentCaptureParams = {"amount_to_capture": request.amount}
        return _carry_out(
            Action.CAPTURE,
            lambda: _sure(mapping.capture(self._client.v1.payment_intents.capture(id, wish, key))),
            instead=lambda: mapping.capture(self._client.v1.payment_intents.retrieve(id)),
        )

    def void(self, request: FollowUp) -> Outcome:
        """Void an authorisation."""
        id, key = _reference(request), _once(request.key)
        return _carry_out(
            Action.VOID,
            lambda: _sure(mapping.void(self._client.v1.payment_intents.cancel(id, {}, key))),
            instead=lambda: mapping.void(self._client.v1.payment_intents.retrieve(id)),
        )

    def refund(self, request: FollowUp) -> Outcome:
        """Refund a part or all of a charge."""
        wish: RefundCreateParams = {
            "payment_intent": _reference(request),
            "amount": request.amount,
            "metadata": {mapping.OUR_KEY: request.key},
        }
        return _carry_out(
            Action.REFUND,
            lambda: mapping.refund(self._client.v1.refunds.create(wish, _once(request.key))),
        )

    def cancel_refund(self, request: FollowUp) -> Outcome:
        """Cancel a refund if Stripe still can, and return its outcome."""
        forbid_transaction()
        try:
            row = _refund_of(self._client, _reference(request), request.key)
            if row is not None and row.status in ("pending", "requires_action"):
                row = self._client.v1.refunds.cancel(row.id)
        except stripe.InvalidRequestError:
            # It cannot be stopped any more: how does it stand?
            row = _ask(lambda: _refund_of(self._client, _reference(request), request.key))
        except stripe.StripeError as error:
            raise ProcessorUnavailable(str(error)) from error
        if row is None:
            raise ProcessorUnavailable("The refund has not arrived yet.")
        return mapping.refund(row)

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a request's outcome; what is not found may be sent again with its key."""
        forbid_transaction()
        if inquiry.action is Action.VERIFY:
            # Nothing finds it by our key but the request itself, sent again.
            return None
        intent = _ask(lambda: _payment(self._client, inquiry))
        if intent is None:
            return None
        match inquiry.action:
            case Action.CAPTURE:
                return mapping.capture(intent)
            case Action.VOID:
                return mapping.void(intent)
            case Action.REFUND:
                row = _ask(lambda: _refund_of(self._client, intent.id, inquiry.key))
                return mapping.refund(row) if row else None
        return mapping.payment(intent)

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        """Return the id of an event that Stripe signed."""
        return notices.authenticate(self.account, body, headers, at=at)

    def translate(self, body: str) -> Fact | None:
        """Return the fact that an event tells."""
        return _ask(lambda: notices.translate(self.account, body))


def _carry_out(
    action: Action,
    call: Callable[[], Outcome],
    *,
    instead: Callable[[], Outcome | None] | None = None,
) -> Outcome:
    """Call Stripe for a change, and return its outcome.

    Args:
        action: What it is.
        call: The function that makes the call.
        instead: If it is refused as wrong: says whether it has been done already, by whomever.
    """
    forbid_transaction()
    try:
        return call()
    except stripe.StripeError as error:
        done = None
        if instead and isinstance(error, stripe.InvalidRequestError):
            done = _ask(instead)
        return done or mapping.failure(error, action)


def _ask(call: Callable[[], Answer]) -> Answer:
    """Call Stripe to read; any failure means no answer."""
    try:
        return call()
    except stripe.StripeError as error:
        raise ProcessorUnavailable(f"{type(error).__name__}: {error}"[:500]) from error


def _payment(there: stripe.StripeClient, inquiry: Inquiry) -> stripe.PaymentIntent | None:
    if inquiry.charge_reference:
        return there.v1.payment_intents.retrieve(inquiry.charge_reference)
    found = there.v1.payment_intents.search(
        {"query": f"metadata['{mapping.OUR_KEY}']:'{inquiry.charge_key}'"}
    )
    # Whatever a search finds: another payment is never taken for this one.
    return next((row for row in found.data if _is_ours(row, inquiry.charge_key)), None)


def _refund_of(there: stripe.StripeClient, payment: str, key: str) -> stripe.Refund | None:
    rows = there.v1.refunds.list({"payment_intent": payment, "limit": _MOST_REFUNDS})
    for row in rows.auto_paging_iter():
        if _is_ours(row, key):
            return row
    return None


def _is_ours(row: stripe.PaymentIntent | stripe.Refund, key: str) -> bool:
    return bool(row.metadata and row.metadata.to_dict().get(mapping.OUR_KEY) == key)


def _sure(outcome: Outcome | None) -> Outcome:
    """Return an outcome, pending while the object does not show the action."""
    if outcome is None:
        return Outcome(OutcomeStatus.PENDING, "", 0, "xxx")
    return outcome


def _once(key: str) -> stripe.RequestOptions:
    return {"idempotency_key": key}


def _reference(request: FollowUp) -> str:
    if not request.charge_reference:
        raise ProcessorUnavailable("The charge's own id there is not known yet.")
    return request.charge_reference


def _instrument(name: str) -> str:
    """Return Stripe's id of a card: its own, or a test card's token."""
    return name if name.startswith("pm_") else f"pm_card_{name}"
