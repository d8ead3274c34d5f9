"""What the console tells of a payout: what it pays, what happened to it, what came after it."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from connect.models import Payout, PayoutAttempt, PayoutLine, PayoutSchedule
from connect.payouts import queries
from core.histories import Step
from core.money import Money
from core.security.rows import may_see
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger.reporting import business_objects
from processors.sepa.services import queries as bank_queries

# Of the attempts, and of the payouts that took the money of a failed one along.
_MOST: Final = 20


def any_payout(payout_id: str, user: object) -> Payout | None:
    """Return a payout that somebody may see in the console; None if there is none.

    Args:
        payout_id: `po_...`, whoever's.
        user: Who asks; `request.user`.
    """
    rows = Payout.objects.select_related("account", "destination", "run")
    row = rows.filter(id=payout_id).first()
    if row is None or not may_see(user, row.account_id, row.account.opened_by_id):
        return None
    return row


def latest_payouts(tenant: Tenant, *, most: int) -> list[Payout]:
    """Return the newest payouts of an account, with where they went."""
    rows = queries.payouts(tenant).select_related("destination")
    return list(rows.order_by("-created_at", "-id")[:most])


def schedule_of(tenant: Tenant) -> PayoutSchedule | None:
    """Return the schedule of an account's payouts; None if it has none yet."""
    owner = {"account_id": tenant.account_id, "livemode": tenant.livemode}
    return PayoutSchedule.objects.filter(**owner).first()


def last_attempts(payout_ids: Iterable[str]) -> dict[str, PayoutAttempt]:
    """Return the last attempt of each of some payouts, in one query."""
    rows = PayoutAttempt.objects.filter(payout_id__in=list(payout_ids))
    return {row.payout_id: row for row in rows.order_by("payout_id", "number")}


def attempts_of(payout: Payout) -> list[PayoutAttempt]:
    """Return the newest attempts to send a payout, the last one first."""
    return list(PayoutAttempt.objects.filter(payout=payout).order_by("-number")[:_MOST])


def paid_lines(payout: Payout) -> QuerySet[Any]:
    """Return the balance transactions that a payout pays, each with its `part` of it."""
    lines = PayoutLine.objects.filter(payout=payout)
    part = (
        lines.filter(transaction_id=OuterRef("pk"))
        .order_by()
        .values("transaction_id")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        ledger_queries.balance_transactions(payout.tenant)
        .filter(id__in=lines.values("transaction_id"))
        .annotate(part=Subquery(part))
        .order_by("-id")
    )


def sums_by_kind(payout: Payout) -> list[tuple[str, int, int]]:
    """Return what a payout pays, by kind of balance transaction: kind, number and minor units."""
    rows = paid_lines(payout).order_by().values_list("type")
    sums = rows.annotate(count=Count("id"), total=Sum("part")).order_by("-total", "type")
    return [(kind, count, int(total)) for kind, count, total in sums]


def paid_again_by(payout: Payout) -> list[str]:
    """Return the payouts that took the money of a failed or canceled one along, newest first."""
    released = PayoutLine.objects.filter(payout=payout, is_released=True)
    again = PayoutLine.objects.filter(
        transaction_id__in=released.values("transaction_id"), payout__isnull=False
    )
    others = again.exclude(payout=payout).filter(payout_id__gt=payout.id)
    ids = others.order_by("-payout_id").values_list("payout_id", flat=True).distinct()
    return [str(id) for id in ids[:_MOST]]


def steps_of(payout: Payout, attempts: list[PayoutAttempt]) -> list[Step]:
    """Return what happened to a payout: made, sent, put into files, and what the books have.

    Args:
        payout: Whoever's.
        attempts: Of it.
    """
    money = Money(payout.amount, payout.currency)
    how = "automatic" if payout.is_automatic else "asked"
    steps = [Step(payout.created_at, "made", payout.id, how, money)]
    for one in attempts:
        state = "again" if one.number > 1 else ""
        steps.append(Step(one.sent_at, "sent", one.id, state, note=one.message))
    for payment in bank_queries.payments_of(one.id for one in attempts):
        file = payment.file
        if file is None:
            continue
        moments = {
            "made": file.created_at,
            "approved": file.approved_at,
            "sent": file.sent_at,
            "acknowledged": file.acknowledged_at,
        }
        steps += [Step(at, "file", file.id, word) for word, at in moments.items() if at]
    if payout.resolved_at:
        steps.append(Step(payout.resolved_at, "resolved", payout.id))
    return steps + _booked(payout)


def _booked(payout: Payout) -> list[Step]:
    """Return what the books have of it after it was made, with what its owner got back."""
    lines = business_objects.lines_of_group(payout.id).filter(account_id=payout.account_id)
    back = dict(lines.values_list("entry_id", "amount"))
    steps = []
    for entry in business_objects.entries_of(payout.id)[:_MOST]:
        if entry.kind == "payout_created":
            continue
        money = Money(back[entry.id], payout.currency) if entry.id in back else None
        state = "reversed" if entry.reverses_id else payout.status
        steps.append(Step(entry.posted_at, entry.kind, entry.id, state, money))
    return steps
