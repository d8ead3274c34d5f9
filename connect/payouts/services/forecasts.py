"""Forecasts of automatic payouts: how much each account would get, or why nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from accounts.models import Account
from connect.models import ExternalAccount, PayoutSchedule
from connect.payouts import queries
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.services import allocations, liquidity
from connect.payouts.services.liquidity import Shortage
from connect.states import ExternalAccountStatus
from core import currencies
from core.money import Money
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What the forecast of one account goes by, however it was read."""

    usable: Mapping[str, int]
    targets: Mapping[str, ExternalAccount]
    blocked: Hold | None
    # Minor units that may be paid though they have to be some days old, by the currency.
    waiting: Callable[[str], int]
    # What a payout would lack where its money is held.
    shortage: Callable[[str, int], Shortage | None]


def forecast(schedule: PayoutSchedule, account: Account, *, at: datetime) -> list[Forecast]:
    """Forecast an account's payouts in each of its currencies.

    Args:
        schedule: A locked schedule.
        account: Its account.
        at: The moment.
    """
    allocations.collect(schedule)
    tenant, today = schedule.tenant, at.date()
    until = earned_until(schedule, today)
    defaults = queries.external_accounts(tenant).filter(is_default=True)
    known = _Known(
        usable=ledger_queries.balance(owner=account.id, livemode=schedule.livemode).available,
        targets={row.currency: row for row in defaults},
        blocked=account_hold(schedule, account),
        waiting=lambda currency: allocations.waiting_amount(
            schedule, currency=currency, today=today, earned_until=until
        ),
        shortage=lambda currency, amount: liquidity.shortage(
            tenant, amount=amount, currency=currency
        ),
    )
    return _forecast_all(schedule, known)


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
    rows = PayoutSchedule.objects.filter(livemode=livemode).order_by("next_on", "account_id")
    schedules = list(rows.select_related("account")[:most])
    owners, today = [one.account_id for one in schedules], at.date()
    balances = ledger_queries.balances(owners=owners, livemode=livemode)
    accounts = queries.external_accounts_of(owners, livemode=livemode)
    disabled = queries.disabled_reasons(owners, livemode=livemode)
    delayed = [one for one in schedules if one.delay_days]
    waiting = allocations.waiting_amounts(
        delayed,
        livemode=livemode,
        today=today,
        earned_until=[earned_until(one, today) for one in delayed],
    )
    cash = liquidity.Allotment(owners, livemode=livemode)
    found: list[tuple[date | None, Forecast]] = []
    for schedule in schedules:
        owner = schedule.account_id
        known = _Known(
            usable=balances[owner].available,
            targets={row.currency: row for row in accounts[owner] if row.is_default},
            blocked=account_hold(schedule, schedule.account, disabled.get(owner, {})),
            waiting=partial(_waiting_of, waiting, owner),
            shortage=partial(cash.take, owner),
        )
        day = None if schedule.paused_at else schedule.next_on
        found += [(day, plan) for plan in _forecast_all(schedule, known)]
    return found


def preview_one(
    schedule: PayoutSchedule,
    account: Account,
    *,
    usable: Mapping[str, int],
    paid_to: Iterable[ExternalAccount],
    disabled: Mapping[str, str],
    at: datetime,
) -> list[Forecast]:
    """Forecast an account's payouts as if its day were today, by what is known of it already.

    Args:
        schedule: Its schedule.
        account: The account.
        usable: Currency → minor units that are available.
        paid_to: Its external accounts.
        disabled: What `queries.disabled_reasons` would find of it.
        at: The moment.
    """
    delayed, today = [schedule] if schedule.delay_days else [], at.date()
    waiting = allocations.waiting_amounts(
        delayed,
        livemode=schedule.livemode,
        today=today,
        earned_until=[earned_until(schedule, today)],
    )
    cash = liquidity.Allotment([account.id], livemode=schedule.livemode)
    known = _Known(
        usable=usable,
        targets={row.currency: row for row in paid_to if row.is_default},
        blocked=account_hold(schedule, account, disabled),
        waiting=partial(_waiting_of, waiting, account.id),
        shortage=partial(cash.take, account.id),
    )
    return _forecast_all(schedule, known)


