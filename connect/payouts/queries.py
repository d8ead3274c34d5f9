"""Queries of external accounts and payouts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar, cast

from django.db.models import Count, Min, Model, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import Account
from connect.models import (
    AccountBlock,
    AccountRequirements,
    ExternalAccount,
    Payout,
    PayoutAttempt,
    PayoutLine,
    PayoutSchedule,
)
from connect.states import AttemptStatus, PayoutStatus
from core.database import finding
from core.database.finding import Found, Scope, Typed
from core.database.lookups import one
from core.errors import missing
from core.histories import History, Step
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from ledger import queries as ledger_queries
from ledger.reporting import business_objects

_Line = TypeVar("_Line", bound=Model)


def external_accounts(tenant: Tenant) -> QuerySet[ExternalAccount]:
    """Return the external accounts of an account."""
    return ExternalAccount.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    )


def external_account(tenant: Tenant, id: str) -> ExternalAccount:
    """Return an external account of an account.

    Raises:
        Missing: If the account has none with this id.
    """
    return one(external_accounts(tenant), id, kind="external_account")


def unannounced_holds() -> QuerySet[ExternalAccount]:
    """Return the held destinations whose owners have not been notified."""
    return ExternalAccount.objects.filter(
        held_until__isnull=False, hold_told_at=None, deleted_at=None
    )


def external_accounts_of(
    account_ids: Iterable[str], *, livemode: bool
) -> dict[str, list[ExternalAccount]]:
    """Return the external accounts of some accounts, newest first, in one query."""
    found: dict[str, list[ExternalAccount]] = {id: [] for id in account_ids}
    rows = ExternalAccount.objects.filter(
        account_id__in=list(found), livemode=livemode, deleted_at=None
    )
    for row in rows.order_by("-id"):
        found[row.account_id].append(row)
    return found


def disabled_reasons(account_ids: Iterable[str], *, livemode: bool) -> dict[str, dict[str, str]]:
    """Return why payouts of some accounts are disabled if they are, in three queries.

    The account's own reason may be one for which only its charges are stopped.

    Returns:
        The `disabled_reason` of each, with `is_stopped` where somebody has decided so.
    """
    ids = list(account_ids)
    found: dict[str, dict[str, str]] = {id: {"disabled_reason": ""} for id in ids}
    rows = AccountRequirements.objects.filter(account_id__in=ids, livemode=livemode)
    for account_id, requirements in rows.values_list("account_id", "requirements"):
        found[account_id]["disabled_reason"] = missing_reason(requirements)
    blocks = AccountBlock.objects.filter(
        account_id__in=ids, livemode=livemode, kind="payouts", released_at=None
    )
    for account_id, reason, message in blocks.values_list("account_id", "reason", "message"):
        found[account_id] = {"disabled_reason": reason, "message": message, "is_stopped": "yes"}
    closed = Account.objects.filter(id__in=ids, closed_at__isnull=False)
    for account_id in closed.values_list("id", flat=True):
        found[account_id] = {"disabled_reason": "closed", "is_stopped": "yes"}
    return found


def missing_reason(requirements: JsonObject) -> str:
    """Return why an account that nobody has stopped is disabled."""
    if requirements.get("past_due"):
        return "requirements.past_due"
    if requirements.get("pending_verification"):
        return "requirements.pending_verification"
    return str(requirements.get("disabled_reason") or "")


def payouts(tenant: Tenant) -> QuerySet[Payout]:
    """Return all payouts of an account."""
    return Payout.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def payout(tenant: Tenant, id: str, *, param: str = "id") -> Payout:
    """Return one payout of an account.

    Raises:
        Missing: If there is none.
    """
    row = payouts(tenant).select_related("destination").filter(id=id).first()
    if row is None:
        raise missing("payout", id, param=param)
    return row


def transactions_of_payout(tenant: Tenant, id: str, lines: QuerySet[_Line]) -> QuerySet[_Line]:
    """Narrow balance transactions to those that a payout paid, and its own.

    Each that it paid has the payout's allocation as `part`: together the payout's amount.

    Raises:
        Missing: If the account has no such payout.
    """
    row = payout(tenant, id, param="payout")
    paid_ids = PayoutLine.objects.filter(payout=row).values("transaction_id")
    part = (
        PayoutLine.objects.filter(payout=row, transaction_id=OuterRef("pk"))
        .order_by()
        .values("transaction_id")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    mine = lines.filter(Q(id__in=paid_ids) | Q(id=row.balance_transaction_id))
    return cast("QuerySet[_Line]", mine.annotate(part=Subquery(part)))


# What moves the money of a payout; what it costs the account as a fee is another matter.
_OF_THE_MONEY: Final = ("payout", "payout_failure", "payout_cancel", "adjustment")


def withheld_amounts(tenant: Tenant, payout_ids: Iterable[str]) -> dict[str, int]:
    """Return the costs that banks withheld from failed payouts, in one query.

    Args:
        tenant: The account that was paid.
        payout_ids: `po_...`.

    Returns:
        Minor units by payout, without those that came back whole or were made good.
    """
    lines = ledger_queries.balance_transactions(tenant).filter(
        entry__group__in=list(payout_ids), type__in=_OF_THE_MONEY
    )
    sums = lines.order_by().values_list("entry__group").annotate(left=Sum("amount"))
    return {id: -left for id, left in sums if left < 0}


# A bank that has said nothing for so long is worth a look.
_SLOW = timedelta(hours=1)
_OVERDUE = timedelta(minutes=10)


def needing_attention(*, at: datetime) -> QuerySet[Payout]:
    """Return the payouts of all accounts that need an operator's attention, oldest first.

    Those that failed and nobody has dealt with, those of which nothing is known or heard, and
    those that are held up.
    """
    unheard = PayoutAttempt.objects.filter(next_poll_at__isnull=False).filter(
        Q(status=AttemptStatus.UNKNOWN) | Q(sent_at__lt=at - _SLOW)
    )
    return (
        Payout.objects.filter(
            Q(status=PayoutStatus.FAILED, resolved_at=None)
            | Q(status=PayoutStatus.IN_TRANSIT, id__in=unheard.values("payout_id"))
            | Q(status=PayoutStatus.PENDING, send_at__lt=at - _OVERDUE)
            | Q(status=PayoutStatus.PENDING, send_at__gt=at, destination__held_until__gt=at)
        )
        .select_related("destination", "account")
        .order_by("created_at", "id")
    )


def failed() -> QuerySet[Payout]:
    """Return the payouts of all accounts that failed and that nobody has dealt with."""
    return Payout.objects.filter(status=PayoutStatus.FAILED, resolved_at=None)


def to_send() -> QuerySet[Payout]:
    """Return the payouts of all accounts that wait to be sent."""
    return Payout.objects.filter(send_at__isnull=False)


def scheduled() -> QuerySet[PayoutSchedule]:
    """Return the schedules of all accounts that pay by themselves, the next one first."""
    rows = PayoutSchedule.objects.filter(next_on__isnull=False, paused_at=None)
    return rows.order_by("next_on", "account")


def count_open(account_ids: Sequence[str], *, livemode: bool) -> int:
    """Count the payouts of some accounts that have not ended."""
    under_way = (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)
    return Payout.objects.filter(
        account_id__in=account_ids, livemode=livemode, status__in=under_way
    ).count()


def find_payouts(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find payouts by their amount, or with known ids."""
    conditions = finding.has_amount(typed.amounts)
    return [
        Found(
            row.id,
            row.created_at,
            row.statement_descriptor or "",
            Money(row.amount, row.currency),
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(Payout, scope, conditions, most=most, ids=typed.ids)
    ]


def history_of_group(group: str, *, most: int) -> History:
    """Return the payouts that took money of a business object along, with their parts of it.

    Args:
        group: `pi_...`, as the ledger names the object.
        most: How many payouts.
    """
    lines = business_objects.lines_of_group(group).values("id")
    paid = PayoutLine.objects.filter(transaction_id__in=lines, payout__isnull=False)
    sums = paid.order_by().values_list("payout_id").annotate(part=Sum("amount"))
    parts = {str(id): int(part) for id, part in sums}
    rows = Payout.objects.filter(id__in=sorted(parts)[-most:]).order_by("-id")
    steps = [
        Step(
            row.created_at,
            "payout",
            row.id,
            row.status,
            Money(parts[row.id], row.currency),
            row.failure_code or "",
            row.account_id,
        )
        for row in rows
    ]
    return History("payout", [step.id for step in steps], steps, len(parts) - len(steps))


def unresolved(*, at: datetime) -> tuple[int, float]:
    """Return how many attempts nobody knows the outcome of, and for how long the oldest has been.

    Args:
        at: The moment, in UTC.

    Returns:
        The number, and seconds; 0 if there is none.
    """
    rows = PayoutAttempt.objects.filter(next_poll_at__isnull=False, status=AttemptStatus.UNKNOWN)
    found = rows.aggregate(count=Count("id"), oldest=Min("sent_at"))
    seconds = (at - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return found["count"], max(seconds, 0.0)
