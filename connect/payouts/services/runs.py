"""Payout runs: the day's automatic payouts, and their forecast."""

import logging
from datetime import datetime

from django.db.models import F

from accounts.models import Account
from connect.models import PayoutRun, PayoutSchedule
from connect.payouts.hold_reasons import HoldReason
from connect.payouts.services import forecasts, orders
from connect.payouts.services import schedules as payout_schedules
from connect.payouts.services.orders import Order
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.registry import NoRail

logger = logging.getLogger(__name__)


def run_due(*, at: datetime, most: int = 500) -> int:
    """Make the payouts of the accounts that are due, each in a transaction of its own.

    A run that was killed goes on where it was: an account's payout and its next day are written
    together, so nobody is paid twice and nobody is passed over.

    Args:
        at: The moment, in UTC.
        most: The number of accounts in each mode before another task may have the worker.

    Returns:
        The number of payouts.
    """
    count = 0
    for livemode in (False, True):
        if _has_rail(livemode):
            count += _run_due(livemode, at=at, most=most)
    return count


def _run_due(livemode: bool, *, at: datetime, most: int) -> int:  # noqa: FBT001
    due = PayoutSchedule.objects.filter(
        livemode=livemode, next_on__lte=at.date(), paused_at=None
    ).order_by("account_id")
    ids = list(due.values_list("id", flat=True)[:most])
    if not ids:
        PayoutRun.objects.filter(livemode=livemode, finished_at=None).update(finished_at=at)
        return 0
    run, _ = PayoutRun.objects.get_or_create(
        livemode=livemode, day=at.date(), defaults={"started_at": at}
    )
    count = 0
    for schedule_id in ids:
        try:
            count += _pay(schedule_id, run, at=at)
        except Exception:
            # One that somebody must look at does not keep the others waiting.
            logger.exception("The payouts of schedule %s could not be made.", schedule_id)
    if len(ids) < most:
        PayoutRun.objects.filter(id=run.id).update(finished_at=at)
    return count


def _pay(schedule_id: int, run: PayoutRun, *, at: datetime) -> int:
    with UnitOfWork(at=at) as work:
        schedule = (
            PayoutSchedule.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(id=schedule_id, next_on__lte=at.date(), paused_at=None)
            .first()
        )
        if schedule is None:
            return 0
        account = Account.objects.get(id=schedule.account_id)
        work.tenant = schedule.tenant
        count, is_owed = 0, False
        for plan in forecasts.forecast(schedule, account, at=at):
            is_owed |= plan.reason is HoldReason.ILLIQUID
            if plan.amount and plan.target:
                order = Order(
                    plan.amount,
                    plan.target,
                    run=run,
                    earned_until=forecasts.earned_until(schedule, at.date()),
                )
                orders.build(work, schedule, order)
                count += 1
        payout_schedules.advance(schedule, account, is_owed=is_owed, at=at)
        PayoutRun.objects.filter(id=run.id).update(
            account_count=F("account_count") + 1,
            payout_count=F("payout_count") + count,
            finished_at=None,
        )
    return count


def _has_rail(livemode: bool) -> bool:  # noqa: FBT001
    try:
        registry.choose_for_payouts(livemode=livemode)
    except NoRail:
        return False
    return True
