"""The only writer of the ledger."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from django.db import connection
from django.db.utils import Error as DatabaseError

from core import request_context
from core.database.bulk_writes import Call
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.types import SqlValues
from ledger.entries import Correction, Entry, UnbalancedEntry

INSUFFICIENT: Final = (
    "You have insufficient available funds for this. Wait until pending funds become available, "
    "or use a smaller amount; the balance endpoint shows what you can use."
)


class BalanceInsufficient(InvalidRequest):
    """The account does not have what the movement needs. Nothing was posted."""

    default_code = "balance_insufficient"


class PostedDifferently(AssertionError):
    """The same movement of the same source came again with other amounts: a bug of ours."""


class HoldResolved(InvalidRequest):
    """A hold is captured, released or expired once."""

    default_code = "hold_already_resolved"


class HeldElsewhere(RuntimeError):
    """The owner has money at another location; it can't be declared to be here."""


class NeedsRebase(RuntimeError):
    """The database was restored into another cluster; run `rialto ledger rebase`."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted entry: its id in the ledger, and whether this call wrote it."""

    entry_id: str
    is_new: bool


def post(entry: Entry | Correction, *, livemode: bool, at: datetime) -> Posted:
    """Post one entry. See `post_many`."""
    return post_many([entry], livemode=livemode, at=at)[0]


def post_many(
    entries: Sequence[Entry | Correction], *, livemode: bool, at: datetime
) -> list[Posted]:
    """Post entries, in their order, in one round trip: all of them or none.

    An entry whose rule and source are in the ledger already is not posted again.
    This belongs at the end of an operation's transaction: it takes the ledger's
    locks, and whoever else needs them waits until the commit.

    Args:
        entries: The entries, at least one.
        livemode: The mode of all of them.
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
    with translate_refusals(), connection.cursor() as cursor:
        cursor.execute(f"SELECT entry_id, is_new FROM {posting.text}", posting.values)  # noqa: S608
        return [Posted(entry_id, is_new) for entry_id, is_new in cursor.fetchall()]


def call(entries: Sequence[Entry | Correction], *, livemode: bool, at: datetime) -> Call:
    """Check entries and spell the call that posts them, for a statement that does more.

    Execute it within `translate_refusals`. See `post_many` for arguments, answer and errors.
    """
    for entry in entries:
        entry.check()
    return Call(_POST, _arguments(entries, livemode=livemode, at=at))


@contextmanager
def translate_refusals() -> Iterator[None]:
    """Translate the database's refusals into this module's errors."""
    try:
        yield
    except DatabaseError as error:
        if explained := _explain(error):
            raise explained from error
        raise


_POST = (
    "ledger_post(%s, %s, "
    "%s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[], %s::text[], "
    "%s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::text[], "
    "%s::text[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], "
    "%s::text[], %s::text[], %s::text[], %s::date[], %s::numeric[])"
)


def _arguments(entries: Sequence[Entry | Correction], *, livemode: bool, at: datetime) -> SqlValues:
    numbered = list(enumerate(entries, start=1))
    legs = [(n, *leg) for n, entry in numbered for leg in entry.legs()]
    lines = [(n, entry.currency, line) for n, entry in numbered for line in entry.lines]
    columns: list[list[object]] = [
        [e.id for e in entries],
        [e.rule.kind for e in entries],
        [e.source for e in entries],
        [e.group for e in entries],
        [e.fingerprint() for e in entries],
        [at] * len(entries),
        [e.reverses for e in entries],
        [n for n, *_ in legs],
        [code for _, _, code, *_ in legs],
        [owner for _, owner, *_ in legs],
        [currency for _, _, _, currency, *_ in legs],
        [amount for *_, amount, _, _ in legs],
        [day for *_, day, _ in legs],
        [lot for *_, lot in legs],
        [line.id for *_, line in lines],
        [n for n, *_ in lines],
        [line.owner for *_, line in lines],
        [line.type for *_, line in lines],
        [line.amount for *_, line in lines],
        [line.fee for *_, line in lines],
        [line.currency or currency for _, currency, line in lines],
        [line.source for *_, line in lines],
        [line.description for *_, line in lines],
        [orjson.dumps(line.fee_details).decode() for *_, line in lines],
        [line.available_on for *_, line in lines],
        [line.exchange_rate for *_, line in lines],
    ]
    return [livemode, request_context.current().request_id, *map(_array, columns)]


def _array(values: Sequence[object]) -> str:
    """Format a PostgreSQL array of texts, numbers, days, moments or bytes.

    Each is a text for the driver, so that its types never differ from call to call and
    one prepared statement serves them all.
    """
    return "{" + ",".join(map(_spell, values)) + "}"


def _spell(value: object) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _explain(error: DatabaseError) -> Exception | None:
    state = getattr(error.__cause__, "sqlstate", None)
    text = str(error).partition("\n")[0]
    if state == "RL001":
        return BalanceInsufficient(INSUFFICIENT)
    known: dict[str | None, type[Exception]] = {
        "RL002": PostedDifferently,
        "RL003": UnbalancedEntry,
        "RL004": NeedsRebase,
        "RL006": HoldResolved,
        "RL007": HeldElsewhere,
    }
    return known[state](text) if state in known else None
