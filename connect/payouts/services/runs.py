"""Payout runs: the day's automatic payouts, and their forecast."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from accounts.models import Account
from connect.models import AccountRequirements, ExternalAccount, PayoutRun, PayoutSchedule
from connect.payouts import queries
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.services import allocations, liquidity, payouts
from connect.payouts.services import schedules as payout_schedules
from connect.payouts.services.liquidity import Promised
from connect.payouts.services.payouts import Order
from connect.states import ExternalAccountStatus
from core import currencies
from core.database.transactions import atomic
from ledger import queries as ledger_queries
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.registry import NoRail

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The payout that an account would get in one currency.

    Args:
        account_id: `acct_...`.
        currency: Of the amount.
        amount: Minor units; zero if none.
        target: The destination; None if there is none.
        hold: The reason for no payout; None if there is one.
        usable: The available balance in minor units, whether it is paid or not.
    """

    account_id: str
    currency: str
    amount: int
    target: ExternalAccount | None
    hold: Hold | None = None
    usable: int = 0

    @property
    def reason(self) -> HoldReason | None:
        """Return why nothing is paid; None if something is."""
        return self.hold.reason if self.hold else None


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


def forecast(
    schedule: PayoutSchedule, account: Account, *, at: datetime, promised: Promised | None = None
) -> list[Forecast]:
    """Forecast an account's payouts in each of its currencies.

    Args:
        schedule: A locked schedule.
        account: Its account.
        at: The moment.
        promised: The payouts of accounts before it; its own are added.
    """
    allocations.collect(schedule)
    blocked = account_hold(schedule, account)
    usable = ledger_queries.balance(owner=account.id, livemode=schedule.livemode).available
    defaults = queries.external_accounts(schedule.tenant).filter(is_default=True)
    targets = {row.currency: row for row in defaults}
    return [
        _forecast(schedule, currency, amount, targets.get(currency), blocked, at, promised)
        for currency, amount in sorted(usable.items())
    ]


def preview_lines(
    schedule: PayoutSchedule, plan: Forecast, *, at: datetime, most: int
) -> list[tuple[str, date, int]]:
    """Preview the allocations of a forecast payout, or of what waits while there is none.

    Args:
        schedule: The locked schedule of the forecast.
        plan: The forecast.
        at: The moment.
        most: The number of allocations to return.
    """
    amount, until = plan.amount, _earned_until(schedule, at.date())
    if not amount:
        amount, until = plan.usable, date.max
    if amount <= 0:
        return []
    return allocations.preview(
        schedule,
        currency=plan.currency,
        amount=amount,
        today=at.date(),
        earned_until=until,
        most=most,
    )


def preview(*, livemode: bool, at: datetime, most: int) -> list[tuple[date | None, Forecast]]:
    """Forecast accounts' payouts as if their day were today, the next day first.

    Args:
        livemode: The mode of the accounts.
        at: The moment.
        most: The number of accounts.

    Returns:
        Each forecast with its day; None if the account is not paid automatically.
    """
    schedules = PayoutSchedule.objects.filter(livemode=livemode).order_by("next_on", "account_id")
    found: list[tuple[date | None, Forecast]] = []
    promised: Promised = Counter()
    for schedule in schedules.select_related("account")[:most]:
        with atomic():
            locked = payout_schedules.lock(schedule.tenant, at=at)
            day = None if locked.paused_at else locked.next_on
            plans = forecast(locked, schedule.account, at=at, promised=promised)
            found += [(day, plan) for plan in plans]
    return found


def account_hold(schedule: PayoutSchedule, account: Account) -> Hold | None:
    """Return why an account is not paid automatically; None if it is."""
    if account.opened_by_id and not account.payouts_enabled:
        row = AccountRequirements.objects.filter(
            account=account, livemode=schedule.livemode
        ).first()
        disabled_reason = row.requirements.get("disabled_reason") if row else None
        return Hold(HoldReason.DISABLED, {"disabled_reason": disabled_reason or ""})
    if schedule.paused_at:
        return Hold(HoldReason.PAUSED, {"pause_reason": schedule.pause_reason})
    if schedule.interval == "manual":
        return Hold(HoldReason.MANUAL)
    return None


def _forecast(
    schedule: PayoutSchedule,
    currency: str,
    usable: int,
    target: ExternalAccount | None,
    blocked: Hold | None,
    at: datetime,
    promised: Promised | None,
) -> Forecast:
    today = at.date()
    hold, amount = blocked, usable - schedule.minimum_amounts.get(currency, 0)
    if schedule.delay_days and amount > 0:
        amount = min(
            amount,
            allocations.waiting_amount(
                schedule,
                currency=currency,
                today=today,
                earned_until=_earned_until(schedule, today),
            ),
        )
    amount -= amount % currencies.payout_step(currency)
    if usable > 0 and target is None:
        hold = Hold(HoldReason.NO_DESTINATION)
    elif usable < 0 and (hold is None or hold.reason is HoldReason.MANUAL):
        # Whoever pays by hand has nothing to pay either, and wants to know why.
        hold = Hold(HoldReason.NEGATIVE_BALANCE)
    elif hold is None and amount <= 0:
        hold = Hold(HoldReason.BELOW_MINIMUM)
    elif hold is None and target is not None and target.status == ExternalAccountStatus.ERRORED:
        hold = Hold(HoldReason.ERRORED_DESTINATION)
    elif hold is None and target is not None and target.left_at is not None:
        hold = Hold(HoldReason.DETACHED_DESTINATION)
    elif hold is None:
        hold = _rail_hold(schedule, currency, amount, promised)
    return Forecast(schedule.account_id, currency, 0 if hold else amount, target, hold, usable)


def _earned_until(schedule: PayoutSchedule, today: date) -> date:
    return today - timedelta(days=schedule.delay_days) if schedule.delay_days else date.max


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
        for plan in forecast(schedule, account, at=at):
            is_owed |= plan.reason is HoldReason.ILLIQUID
            if plan.amount and plan.target:
                order = Order(
                    plan.amount,
                    plan.target,
                    run=run,
                    earned_until=_earned_until(schedule, at.date()),
                )
                payouts.build(work, schedule, order)
                count += 1
        payout_schedules.advance(schedule, account, is_owed=is_owed, at=at)
        PayoutRun.objects.filter(id=run.id).update(
            account_count=F("account_count") + 1,
            payout_count=F("payout_count") + count,
            finished_at=None,
        )
    return count


def _rail_hold(
    schedule: PayoutSchedule, currency: str, amount: int, promised: Promised | None
) -> Hold | None:
    """Return why no rail would send a payout; None if one would."""
    try:
        rail = registry.choose_for_payouts(livemode=schedule.livemode, currency=currency)
    except NoRail as error:
        return Hold(HoldReason.NO_RAIL, {"error": str(error)})
    if not liquidity.is_needed(rail):
        return None
    lacking = liquidity.shortage(
        schedule.tenant, amount=amount, currency=currency, promised=promised
    )
    if lacking is None:
        return None
    facts = {"location": lacking.location, "missing": str(lacking.missing)}
    return Hold(HoldReason.ILLIQUID, facts)


def _has_rail(livemode: bool) -> bool:  # noqa: FBT001
    try:
        registry.choose_for_payouts(livemode=livemode)
    except NoRail:
        return False
    return True
