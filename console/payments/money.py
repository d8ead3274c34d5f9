"""Where the money of a payment is: who gave, who got, and by what, as the books have it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext

from core.admin import page_of
from core.money import Money
from ledger import rules
from ledger.chart import FX_POSITION, OWED, PROCESSOR, REFUNDS_IN_TRANSIT, SUSPENSE
from ledger.reporting.business_objects import Moved

PAYMENT: Final = "Payment"
PROCESSING: Final = "Processing"
SPLIT: Final = "Split"
REFUNDS: Final = "Refunds"
DISPUTES: Final = "Disputes"
OTHER: Final = "Other"
COLUMNS: Final = (PAYMENT, PROCESSING, SPLIT, REFUNDS, DISPUTES, OTHER)

# Which column a rule stands in, and whether what the rail has or owes by it is its own (a price)
# or the payer's.
_RULES: Final[dict[str, Sequence[rules.Rule]]] = {
    PAYMENT: (
        rules.CHARGE_CAPTURED, rules.PAYMENT_FAILED, rules.LATE_PAYMENT_RECEIVED,
        rules.LATE_PAYMENT_APPLIED,
    ),
    PROCESSING: (
        rules.PROCESSOR_FEE, rules.PLATFORM_PROCESSOR_FEE, rules.FEE_TRUE_UP,
        rules.FEE_TRUE_UP_RETURNED, rules.PROCESSOR_FEE_RETURNED, rules.PROCESSOR_FEE_RETAKEN,
    ),
    SPLIT: (
        rules.DESTINATION_CHARGE, rules.APPLICATION_FEE, rules.DESTINATION_TRANSFER,
        rules.TRANSFER, rules.TRANSFER_FROM_SOURCE, rules.TRANSFER_OF_SOURCE_FEE,
        rules.TRANSFER_REVERSAL, rules.REVERSAL_FEE_REFUND, rules.EXCHANGED_TRANSFER,
        rules.EXCHANGED_SOURCE_FEE, rules.EXCHANGED_SHARE, rules.EXCHANGED_FEE,
        rules.EXCHANGE_MARGIN, rules.EXCHANGED_TRANSFER_REVERSAL,
    ),
    REFUNDS: (
        rules.REFUND_RESERVED, rules.REFUND_CONFIRMED, rules.REFUND_TRANSFER_REVERSAL,
        rules.APPLICATION_FEE_REFUND, rules.REFUND_CANCELED, rules.REFUND_FAILED,
        rules.REFUND_TRANSFER_RESTORED, rules.REFUND_FEE_RESTORED, rules.REFUND_MADE_OUTSIDE,
        rules.REFUND_EXCHANGE_DIFFERENCE, rules.REFUND_EXCHANGED_REVERSAL,
        rules.EXCHANGED_FEE_REFUND, rules.REFUND_EXCHANGED_RESTORED,
        rules.REFUND_EXCHANGED_FEE_RESTORED, rules.LATE_PAYMENT_RETURNED,
        rules.LATE_PAYMENT_RETURN_FAILED,
    ),
    DISPUTES: (rules.DISPUTE_WITHDRAWN, rules.DISPUTE_FEE, rules.DISPUTE_REINSTATED),
}  # fmt: skip
_COLUMN_OF: Final = {rule.kind: column for column, found in _RULES.items() for rule in found}
_PRICES: Final = {
    *(rule.kind for rule in _RULES[PROCESSING]),
    rules.DISPUTE_FEE.kind,
    rules.REFUND_EXCHANGE_DIFFERENCE.kind,
}

PAYER: Final = "payer"
RAIL: Final = "processor"
PLATFORM: Final = "platform"
SELLER: Final = "seller"
TRANSIT: Final = "transit"
UNAPPLIED: Final = "unapplied"
EXCHANGE: Final = "exchange"
TITLES: Final = {
    RAIL: "Processor",
    TRANSIT: "On its way to the payer",
    UNAPPLIED: "Came too late, and is nobody's yet",
    EXCHANGE: "Exchanged into another currency",
}
_ORDER: Final = (PAYER, RAIL, PLATFORM, SELLER, TRANSIT, UNAPPLIED, EXCHANGE)
# Sellers of one payment that have a line of their own.
MOST_SELLERS: Final = 20
# Units of the bar's drawing.
WIDTH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount of the table.

    Args:
        title: Of the column.
        text: The amount without its currency; a dash for none.
        moved: True if it is not zero.
    """

    title: str
    text: str
    moved: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One party of a payment.

    Args:
        role: Payer, processor, platform, seller, and where money is on its way.
        name: For people.
        page: Of the account; empty if it is none.
        cells: What it got and gave, one for each column.
        total: What it has of the payment now; negative: what it gave.
    """

    role: str
    name: str
    page: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar: what somebody keeps of what the payer paid."""

    role: str
    name: str
    text: str
    percent: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Short:
    """What an account has given of a payment beyond what it got."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The money of a payment in one currency. Each column of the table adds up to zero.

    Args:
        currency: Lower-case ISO code.
        columns: What has moved anything.
        lines: The parties.
        parts: Of the bar.
        short: Accounts that have given more than they got.
    """

    currency: str
    columns: list[str]
    lines: list[Line]
    parts: list[Part]
    short: list[Short]


