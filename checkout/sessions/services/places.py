"""Places of payment links: a payer takes one where a payment begins, and keeps it when it is made.

Of two payers who want the last one, the second is refused before the processor is asked: the link's
row is locked where it is counted. Whoever fails gives the place back.
"""

from checkout import resources
from checkout.models import CheckoutSession, PaymentLink
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.updates import previous_values
from operations.unit_of_work import UnitOfWork


def check(work: UnitOfWork, session: CheckoutSession) -> None:
    """Refuse a locked session whose link takes no payments any more; lock the link.

    Raises:
        InvalidRequest: `payment_link_inactive`.
    """
    _find_open(work, session)


def take(work: UnitOfWork, session: CheckoutSession) -> None:
    """Take a place of the link of a locked session, if it has one.

    Raises:
        InvalidRequest: `payment_link_inactive`, if the link takes no payments any more.
    """
    if (link := _find_open(work, session)) is not None:
        work.change(link, taken_count=link.taken_count + 1)


def release(work: UnitOfWork, session: CheckoutSession) -> None:
    """Give a place back: the session was not paid after all."""
    if (link := _lock(work, session)) is not None:
        work.change(link, taken_count=max(link.taken_count - 1, link.completed_count))


def keep(work: UnitOfWork, session: CheckoutSession) -> None:
    """Count a session that is being completed; deactivate a link that is used up by it.

    A payment that succeeds after it was told to have failed has no place any more, and is counted
    all the same: what is paid is paid.
    """
    if (link := _lock(work, session)) is None:
        return
    before = resources.payment_link(link)
    count = link.completed_count + 1
    taken = link.taken_count if session.is_paying else link.taken_count + 1
    is_last = link.completed_limit is not None and count >= link.completed_limit
    work.change(
        link,
        completed_count=count,
        taken_count=max(taken, count),
        is_active=link.is_active and not is_last,
    )
    after = resources.payment_link(link)
    if before != after:
        work.emit("payment_link.updated", link.tenant, after, previous_values(before, after))


def _find_open(work: UnitOfWork, session: CheckoutSession) -> PaymentLink | None:
    link = _lock(work, session)
    if link is not None and not link.is_open:
        raise InvalidRequest(
            "This payment link takes no payments any more: it was deactivated, or is used up.",
            code="payment_link_inactive",
            param="payment_link",
        )
    return link


def _lock(work: UnitOfWork, session: CheckoutSession) -> PaymentLink | None:
    link_id = session.payment_link_id
    if link_id is None:
        return None
    found = work.find(PaymentLink, link_id)
    return found or lock_rows(PaymentLink.objects.filter(id=link_id)).get()
