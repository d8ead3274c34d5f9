"""Forecasts of automatic payouts: how much each account would get, or why nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import Account
from connect.models import AccountRequirements, ExternalAccount, PayoutSchedule
from connect.payouts import queries
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.services import allocations, liquidity
from connect.payouts.services import schedules as payout_schedules
from connect.payouts.services.liquidity import Promised
from connect.states import ExternalAccountStatus
from core import currencies
from core.database.transactions import atomic
from ledger import queries as ledger_queries
from processors import registry
from processors.registry import NoRail


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
    amount, until = plan.amount, earned_until(schedule, at.date())
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
                earned_until=earned_until(schedule, today),
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


def earned_until(schedule: PayoutSchedule, today: date) -> date:
    """Return the last day whose earnings are paid."""
    return today - timedelta(days=schedule.delay_days) if schedule.delay_days else date.max


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
