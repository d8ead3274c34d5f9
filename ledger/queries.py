"""Reading the ledger. Every figure is exact at the moment it is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Exists, F, QuerySet, Sum

from core.errors import missing
from core.tenant import Tenant
from ledger import rules
from ledger.chart import (
    AVAILABLE,
    CHART,
    CONNECT_RESERVE,
    PAYOUTS_IN_TRANSIT,
    PENDING,
    PROCESSOR,
    REFUNDS_IN_TRANSIT,
    Side,
)
from ledger.models import (
    BalanceTransaction,
    GuardedBalance,
    JournalEntry,
    LedgerAccount,
    Location,
    Posting,
)

# Where money is held unless the operator says otherwise.
MAIN: Final = "main"


@dataclass(slots=True)
class Balance:
    """An owner's balance by currency, in minor units."""

    available: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    refunds_in_transit: dict[str, int] = field(default_factory=dict)
    payouts_in_transit: dict[str, int] = field(default_factory=dict)
    connect_reserved: dict[str, int] = field(default_factory=dict)
    # Owed and set aside by holds: not in `available`.
    held: dict[str, int] = field(default_factory=dict)


# What came after the fold. The upper end and the sum say nothing new, but tell the planner that
# little is above the horizon: otherwise it expects a third of all, and looks through all.
NOT_FOLDED: Final = (
    "p.xid BETWEEN h.horizon AND 9223372036854775807 AND p.id + 0 > h.base_posting_id"
)

# Debits are positive. Guarded accounts have their balance; open ones are the fold plus what came
# after it. One statement, so fold and postings are read at the same moment.
SIGNED: Final = f"""
    CASE WHEN a.is_guarded THEN -g.posted
    ELSE coalesce((SELECT sum(f.total) FROM ledger_fold f WHERE f.account_id = a.id), 0)
       + coalesce((SELECT sum(p.amount) FROM ledger_posting p, ledger_foldhorizon h
                   WHERE p.account_id = a.id AND {NOT_FOLDED}), 0)
    END
"""  # noqa: S608  our own words

_TOTALS = f"""
    SELECT a.owner, a.code, a.currency, {SIGNED}, coalesce(g.held, 0)
    FROM ledger_ledgeraccount a
    LEFT JOIN ledger_guardedbalance g ON g.account_id = a.id
    WHERE a.owner = ANY(%s) AND a.livemode = %s
    ORDER BY a.owner, a.code, a.currency
"""  # noqa: S608  our own words


def totals(*, owners: Sequence[str], livemode: bool) -> dict[tuple[str, str, str], int]:
    """Return the balance of every ledger account of some owners, in one query.

    Args:
        owners: Accounts `acct_...` or processors.
        livemode: Which of the two worlds.

    Returns:
        (owner, code, currency) → minor units in the code's natural direction.
    """
    return {key: total for key, (total, _) in _totals(owners, livemode=livemode).items()}


