"""Locks of sessions, and what may still be done with them."""

from datetime import datetime

from checkout import queries
from checkout.models import CheckoutSession
from checkout.states import SessionStatus
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.tenant import Tenant
from operations import locking
from operations.unit_of_work import UnitOfWork


def lock(tenant: Tenant, session_id: str) -> CheckoutSession:
    """Return a merchant's session, locked until the transaction ends.

    An intent's row is locked before its session's: never lock an intent after this.

    Raises:
        Missing: If there is none.
    """
    rows = CheckoutSession.objects.all()
    row = locking.lock(rows, tenant, session_id, kind="checkout.session", param="session")
    return queries.with_capabilities([row])[0]


def lock_held(work: UnitOfWork, session_id: str) -> CheckoutSession:
    """Return the session that holds a locked intent, locked too, as the unit of work will have it.

    An attempt may begin and fail in one unit of work.
    """
    found = work.find(CheckoutSession, session_id)
    return found or lock_rows(CheckoutSession.objects.all()).get(id=session_id)


def check_open(session: CheckoutSession, *, at: datetime) -> None:
    """Refuse a session that has ended.

    Raises:
        InvalidRequest: If it is complete or expired.
    """
    if session.status == SessionStatus.OPEN and session.expires_at > at:
        return
    how = "complete" if session.status == SessionStatus.COMPLETE else "expired"
    raise InvalidRequest(
        f"This Checkout Session is {how}: nothing can be changed or paid any more. Make a new one.",
        param="session",
    )


def check_changeable(session: CheckoutSession, *, at: datetime) -> None:
    """Refuse a session that has ended, or that is being paid at this moment.

    Raises:
        InvalidRequest: If it is.
    """
    check_open(session, at=at)
    if session.is_paying:
        raise InvalidRequest(
            "This Checkout Session is being paid at this moment: nothing changes until that has "
            "succeeded or failed.",
            param="session",
        )