def owners(movements: Iterable[Moved]) -> set[str]:
    """Return the accounts that got or gave something."""
    return {m.owner for m in movements if m.code in (*OWED, REFUNDS_IN_TRANSIT)}


def pictures(
    movements: Sequence[Moved], *, platform_id: str, payer: str, names: Mapping[str, str]
) -> list[Picture]:
    """Draw where the money of a payment is, one picture a currency.

    Args:
        movements: What the books have of it.
        platform_id: The account that is the platform in it.
        payer: Who paid, for people.
        names: Of the accounts.
    """
    by_currency: dict[str, list[Moved]] = defaultdict(list)
    for movement in movements:
        by_currency[movement.currency].append(movement)
    return [
        _picture(currency, found, platform_id, payer, names)
        for currency, found in by_currency.items()
    ]


def _party(movement: Moved, platform_id: str) -> tuple[str, str]:
    if movement.code in OWED:
        role = PLATFORM if movement.owner == platform_id else SELLER
        return role, movement.owner
    if movement.code == REFUNDS_IN_TRANSIT:
        return TRANSIT, ""
    if movement.code == SUSPENSE:
        return UNAPPLIED, ""
    if movement.code == PROCESSOR:
        is_own = movement.kind in _PRICES or _COLUMN_OF.get(movement.kind) in (None, SPLIT)
        return (RAIL, "") if is_own else (PAYER, "")
    return (EXCHANGE, "") if movement.code == FX_POSITION else (RAIL, "")


@dataclass(frozen=True, slots=True)
class _Row:
    role: str
    name: str
    owner: str
    sums: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.sums.values())


def _picture(
    currency: str,
    movements: Sequence[Moved],
    platform_id: str,
    payer: str,
    names: Mapping[str, str],
) -> Picture:
    amounts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for movement in movements:
        column = _COLUMN_OF.get(movement.kind, OTHER)
        amounts[_party(movement, platform_id)][column] += movement.amount
    titles = {role: gettext(name) for role, name in TITLES.items()} | {PAYER: payer}
    rows = [
        _Row(role, titles.get(role) or names.get(owner, owner), owner, sums)
        for (role, owner), sums in amounts.items()
        if any(sums.values())
    ]
    rows.sort(key=lambda row: (_ORDER.index(row.role), -row.total, row.owner))
    rows = _bounded(rows)
    columns = [c for c in COLUMNS if any(row.sums.get(c) for row in rows)]
    lines = [
        Line(
            row.role,
            row.name,
            page_of("accounts_account", row.owner) if row.owner else "",
            [_cell(c, row.sums.get(c, 0), currency) for c in columns],
            _cell(gettext("Now"), row.total, currency),
        )
        for row in rows
    ]
    short = [
        Short(row.name, str(Money(-row.total, currency)))
        for row in rows
        if row.role in (PLATFORM, SELLER) and row.total < 0
    ]
    return Picture(currency, columns, lines, _parts(rows, currency), short)


def _bounded(rows: list[_Row]) -> list[_Row]:
    """Put the sellers past the bound together."""
    hidden = [row for row in rows if row.role == SELLER][MOST_SELLERS:]
    if not hidden:
        return rows
    sums = {c: sum(row.sums.get(c, 0) for row in hidden) for c in COLUMNS}
    others = _Row(SELLER, gettext("%(hidden)s more sellers") % {"hidden": len(hidden)}, "", sums)
    return [*(row for row in rows if row not in hidden), others]


def _parts(rows: Sequence[_Row], currency: str) -> list[Part]:
    """Return who keeps what of what was paid, the payer being who got some back."""
    paid = -sum(row.sums.get(PAYMENT, 0) for row in rows if row.role == PAYER)
    # Who is back at zero, or owes, keeps nothing of it.
    kept = [
        (row.role, gettext("Back to %(name)s") % {"name": row.name}, row.total + paid)
        if row.role == PAYER
        else (row.role, row.name, row.total)
        for row in rows
    ]
    kept = [part for part in kept if part[2] > 0]
    whole = sum(amount for *_, amount in kept)
    parts, x = [], 0
    for role, name, amount in kept:
        width = amount * WIDTH // whole
        percent = f"{Decimal(100 * amount) / whole:.1f} %"
        parts.append(Part(role, name, str(Money(amount, currency)), percent, x, max(width - 2, 2)))
        x += width
    return parts


def _cell(title: str, amount: int, currency: str) -> Cell:
    text = f"{Money(amount, currency).to_decimal():+,f}" if amount else "—"
    return Cell(title, text.replace("-", "\N{MINUS SIGN}"), moved=bool(amount))
