"""Payout schedules: locking, changing, pausing and advancing them."""

from datetime import datetime

from accounts.models import Account
from connect.models import PayoutSchedule
from connect.payouts import calendar
from connect.payouts.calendar import Schedule
from core.database.transactions import require_transaction
from core.tenant import Tenant
from core.types import JsonObject


def lock(tenant: Tenant, *, at: datetime) -> PayoutSchedule:
    """Lock an account's schedule, and with it all its payouts.

    Args:
        tenant: The account that is paid.
        at: The moment.
    """
    require_transaction()
    rows = PayoutSchedule.objects.select_for_update(no_key=True)
    owner = {"account_id": tenant.account_id, "livemode": tenant.livemode}
    found = rows.filter(**owner).first()
    if found is None:
        account = Account.objects.get(id=tenant.account_id)
        # Two may do this at once; only one row comes of it.
        PayoutSchedule.objects.bulk_create(
            [_apply_settings(PayoutSchedule(**owner), account, at=at)], ignore_conflicts=True
        )
        found = rows.get(**owner)
    return found


def sync_schedule(tenant: Tenant, account: Account, *, at: datetime) -> None:
    """Bring an account's schedule up to date with its settings.

    Raises:
        InvalidRequest: If the settings of a weekly or monthly schedule have no days.
    """
    sync_locked(lock(tenant, at=at), account, at=at)


def sync_locked(schedule: PayoutSchedule, account: Account, *, at: datetime) -> None:
    """Bring a locked schedule up to date with its account's settings.

    Raises:
        InvalidRequest: If the settings of a weekly or monthly schedule have no days.
    """
    _apply_settings(schedule, account, at=at).save()


def resume(schedule: PayoutSchedule, account: Account, *, at: datetime) -> None:
    """Resume automatic payouts to a corrected bank account.

    Args:
        schedule: A locked schedule.
        account: Its account.
        at: The moment.
    """
    schedule.paused_at, schedule.pause_reason = None, ""
    sync_locked(schedule, account, at=at)


def pause(schedule: PayoutSchedule, reason: str, *, at: datetime) -> None:
    """Pause automatic payouts until the bank account is corrected.

    Args:
        schedule: A locked schedule.
        reason: One sentence for people.
        at: The moment.
    """
    schedule.paused_at, schedule.pause_reason = at, reason[:200]
    schedule.save(update_fields=["paused_at", "pause_reason"])


def advance(
    schedule: PayoutSchedule, account: Account, *, is_owed: bool = False, at: datetime
) -> None:
    """Schedule the next payout day.

    Args:
        schedule: A locked schedule.
        account: Its account.
        is_owed: True if its location lacked the cash: it is paid on the next business day.
        at: The moment.
    """
    schedule.next_on = calendar.next_payout_day(
        schedule=Schedule("daily") if is_owed else to_calendar(schedule),
        after=at.date(),
        country=account.country,
    )
    schedule.save(update_fields=["next_on"])


def to_calendar(row: PayoutSchedule) -> Schedule:
    """Return a schedule's days for the calendar."""
    return Schedule(row.interval, tuple(row.weekly_days), tuple(row.monthly_days))


def _apply_settings(row: PayoutSchedule, account: Account, *, at: datetime) -> PayoutSchedule:
    payouts: JsonObject = account.settings.get("payouts") or {}
    params = payouts.get("schedule") or {}
    schedule = calendar.parse_schedule(params)
    row.delay_days = params.get("delay_days")
    if row.pk is None or to_calendar(row) != schedule:
        row.interval = schedule.interval
        row.weekly_days, row.monthly_days = list(schedule.weekly_days), list(schedule.monthly_days)
        row.next_on = calendar.next_payout_day(
            schedule=schedule, after=at.date(), country=account.country
        )
    return row
