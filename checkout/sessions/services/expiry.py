"""Expiry of sessions: asked for by the merchant, or because nobody paid in time."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from checkout import queries
from checkout.models import CheckoutSession, PaymentLink
from checkout.sessions.services import holding, locks
from checkout.states import SessionStatus
from core.errors import InvalidRequest
from core.tenant import Tenant
from operations import polling, recovery
from operations.unit_of_work import UnitOfWork
from payments.intents.services import attempt_errors, cancellation, withdrawals
from payments.setups.services import setup_errors, setup_intents

_AT_ONCE: Final = 200


def expire(*, tenant: Tenant, session_id: str, at: datetime) -> CheckoutSession:
    """Expire an open session, and cancel its intent.

    Raises:
        Missing: If the merchant has no such session.
        InvalidRequest: If it has ended, or is being paid at this moment.
    """
    session = queries.checkout_session(tenant, session_id, param="session")
    if recovery.is_under_way() and session.status == SessionStatus.EXPIRED:
        return session
    if not _let_go(session, at=at):
        raise InvalidRequest(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session.status}"
            f"{', and is being paid at this moment' if session.is_paying else ''}.",
            param="session",
        )
    session.refresh_from_db()
    return session


def expire_late(session: CheckoutSession, *, at: datetime) -> CheckoutSession:
    """Expire a session whose time is over, if it is one; return it as it then is."""
    if (
        session.status == SessionStatus.OPEN
        and session.expires_at <= at
        and _let_go(session, at=at)
    ):
        session.refresh_from_db()
    return session


def expire_due(*, at: datetime) -> int:
    """Expire the sessions that nobody paid in time.

    One that is being paid at this moment is left to that.

    Args:
        at: Now.

    Returns:
        How many were expired.
    """
    due = CheckoutSession.objects.filter(status=SessionStatus.OPEN, expires_at__lte=at)
    return polling.each(
        due.order_by("expires_at")[:_AT_ONCE],
        lambda session: _let_go(session, at=at),
        failure="%s could not be expired; it stays as it is.",
    )


def release_places(*, at: datetime) -> int:
    """Give up the attempts of payers who hold a link's place, and have not come back in time.

    A code to scan ends by itself, and so does what our own page asks.

    Args:
        at: Now.

    Returns:
        How many attempts were given up.
    """
    since = at - timedelta(minutes=settings.LINK_PLACE_MINUTES)
    limited = PaymentLink.objects.filter(completed_limit__isnull=False)
    held = CheckoutSession.objects.filter(
        status=SessionStatus.OPEN,
        is_paying=True,
        paying_since__lte=since,
        payment_link_id__in=limited.values("id"),
    )

    def give_up(session: CheckoutSession) -> bool:
        intent_id = str(session.payment_intent_id)
        return withdrawals.give_up(tenant=session.tenant, intent_id=intent_id, at=at)

    return polling.each(
        held.order_by("paying_since")[:_AT_ONCE],
        give_up,
        failure="The attempt of %s could not be given up; it goes on.",
    )


def _let_go(session: CheckoutSession, *, at: datetime) -> bool:
    """Expire a session by way of its intent; False if it has ended, or is being paid.

    The intent is locked before its session. One that is made meanwhile is seen the second time.
    """
    for _ in range(2):
        if session.payment_intent_id or session.setup_intent_id:
            return _cancel(session, at=at)
        with UnitOfWork(session.tenant, at=at) as work:
            locked = locks.lock(session.tenant, session.id)
            if locked.status != SessionStatus.OPEN:
                session.status = locked.status
                return False
            if not (locked.payment_intent_id or locked.setup_intent_id):
                holding.expire(work, locked)
                return True
        session = locked
    return False


def _cancel(session: CheckoutSession, *, at: datetime) -> bool:
    if session.status != SessionStatus.OPEN:
        return False
    tenant, by = session.tenant, session.id
    try:
        if session.payment_intent_id:
            cancellation.cancel(
                tenant=tenant,
                intent_id=session.payment_intent_id,
                held_by=by,
                cancellation_reason="abandoned",
                at=at,
            )
        else:
            setup_intents.cancel(
                tenant=tenant,
                intent_id=str(session.setup_intent_id),
                held_by=by,
                cancellation_reason="abandoned",
                at=at,
            )
    except (attempt_errors.UnexpectedState, setup_errors.UnexpectedState):
        # It is processing, or was paid a moment ago.
        return False
    session.refresh_from_db()
    return session.status == SessionStatus.EXPIRED