def _totals(
    owners: Sequence[str], *, livemode: bool
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return (owner, code, currency) → balance and what is held of it."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [list(owners), livemode])
        return {
            (owner, code, currency): (int(_natural(code, signed)), held)
            for owner, code, currency, signed, held in cursor.fetchall()
        }


def balances(*, owners: Sequence[str], livemode: bool) -> dict[str, Balance]:
    """Return what each owner is owed, in one query."""
    found = {owner: Balance() for owner in owners}
    for (owner, code, currency), (amount, held) in _totals(owners, livemode=livemode).items():
        if code == AVAILABLE:
            found[owner].available[currency] = amount - held
            found[owner].held[currency] = held
        elif code == PENDING:
            found[owner].pending[currency] = amount
        elif code == REFUNDS_IN_TRANSIT:
            found[owner].refunds_in_transit[currency] = amount
        elif code == PAYOUTS_IN_TRANSIT:
            found[owner].payouts_in_transit[currency] = amount
        elif code == CONNECT_RESERVE:
            found[owner].connect_reserved[currency] = amount
    return found


def balance(*, owner: str, livemode: bool) -> Balance:
    """Return what an owner is owed."""
    return balances(owners=[owner], livemode=livemode)[owner]


def account_balance(code: str, owner: str, currency: str, *, livemode: bool = False) -> int:
    """Return one ledger account's balance in its natural direction; 0 if it was never used."""
    return totals(owners=[owner], livemode=livemode).get((owner, code, currency), 0)


def location_of(*, owner: str, livemode: bool) -> str:
    """Name the location where an owner's money is held."""
    rows = Location.objects.filter(owner=owner, livemode=livemode)
    return rows.values_list("location", flat=True).first() or MAIN


def locations_of(owners: Sequence[str], *, livemode: bool) -> dict[str, str]:
    """Name the locations of those owners whose money is not held at `MAIN`."""
    rows = Location.objects.filter(owner__in=owners, livemode=livemode)
    return dict(rows.values_list("owner", "location"))


def locations(*, livemode: bool) -> set[str]:
    """Return the names of all locations that owners are paid from."""
    rows = Location.objects.filter(livemode=livemode).exclude(location=F("owner"))
    return {MAIN, *rows.values_list("location", flat=True)}


def is_posted(source: str, kind: str) -> bool:
    """Return whether the ledger has an entry of a kind that something caused."""
    return JournalEntry.objects.filter(source=source, kind=kind).exists()


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """A usable balance below zero.

    Args:
        owner: `acct_...`.
        currency: The currency of the amount.
        livemode: Which of the two worlds.
        amount: What the owner owes, in minor units, positive.
        since: When it went below zero.
    """

    owner: str
    currency: str
    livemode: bool
    amount: int
    since: datetime


_OVERDRAWN = """
    SELECT a.owner, a.currency, a.livemode, -g.posted, (
        SELECT e.posted_at FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.account_id = a.id AND p.account_seq > coalesce((
            SELECT q.account_seq FROM ledger_posting q
            WHERE q.account_id = a.id AND q.account_seq IS NOT NULL AND q.balance_after >= 0
            ORDER BY q.account_seq DESC LIMIT 1), 0)
        ORDER BY p.account_seq LIMIT 1)
    FROM ledger_guardedbalance g JOIN ledger_ledgeraccount a ON a.id = g.account_id
    WHERE a.code = %s AND g.posted < 0
    ORDER BY 5, a.owner, a.currency
    LIMIT %s
"""


def has_accounts(*, livemode: bool) -> bool:
    """Tell whether anything of a mode is in the books."""
    return LedgerAccount.objects.filter(livemode=livemode).exists()


def overdrawn_owners(*, most: int = 100_000) -> list[Overdrawn]:
    """Return the owners who owe, the longest first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDRAWN, [AVAILABLE, most])
        return [Overdrawn(*row) for row in cursor.fetchall()]


def reserve_owners() -> list[tuple[str, str, bool]]:
    """Return (owner, currency, livemode) of everybody who has a connect reserve."""
    rows = GuardedBalance.objects.filter(account__code=CONNECT_RESERVE, posted__gt=0)
    return list(
        rows.values_list("account__owner", "account__currency", "account__livemode").order_by("pk")
    )


def negative_limit(*, owner: str, currency: str, livemode: bool) -> int:
    """Return how far below zero an owner's usable balance may be asked to go, in minor units."""
    limits = GuardedBalance.objects.filter(
        account__owner=owner,
        account__code=AVAILABLE,
        account__currency=currency,
        account__livemode=livemode,
    ).values_list("negative_limit", flat=True)
    found = limits.first()
    # A balance that was never used has what a new one begins with.
    return GuardedBalance().negative_limit if found is None else found


def balance_transactions(tenant: Tenant) -> QuerySet[BalanceTransaction]:
    """Return all that an owner is shown of its balance."""
    return BalanceTransaction.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def credited_since(id: str) -> list[tuple[str, str, bool]]:
    """Return who was given money by lines after one, as account, currency and mode, once each.

    Args:
        id: `txn_...`; there need be no such line.
    """
    lines = BalanceTransaction.objects.filter(id__gt=id, amount__gt=0)
    return list(lines.values_list("account_id", "currency", "livemode").distinct())


def balance_transaction(tenant: Tenant, id: str) -> BalanceTransaction:
    """Return one balance transaction of an owner.

    Raises:
        Missing: If there is none.
    """
    line = balance_transactions(tenant).filter(id=id).first()
    if line is None:
        raise missing("balance_transaction", id)
    return line


# What an owner was shown after a line: the owner, the mode, and the line's id. For statements of
# other rooms that go over many rows at once.
LINES_SINCE: Final = """
    SELECT b.id, b.type, b.currency, b.net, b.available_on, (b.created_at AT TIME ZONE 'UTC')::date
        AS earned_on
    FROM ledger_balancetransaction b
    WHERE b.account_id = %s AND b.livemode = %s AND b.id > %s
"""

_Narrow = Callable[[Tenant, str, "QuerySet[BalanceTransaction]"], "QuerySet[BalanceTransaction]"]
_narrowings: dict[str, _Narrow] = {}


def register_narrowing(name: str, narrow: _Narrow) -> None:
    """Register a filter of the list of lines, by a parameter such as `payout`."""
    _narrowings[name] = narrow


def narrow_lines(
    rows: "QuerySet[BalanceTransaction]", tenant: Tenant, params: Mapping[str, str]
) -> "QuerySet[BalanceTransaction]":
    """Keep the lines that the parameters of rooms above leave.

    Raises:
        Missing: If a parameter names something that the tenant does not have.
    """
    for name, narrow in _narrowings.items():
        if name in params:
            rows = narrow(tenant, params[name], rows)
    return rows


def _natural(code: str, signed: int) -> int:
    return signed if CHART[code].side is Side.DEBIT else -signed


@dataclass(frozen=True, slots=True)
class SourceFunds:
    """The money that a charge brought in.

    Args:
        owner: Whose charge it is, `acct_...`.
        livemode: Which of the two worlds.
        currency: The currency of the amount.
        captured: Minor units.
        available_on: The day of its pending lot; None if it was available at once.
        group: The business object that its entries belong to.
        has_failed: True if the payer's bank took it back (rule 9).
    """

    owner: str
    livemode: bool
    currency: str
    captured: int
    available_on: date | None
    group: str
    has_failed: bool


def funds_of(source: str) -> SourceFunds | None:
    """Return what a charge brought in; None if it never captured anything.

    Args:
        source: The charge, `ch_...`.
    """
    failures = JournalEntry.objects.filter(kind=rules.PAYMENT_FAILED.kind, source=source)
    posting = (
        Posting.objects.filter(
            entry__kind=rules.CHARGE_CAPTURED.kind,
            entry__source=source,
            account__code__in=rules.CHARGE_CAPTURED.credits,
        )
        .select_related("entry", "account")
        .annotate(has_failed=Exists(failures))
        .first()
    )
    if posting is None:
        return None
    return SourceFunds(
        owner=posting.account.owner,
        livemode=posting.entry.livemode,
        currency=posting.currency,
        captured=-posting.amount,
        available_on=posting.available_on,
        group=posting.entry.group,
        has_failed=posting.has_failed,
    )


def processing_fee_of(group: str) -> int:
    """Return what a charge's processing has cost its owner, in minor units.

    Args:
        group: The business object of the charge, `pi_...`.
    """
    kinds = (rules.PROCESSOR_FEE, rules.FEE_TRUE_UP, rules.FEE_TRUE_UP_RETURNED)
    total = Posting.objects.filter(
        entry__group=group, entry__kind__in=[rule.kind for rule in kinds], account__code=PROCESSOR
    ).aggregate(total=Sum("amount"))
    return -(total["total"] or 0)
