"""Balance settings: when an account is paid out, and what stays."""

from datetime import datetime

from accounts.models import Account
from connect.models import PayoutSchedule
from connect.payouts import calendar, resources
from connect.payouts.services import schedules
from core.database.transactions import atomic
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import deep_merge
from operations.unit_of_work import UnitOfWork


def get(tenant: Tenant, *, at: datetime) -> tuple[Account, PayoutSchedule]:
    """Return an account with its schedule."""
    with atomic():
        schedule = schedules.lock(tenant, at=at)
    return Account.objects.get(id=tenant.account_id), schedule


def update(*, tenant: Tenant, payments: JsonObject, at: datetime) -> tuple[Account, PayoutSchedule]:
    """Update an account's balance settings.

    Args:
        tenant: The account, in one mode: minimum balances and the next day are the mode's own.
        payments: Parameters of the request.
        at: The moment of the request.

    Raises:
        InvalidRequest: If a weekly or monthly schedule would have no days, or the delay is shorter
            than payments take to settle.
    """
    payouts: JsonObject = payments.get("payouts", {})
    with UnitOfWork(tenant, at=at) as work:
        schedule = schedules.lock(tenant, at=at)
        account = Account.objects.select_for_update(of=("self",), no_key=True).get(
            id=tenant.account_id
        )
        changes = _changed_settings(payments)
        calendar.check_delay(
            changes.get("schedule", {}),
            least=account.settlement_delay_days,
            param="payments[settlement_timing][delay_days_override]",
        )
        before = resources.balance_settings(account, schedule)
        work.change(account, settings=deep_merge(account.settings, {"payouts": changes}))
        if "minimum_balance_by_currency" in payouts:
            schedule.minimum_amounts = _amounts(
                schedule.minimum_amounts, payouts["minimum_balance_by_currency"]
            )
        schedules.sync_locked(schedule, account, at=at)
        work.emit(
            "balance_settings.updated",
            tenant,
            {"id": account.id, **resources.balance_settings(account, schedule)},
            before={"id": account.id, **before},
        )
    return account, schedule


def _changed_settings(payments: JsonObject) -> JsonObject:
    payouts = payments.get("payouts", {})
    changes = {name: payouts[name] for name in ("statement_descriptor",) if name in payouts}
    if "debit_negative_balances" in payments:
        changes["debit_negative_balances"] = payments["debit_negative_balances"]
    days = calendar.normalize_schedule(payouts.get("schedule", {}))
    timing = payments.get("settlement_timing", {})
    if "delay_days_override" in timing:
        days["delay_days"] = timing["delay_days_override"]
    return changes | ({"schedule": days} if days else {})


def _amounts(old: dict[str, int], change: dict[str, int | None] | None) -> dict[str, int]:
    if change is None:
        return {}
    return {name: value for name, value in {**old, **change}.items() if value is not None}
