"""The only writer of the ledger."""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection
from django.db.utils import Error as DatabaseError

from core import context, ids
from core.db import require_transaction
from core.errors import InvalidRequest
from core.writes import Call
from ledger.rules import Rule


class BalanceInsufficient(InvalidRequest):
    """The account does not have what the movement needs. Nothing was posted."""

    default_code = "balance_insufficient"


class PostedDifferently(AssertionError):
    """The same movement of the same source came again with other amounts: a bug of ours."""


class UnbalancedEntry(AssertionError):
    """An entry does not add up or breaks its rule: a bug of ours."""


class NeedsRebase(RuntimeError):
    """The database was restored into another cluster; run `rialto ledger rebase`."""


@dataclass(frozen=True, slots=True)
class Part:
    """An amount in one bucket of the owner on one side of an entry.

    Args:
        code: The bucket, a code of the chart.
        amount: Minor units, positive.
        available_on: For pending money, the day on which it becomes available.
        lot: For pending money, the charge it came with.
    """

    code: str
    amount: int
    available_on: date | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The balance transaction that an owner is shown for an entry.

    Args:
        owner: The account that sees it, `acct_...`.
        type: A word of the wire, such as `"charge"`.
        amount: Gross change of the owner's balance in minor units, signed.
        source: The object it is about, such as `ch_...`.
        available_on: The day on which its net is, or was, available.
        fee: What of the gross went to fees, posted by entries of their own.
        fee_details: The parts of `fee`, as the wire shows them.
    """

    owner: str
    type: str
    amount: int
    source: str
    available_on: date
    fee: int = 0
    fee_details: Sequence[dict[str, object]] = ()
    description: str | None = None
    id: str = field(default_factory=lambda: ids.new_id("txn"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement, ready to be posted.

    Args:
        rule: Which movement it is.
        source: The object that causes it. A rule happens once for a source, for ever.
        group: The business object that all its entries belong to, such as `pi_...`.
        currency: Of all its amounts.
        debit_owner: Whose account is debited.
        credit_owner: Whose account is credited.
        debits: How the amount is spread over the debited owner's buckets.
        credits: How it is spread over the credited owner's buckets.
        lines: What owners are shown of it.
    """

    rule: Rule
    source: str
    group: str
    currency: str
    debit_owner: str
    credit_owner: str
    debits: Sequence[Part]
    credits: Sequence[Part]
    lines: Sequence[Line] = ()
    id: str = field(default_factory=lambda: ids.new_id("je"))

    def legs(self) -> list[tuple[str, str, int, date | None, str | None]]:
        """Return (owner, code, signed amount, day, lot) of each posting, debits positive."""
        debits = [(self.debit_owner, p.code, p.amount, p.available_on, p.lot) for p in self.debits]
        return debits + [
            (self.credit_owner, p.code, -p.amount, p.available_on, p.lot) for p in self.credits
        ]


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of an entry: its id in the ledger, and whether this call wrote it."""

    entry_id: str
    is_new: bool


def post(entry: Entry, *, livemode: bool, at: datetime) -> Posted:
    """Post one entry. See `post_many`."""
    return post_many([entry], livemode=livemode, at=at)[0]


def post_many(entries: Sequence[Entry], *, livemode: bool, at: datetime) -> list[Posted]:
    """Post entries, in their order, in one round trip: all of them or none.

    An entry whose rule and source are in the ledger already is not posted again.
    This belongs at the end of an operation's transaction: it takes the ledger's
    locks, and whoever else needs them waits until the commit.

    Args:
        entries: At least one.
        livemode: Of all of them.
        at: When the movements take effect, in UTC.

    Returns:
        One `Posted` for each entry, in the same order.

    Raises:
        BalanceInsufficient: If a guarded account has too little. The transaction is
            spoilt and must end.
        PostedDifferently: If one is in the ledger with other amounts.
        UnbalancedEntry: If one does not add up or breaks its rule.
        NeedsRebase: If the database was restored into another cluster.
    """
    require_transaction()
    posting = call(entries, livemode=livemode, at=at)
    with explaining(), connection.cursor() as cursor:
        cursor.execute(f"SELECT entry_id, is_new FROM {posting.text}", posting.values)  # noqa: S608
        return [Posted(entry_id, is_new) for entry_id, is_new in cursor.fetchall()]


def call(entries: Sequence[Entry], *, livemode: bool, at: datetime) -> Call:
    """Check entries and spell the call that posts them, for a statement that does more.

    Execute it within `explaining`. See `post_many` for arguments, answer and errors.
    """
    for entry in entries:
        _check(entry)
    return Call(_POST, _arguments(entries, livemode=livemode, at=at))


@contextmanager
def explaining() -> Iterator[None]:
    """Say in this module's words what the database refused."""
    try:
        yield
    except DatabaseError as error:
        if explained := _explained(error):
            raise explained from error
        raise


