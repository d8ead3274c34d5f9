"""When accounts are paid without asking, and what keeps them from being paid."""

from datetime import datetime

from accounts.models import Account
from connect.models import PayoutSchedule
from connect.payouts import calendar
from connect.payouts.calendar import Schedule
from core.database.transactions import require_transaction
from core.tenant import Tenant
from core.types import JsonObject


def lock(tenant: Tenant, *, at: datetime) -> PayoutSchedule:
    """Return an account's schedule, locked: nobody else touches its payouts until we are done.

    Args:
        tenant: The account that is paid.
        at: The moment.
    """
    require_transaction()
    rows = PayoutSchedule.objects.select_for_update(no_key=True)
    mine = {"account_id": tenant.account_id, "livemode": tenant.livemode}
    found = rows.filter(**mine).first()
    if found is None:
        account = Account.objects.get(id=tenant.account_id)
        # Two may do this at once; only one row comes of it.
        PayoutSchedule.objects.bulk_create(
            [_of(PayoutSchedule(**mine), account, at=at)], ignore_conflicts=True
        )
        found = rows.get(**mine)
    return found


def sync_schedule(tenant: Tenant, account: Account, *, at: datetime) -> None:
    """Bring an account's schedule up to date with its settings.

    Raises:
        InvalidRequest: If the settings say no day for a weekly or monthly schedule.
    """
    resettle(lock(tenant, at=at), account, at=at)


def resettle(schedule: PayoutSchedule, account: Account, *, at: datetime) -> None:
    """Bring a locked schedule up to date with its account's settings.

    Raises:
        InvalidRequest: If the settings say no day for a weekly or monthly schedule.
    """
    _of(schedule, account, at=at).save()


def resume(schedule: PayoutSchedule, account: Account, *, at: datetime) -> None:
    """Resume automatic payouts to a corrected bank account.

    Args:
        schedule: Locked.
        account: Its account.
        at: The moment.
    """
    schedule.paused_at, schedule.pause_reason = None, ""
    resettle(schedule, account, at=at)


def pause(schedule: PayoutSchedule, reason: str, *, at: datetime) -> None:
    """Pause automatic payouts until the bank account is corrected.

    Args:
        schedule: Locked.
        reason: One sentence for people.
        at: The moment.
    """
    schedule.paused_at, schedule.pause_reason = at, reason[:200]
    schedule.save(update_fields=["paused_at", "pause_reason"])


def go_on(
    schedule: PayoutSchedule, account: Account, *, is_owed: bool = False, at: datetime
) -> None:
    """Schedule the next payout day.

    Args:
        schedule: Locked.
        account: Its account.
        is_owed: True if it should have been paid, and the money was not where it is held: it
            need not wait for the next of its own days.
        at: The moment.
    """
    schedule.next_on = calendar.next_run(
        schedule=Schedule("daily") if is_owed else as_schedule(schedule),
        after=at.date(),
        country=account.country,
    )
    schedule.save(update_fields=["next_on"])


def as_schedule(row: PayoutSchedule) -> Schedule:
    """Return the days of a schedule as the calendar wants them."""
    return Schedule(row.interval, tuple(row.weekly_days), tuple(row.monthly_days))


def _of(row: PayoutSchedule, account: Account, *, at: datetime) -> PayoutSchedule:
    payouts: JsonObject = account.settings.get("payouts") or {}
    said = payouts.get("schedule") or {}
    wanted = calendar.of_settings(said)
    row.delay_days = said.get("delay_days")
    if row.pk is None or as_schedule(row) != wanted:
        row.interval = wanted.interval
        row.weekly_days, row.monthly_days = list(wanted.weekly_days), list(wanted.monthly_days)
        row.next_on = calendar.next_run(schedule=wanted, after=at.date(), country=account.country)
    return row