def account_hold(
    schedule: PayoutSchedule, account: Account, disabled: Mapping[str, str] | None = None
) -> Hold | None:
    """Return why an account is not paid automatically; None if it is.

    Args:
        schedule: The schedule.
        account: Its account.
        disabled: What `queries.disabled_reasons` found of the account, if it was asked before.
    """
    if account.opened_by_id and not account.payouts_enabled:
        if disabled is None:
            found = queries.disabled_reasons([account.id], livemode=schedule.livemode)
            disabled = found[account.id]
        return Hold(HoldReason.DISABLED, disabled)
    if schedule.paused_at:
        return Hold(HoldReason.PAUSED, {"pause_reason": schedule.pause_reason})
    if schedule.interval == "manual":
        return Hold(HoldReason.MANUAL)
    return None


def _waiting_of(waiting: Mapping[tuple[str, str], int], owner: str, currency: str) -> int:
    return waiting.get((owner, currency), 0)


def _forecast_all(schedule: PayoutSchedule, known: _Known) -> list[Forecast]:
    return [_forecast(schedule, currency, known) for currency in sorted(known.usable)]


def _forecast(schedule: PayoutSchedule, currency: str, known: _Known) -> Forecast:
    usable, target = known.usable[currency], known.targets.get(currency)
    stays = schedule.minimum_amounts.get(currency, 0)
    hold, amount = known.blocked, usable - stays
    if schedule.delay_days and amount > 0:
        amount = min(amount, known.waiting(currency))
    amount -= amount % currencies.payout_step(currency)
    if usable > 0 and target is None and not (hold and hold.facts.get("is_stopped")):
        hold = Hold(HoldReason.NO_DESTINATION)
    elif usable < 0 and (hold is None or hold.reason is HoldReason.MANUAL):
        # Whoever pays by hand has nothing to pay either, and wants to know why.
        hold = Hold(HoldReason.NEGATIVE_BALANCE)
    elif hold is None and amount <= 0:
        hold = Hold(HoldReason.BELOW_MINIMUM, _why_nothing(schedule, currency, usable, stays))
    elif hold is None and target is not None and target.status == ExternalAccountStatus.ERRORED:
        hold = Hold(HoldReason.ERRORED_DESTINATION)
    elif hold is None and target is not None and target.left_at is not None:
        hold = Hold(HoldReason.DETACHED_DESTINATION)
    elif hold is None:
        hold = _rail_hold(schedule, currency, amount, known)
    return Forecast(schedule.account_id, currency, 0 if hold else amount, target, hold, usable)


def _why_nothing(
    schedule: PayoutSchedule, currency: str, usable: int, stays: int
) -> dict[str, str]:
    """Return the facts of a balance of which nothing is paid."""
    if not usable:
        return {"short_of": "all"}
    if usable <= stays:
        return {"short_of": "minimum", "stays": str(Money(stays, currency))}
    if usable - stays < currencies.payout_step(currency):
        return {"short_of": "step"}
    return {"short_of": "age", "days": str(schedule.delay_days)}


def earned_until(schedule: PayoutSchedule, today: date) -> date:
    """Return the last day whose earnings are paid."""
    return today - timedelta(days=schedule.delay_days) if schedule.delay_days else date.max


def _rail_hold(schedule: PayoutSchedule, currency: str, amount: int, known: _Known) -> Hold | None:
    """Return why no rail would send a payout; None if one would."""
    try:
        rail = registry.choose_for_payouts(livemode=schedule.livemode, currency=currency)
    except NoRail as error:
        return Hold(HoldReason.NO_RAIL, {"error": str(error)})
    if not liquidity.is_needed(rail):
        return None
    lacking = known.shortage(currency, amount)
    if lacking is None:
        return None
    facts = {"location": lacking.location, "missing": str(lacking.missing)}
    return Hold(HoldReason.ILLIQUID, facts)