_POST = (
    "ledger_post(%s, %s, "
    "%s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[], %s::text[], "
    "%s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::text[], "
    "%s::text[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], "
    "%s::text[], %s::text[], %s::text[], %s::date[])"
)


def _arguments(entries: Sequence[Entry], *, livemode: bool, at: datetime) -> list[Any]:
    numbered = list(enumerate(entries, start=1))
    legs = [(n, entry.currency, *leg) for n, entry in numbered for leg in entry.legs()]
    lines = [(n, entry.currency, line) for n, entry in numbered for line in entry.lines]
    columns: list[list[Any]] = [
        [e.id for e in entries],
        [e.rule.kind for e in entries],
        [e.source for e in entries],
        [e.group for e in entries],
        [_fingerprint(e) for e in entries],
        [at] * len(entries),
        [None] * len(entries),
        [n for n, *_ in legs],
        [code for _, _, _, code, *_ in legs],
        [owner for _, _, owner, *_ in legs],
        [currency for _, currency, *_ in legs],
        [amount for *_, amount, _, _ in legs],
        [day for *_, day, _ in legs],
        [lot for *_, lot in legs],
        [line.id for *_, line in lines],
        [n for n, *_ in lines],
        [line.owner for *_, line in lines],
        [line.type for *_, line in lines],
        [line.amount for *_, line in lines],
        [line.fee for *_, line in lines],
        [currency for _, currency, _ in lines],
        [line.source for *_, line in lines],
        [line.description for *_, line in lines],
        [orjson.dumps(line.fee_details).decode() for *_, line in lines],
        [line.available_on for *_, line in lines],
    ]
    return [livemode, context.current().request_id, *map(_array, columns)]


def _array(values: list[Any]) -> str:
    """Spell PostgreSQL's array of texts, numbers, days, moments or bytes.

    Each is a text for the driver, so that its types never differ from call to call and
    one prepared statement serves them all.
    """
    return "{" + ",".join(map(_spelled, values)) + "}"


def _spelled(value: Any) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _fingerprint(entry: Entry) -> bytes:
    # What must be the same when the same movement comes again: who, and how much.
    # Not the buckets: a repeat may find the money matured.
    said = (entry.currency, entry.debit_owner, entry.credit_owner, _total(entry.debits))
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest()


def _total(parts: Sequence[Part]) -> int:
    return sum(part.amount for part in parts)


def _check(entry: Entry) -> None:
    rule = entry.rule
    for part in itertools.chain(entry.debits, entry.credits):
        if type(part.amount) is not int or part.amount <= 0:
            raise UnbalancedEntry(f"{rule.kind}: {part.amount!r} is not a positive whole amount.")
    if not entry.debits or _total(entry.debits) != _total(entry.credits):
        raise UnbalancedEntry(f"{rule.kind} of {entry.source} does not add up.")
    codes_fit = all(p.code in rule.debits for p in entry.debits) and all(
        p.code in rule.credits for p in entry.credits
    )
    if not codes_fit:
        raise UnbalancedEntry(f"{rule.kind} of {entry.source} names a bucket it may not.")


def _explained(error: DatabaseError) -> Exception | None:
    state = getattr(error.__cause__, "sqlstate", None)
    text = str(error).partition("\n")[0]
    if state == "RL001":
        return BalanceInsufficient(
            "You have insufficient available funds for this. Wait until pending funds become "
            "available, or use a smaller amount; the balance endpoint shows what you can use."
        )
    known: dict[str | None, type[Exception]] = {
        "RL002": PostedDifferently,
        "RL003": UnbalancedEntry,
        "RL004": NeedsRebase,
    }
    return known[state](text) if state in known else None
