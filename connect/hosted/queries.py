"""Queries of a seller's orders, statements and transactions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Max, QuerySet, Sum

from connect.models import SellerPayment
from core.tenant import Tenant
from core.types import Fields
from ledger import queries as ledger_queries
from ledger import rules

# What begins an order, and what is no part of one.
_BEGINS: Final = ("charge", "payment")
# The names that groups get from us say nothing to anybody.
_OWN_GROUP: Final = "group_"
_BATCH: Final = 2_000


class Purpose(StrEnum):
    """What a fee of an order is for."""

    PLATFORM_FEE = "platform_fee"
    PLATFORM_FEE_REFUND = "platform_fee_refund"
    PROCESSING_FEE = "processing_fee"
    PROCESSING_FEE_TRUE_UP = "processing_fee_true_up"
    PROCESSING_FEE_OF_REFUND = "processing_fee_of_refund"
    DISPUTE_FEE = "dispute_fee"


# Kind of entry → the fee that its line is about, and not the payer's money.
_FEES: Final = {
    rules.FEE_TRUE_UP.kind: Purpose.PROCESSING_FEE_TRUE_UP,
    rules.FEE_TRUE_UP_RETURNED.kind: Purpose.PROCESSING_FEE_TRUE_UP,
    rules.PROCESSOR_FEE_RETURNED.kind: Purpose.PROCESSING_FEE_OF_REFUND,
    rules.PROCESSOR_FEE_RETAKEN.kind: Purpose.PROCESSING_FEE_OF_REFUND,
    rules.REFUND_FEE_RESTORED.kind: Purpose.PLATFORM_FEE,
    rules.REFUND_EXCHANGED_FEE_RESTORED.kind: Purpose.PLATFORM_FEE,
}
_DISPUTES: Final = (rules.DISPUTE_WITHDRAWN.kind, rules.DISPUTE_REINSTATED.kind)


@dataclass(slots=True)
class Order:
    """A payment, with its fees, refunds and disputes.

    Args:
        id: Of the payment, `py_...` or `ch_...`.
        description: In the seller's or the platform's words; empty if there are none.
        gross: The payment, in minor units.
        fees: Pairs of purpose and amount; below zero if returned.
        back: The refunded and reversed amount.
        disputed: The amount withdrawn by disputes.
        net: The remaining amount.
    """

    id: str
    created_at: datetime
    currency: str
    description: str = ""
    gross: int = 0
    fees: list[tuple[Purpose, int]] = field(default_factory=list)
    back: int = 0
    disputed: int = 0
    net: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A monthly statement in one currency.

    Args:
        opening: The balance before it, pending and available, in minor units.
        sums: Pairs of a kind of transaction and its sum after fees.
        fees: The fees among them.
        closing: The balance after it.
    """

    currency: str
    opening: int
    sums: tuple[tuple[str, int], ...]
    fees: int
    closing: int


def orders(tenant: Tenant, *, most: int = 25) -> list[Order]:
    """Return a seller's latest orders, newest first, in three queries."""
    lines = ledger_queries.balance_transactions(tenant)
    groups = list(
        lines.filter(type__in=_BEGINS)
        .values("entry__group")
        .annotate(newest=Max("id"))
        .order_by("-newest")
        .values_list("entry__group", flat=True)[:most]
    )
    found: dict[tuple[str, str], Order] = {}
    rows = lines.filter(entry__group__in=groups).select_related("entry").order_by("id")
    for line in rows:
        key = (line.entry.group, line.currency)
        order = found.setdefault(key, Order(line.source, line.created_at, line.currency))
        order.net += line.net
        if line.amount > 0 and line.type in _BEGINS:
            order.gross += line.amount
            order.description = order.description or line.description or ""
        elif purpose := _purpose(line):
            order.fees.append((purpose, -line.amount))
        elif line.entry.kind in _DISPUTES:
            order.disputed -= line.amount
        else:
            order.back -= line.amount
        order.fees += [(_purpose_inside(line, one), one["amount"]) for one in line.fee_details]
    _name(tenant, [order for order in found.values() if not order.description])
    return sorted(found.values(), key=lambda order: order.created_at, reverse=True)


def _purpose(line: Any) -> Purpose | None:
    """Return the purpose of a fee line; None for other lines."""
    if line.type == "application_fee_refund":
        return Purpose.PLATFORM_FEE_REFUND
    return _FEES.get(line.entry.kind)


def _purpose_inside(line: Any, detail: Fields) -> Purpose:
    """Return the purpose of a fee in a line's details."""
    if detail["type"] == "application_fee":
        return Purpose.PLATFORM_FEE
    is_disputes = line.entry.kind == rules.DISPUTE_WITHDRAWN.kind
    return Purpose.DISPUTE_FEE if is_disputes else Purpose.PROCESSING_FEE


def _name(tenant: Tenant, unnamed: list[Order]) -> None:
    """Name undescribed orders by their transfer group."""
    if not unnamed:
        return
    rows = SellerPayment.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, id__in=[one.id for one in unnamed]
    )
    names = dict(rows.values_list("id", "transfer__transfer_group"))
    for one in unnamed:
        name = names.get(one.id) or ""
        one.description = "" if name.startswith(_OWN_GROUP) else name


def months(tenant: Tenant) -> list[date]:
    """Return the months that have transactions, newest first."""
    lines = ledger_queries.balance_transactions(tenant)
    return list(lines.dates("created_at", "month", order="DESC"))


def statements(tenant: Tenant, month: date) -> list[Statement]:
    """Return a seller's statements of a month, one a currency."""
    lines = ledger_queries.balance_transactions(tenant)
    begins, ends = _bounds(month)
    before = dict(
        lines.filter(created_at__lt=begins).values_list("currency").annotate(total=Sum("net"))
    )
    inside: dict[str, list[tuple[str, int, int]]] = {}
    rows = (
        _of_month(lines, begins, ends)
        .values_list("currency", "type")
        .annotate(net=Sum("net"), fee=Sum("fee"))
        .order_by("currency", "type")
    )
    for currency, type, net, fee in rows:
        inside.setdefault(currency, []).append((type, net, fee))
    return [
        Statement(
            currency,
            before.get(currency, 0),
            tuple((type, net) for type, net, _ in found),
            sum(fee for _, _, fee in found),
            before.get(currency, 0) + sum(net for _, net, _ in found),
        )
        for currency in sorted({*before, *inside})
        for found in [inside.get(currency, [])]
    ]


def transactions(tenant: Tenant, month: date) -> Iterator[Any]:
    """Return a month's balance transactions, the oldest first, a batch in memory at a time."""
    lines = _of_month(ledger_queries.balance_transactions(tenant), *_bounds(month))
    return lines.order_by("created_at", "id").iterator(chunk_size=_BATCH)


def _bounds(month: date) -> tuple[datetime, datetime]:
    after = (month.year + month.month // 12, month.month % 12 + 1)
    return (
        datetime(month.year, month.month, 1, tzinfo=UTC),
        datetime(*after, 1, tzinfo=UTC),
    )


def _of_month(lines: QuerySet[Any], begins: datetime, ends: datetime) -> QuerySet[Any]:
    return lines.filter(created_at__gte=begins, created_at__lt=ends)
