"""Sessions as holders of their intents: they hear of the outcome in its own transaction."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings

from checkout import queries, resources
from checkout.models import CheckoutSession
from checkout.sessions import customers, orders
from checkout.sessions.services import discounting, locks, places
from checkout.states import PaymentStatus, SessionStatus
from core.errors import InvalidRequest
from core.money import Money
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments.charges.holders import Intent
from payments.charges.orders import Order
from payments.states import IntentStatus

logger = logging.getLogger(__name__)

# How long an expired session may be taken up again. Stripe names no number in public.
RECOVERABLE_FOR: Final = timedelta(days=30)
_COMPLETED: Final = ("status", "payment_status", "is_paying", "completed_at", "erase_at")
_FAILED: Final = frozenset({"payment_intent.payment_failed", "setup_intent.setup_failed"})
_CANCELED: Final = frozenset({"payment_intent.canceled", "setup_intent.canceled"})


class SessionHolder:
    """What sessions do about their intents. See `payments/charges/holders.py`."""

    title = "Checkout Session"
    way_out = (
        "Payers pay on the page of the session; to end it, expire the session with "
        "POST /v1/checkout/sessions/{id}/expire."
    )

    def begin(self, work: UnitOfWork, intent: Intent) -> None:
        """Note that a session is being paid, and use up its discounts."""
        session = locks.lock_held(work, str(intent.held_by))
        locks.check_open(session, at=work.at)
        if session.mode == "payment" and intent.amount != session.amount_total:
            raise InvalidRequest(
                f"The total is {Money(session.amount_total or 0, str(session.currency))} now. Look "
                "at the order again, and pay then.",
                param="expected_amount",
            )
        if not session.is_paying:
            discounting.redeem(work, session)
            places.take(work, session)
        work.change(session, is_paying=True, paying_since=work.at)

    def hear(self, work: UnitOfWork, intent: Intent, event: str) -> None:
        """Complete, reopen or expire a session as its intent goes."""
        if event in _FAILED:
            _fail(work, locks.lock_held(work, str(intent.held_by)), intent)
        elif event in _CANCELED:
            _end_canceled(work, locks.lock_held(work, str(intent.held_by)))
        elif (status := _outcome(intent, event)) is not None:
            _succeed(work, locks.lock_held(work, str(intent.held_by)), intent, status)

    def order(self, holder_id: str) -> Order | None:
        """Tell what was ordered in a session."""
        session = queries.session_at(holder_id)
        return orders.order(session) if session else None


def complete(
    work: UnitOfWork,
    session: CheckoutSession,
    status: PaymentStatus,
    *,
    also: Sequence[str] = (),
) -> None:
    """Complete a locked session.

    Args:
        work: The unit of work.
        session: The session, open.
        status: Whether it is paid.
        also: Further columns that were set.
    """
    session.move_to(SessionStatus.COMPLETE)
    places.keep(work, session)
    customers.tell(work, session)
    session.payment_status = status
    session.is_paying = False
    session.completed_at = work.at
    if session.customer_id is None:
        session.erase_at = work.at + timedelta(days=settings.GUEST_ANSWERS_DAYS)
    work.update(session, *_COMPLETED, *also)
    _emit(work, "completed", session)


def expire(work: UnitOfWork, session: CheckoutSession) -> None:
    """Expire a locked session, and give back what it had used up."""
    if session.is_paying:
        _give_back(work, session)
    columns: JsonObject = {}
    recovery = (session.settings.get("after_expiration") or {}).get("recovery")
    if recovery and recovery["enabled"]:
        until = int((work.at + RECOVERABLE_FOR).timestamp())
        columns["collected"] = session.collected | {"recoverable_until": until}
    if session.customer_id is None:
        columns["erase_at"] = work.at + RECOVERABLE_FOR
    work.change(session, status=SessionStatus.EXPIRED, is_paying=False, **columns)
    _emit(work, "expired", session)


def _outcome(intent: Intent, event: str) -> PaymentStatus | None:
    """Return whether an event says that a session is paid; None if it says nothing yet."""
    if event == "setup_intent.succeeded":
        return PaymentStatus.NO_PAYMENT_REQUIRED
    if event == "payment_intent.succeeded":
        return PaymentStatus.PAID
    if event == "payment_intent.amount_capturable_updated":
        return PaymentStatus.UNPAID
    # A rail that has not answered yet, or whose payer still has to act, has accepted nothing.
    is_accepted = intent.status == IntentStatus.PROCESSING and intent.processing_since is None
    if event == "payment_intent.processing" and is_accepted:
        return PaymentStatus.UNPAID
    return None


def _succeed(
    work: UnitOfWork, session: CheckoutSession, intent: Intent, status: PaymentStatus
) -> None:
    if session.status == SessionStatus.OPEN:
        complete(work, session, status)
    elif session.status == SessionStatus.COMPLETE and status == PaymentStatus.PAID:
        is_late = getattr(intent, "capture_method", None) != "manual"
        if session.payment_status == PaymentStatus.UNPAID:
            work.change(session, payment_status=status)
            if is_late:
                _emit(work, "async_payment_succeeded", session)
    elif session.status == SessionStatus.EXPIRED:
        logger.error("%s has expired, and %s is paid.", session.id, intent.id)


def _fail(work: UnitOfWork, session: CheckoutSession, intent: Intent) -> None:
    if session.status == SessionStatus.OPEN and session.is_paying:
        _give_back(work, session)
        work.change(session, is_paying=False)
    elif session.status == SessionStatus.COMPLETE:
        # The payer's bank took it back, or said no, days later.
        work.change(session, payment_status=PaymentStatus.UNPAID)
        _emit(work, "async_payment_failed", session)


def _give_back(work: UnitOfWork, session: CheckoutSession) -> None:
    discounting.release(work, session)
    places.release(work, session)


def _end_canceled(work: UnitOfWork, session: CheckoutSession) -> None:
    if session.status == SessionStatus.OPEN:
        expire(work, session)


def _emit(work: UnitOfWork, what: str, session: CheckoutSession) -> None:
    work.emit(f"checkout.session.{what}", session.tenant, resources.checkout_session(session))
