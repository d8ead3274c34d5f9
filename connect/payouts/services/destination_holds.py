"""Holds of payouts whose destination has changed, and the letters to its owner."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from accounts.audit import trail
from accounts.models import Account
from accounts.services import letters
from connect.models import ExternalAccount, Payout
from connect.payouts import queries, resources
from connect.payouts.services import schedules
from connect.states import ExternalAccountStatus, PayoutStatus
from core.database.transactions import atomic, require_transaction
from core.errors import missing
from core.tenant import Tenant
from operations import locking
from operations.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

_SOME: Final = 100


def has_prior_destination(tenant: Tenant) -> bool:
    """Tell whether an account has had a working destination before.

    What its bank refused was none: to put that right is not to send the money elsewhere.
    """
    earlier = ExternalAccount.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return earlier.exclude(status=ExternalAccountStatus.ERRORED).exists()


def begin(row: ExternalAccount, *, at: datetime) -> None:
    """Hold payouts to a destination from now on, in the transaction that writes the row.

    Args:
        row: A new or locked row, whose columns are set and not saved.
        at: The moment of the change.
    """
    require_transaction()
    # In test mode no money can be taken; what applications may do is to be seen there too.
    is_strict = row.livemode or _is_by_application(row)
    seconds = settings.PAYOUTS_HELD_SECONDS if is_strict else settings.TEST_PAYOUTS_HELD_SECONDS
    wait = timedelta(seconds=seconds)
    if not wait:
        return
    row.held_until, row.hold_told_at = at + wait, None
    Payout.objects.filter(
        destination_id=row.id, status=PayoutStatus.PENDING, send_at__lt=row.held_until
    ).update(send_at=row.held_until)


def _is_by_application(row: ExternalAccount) -> bool:
    """Tell whether a platform has added a destination to an account that it did not open."""
    if not row.platform_id:
        return False
    return not Account.objects.filter(id=row.account_id, opened_by_id=row.platform_id).exists()


def lift(*, external_id: str, at: datetime) -> ExternalAccount:
    """End the hold of a destination, and send what waits for it.

    Args:
        external_id: `ba_...` or `card_...`.
        at: The moment.

    Raises:
        Missing: If there is none that is held.
    """
    with UnitOfWork(at=at) as work:
        found = ExternalAccount.objects.filter(id=external_id, deleted_at=None).first()
        if found is None:
            raise missing("external_account", external_id)
        schedules.lock(found.tenant, at=at)
        rows = ExternalAccount.objects.all()
        row = locking.lock(rows, found.tenant, external_id, kind="external_account")
        if row.held_until is None or row.held_until <= at:
            raise missing("external_account", external_id)
        waiting = Payout.objects.filter(
            destination_id=row.id, status=PayoutStatus.PENDING, send_at=row.held_until
        )
        waiting.update(send_at=at)
        held_until = row.held_until
        _end(work, row)
        trail.record("destination_hold.lifted", row, changes={"held_until": (held_until, None)})
    return row


def end_due(*, at: datetime) -> int:
    """Record expired holds of destinations, and emit their events.

    Args:
        at: The moment, in UTC.

    Returns:
        How many holds have ended.
    """
    expired = ExternalAccount.objects.filter(held_until__lte=at)
    count = 0
    for external_id in list(expired.values_list("id", flat=True)[:_SOME]):
        with UnitOfWork(at=at) as work:
            row = expired.select_for_update(no_key=True).filter(id=external_id).first()
            if row is None:
                continue
            _end(work, row)
        count += 1
    return count


def _end(work: UnitOfWork, row: ExternalAccount) -> None:
    before = resources.external_account(row)
    work.change(row, held_until=None)
    work.tenant = row.tenant
    work.emit(
        "account.external_account.updated",
        row.tenant,
        resources.external_account(row),
        before=before,
    )


def notify_owners(*, at: datetime) -> int:
    """Mail owners that the destination of their payouts has changed.

    Args:
        at: The moment, in UTC.

    Returns:
        The number of destinations whose owners were notified.
    """
    notified = 0
    waiting = queries.unannounced_holds()
    for external_id in list(waiting.values_list("id", flat=True)[:_SOME]):
        try:
            notified += _notify_owner(external_id, at)
        except Exception:
            # One account must not stop the others. The next round tries again.
            logger.exception("Nobody could be told of the hold of %s.", external_id)
    return notified


def _notify_owner(external_id: str, at: datetime) -> bool:
    """Write the letters and record that, both or neither."""
    with atomic():
        waiting = queries.unannounced_holds().select_related("account")
        locked = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)
        row = locked.filter(id=external_id).first()
        if row is None or row.held_until is None:
            # Another worker was faster.
            return False
        row.hold_told_at = at
        row.save(update_fields=["hold_told_at"])
        context = {
            "name": row.account.name or row.account_id,
            "destination": str(row),
            "day": letters.format_day(row.held_until, letters.language_of(row.account)),
            "time": f"{row.held_until:%H:%M}",
            "livemode": row.livemode,
            "page": f"{settings.PUBLIC_URL}/oauth/shared" if row.platform_id else "",
        }
        letter_count = letters.write(
            row.account,
            "connect/mail/payouts_held",
            context,
            occurrence=f"{row.id} is held until {row.held_until:%Y-%m-%dT%H:%M:%S.%fZ}",
            at=at,
        )
    return letter_count > 0
