"""Finding rows by what people type, whoever's they are: whole values and beginnings, by indexes."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, Index, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Collate, Upper
from django.db.models.lookups import Exact, StartsWith

from core.database.transactions import atomic, execute
from core.money import Money

# How many letters of an id's end its index keeps; 62^6 ends are enough to tell rows apart.
TAIL_LENGTH: Final = 6
# Of one value: what is gathered by the index, and among how many of the newest rows besides, for
# a value that very many rows have.
_GATHERED: Final = 200
_NEWEST: Final = 500
_STATEMENT_MILLISECONDS: Final = 2_000

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be found.

    Args:
        livemode: The mode; None for both.
        account_ids: Accounts; None for all.
    """

    livemode: bool | None = None
    account_ids: frozenset[str] | None = None

    def narrow(self, rows: QuerySet[_Row], *, account: str = "account_id") -> QuerySet[_Row]:
        """Keep the rows of the scope; `account` names the column of whose they are."""
        if self.livemode is not None:
            rows = rows.filter(livemode=self.livemode)
        return self.narrow_accounts(rows, account=account)

    def narrow_accounts(self, rows: QuerySet[_Row], *, account: str) -> QuerySet[_Row]:
        """Keep the rows of the scope's accounts, whatever the mode."""
        if self.account_ids is None:
            return rows
        return rows.filter(**{f"{account}__in": sorted(self.account_ids)})


@dataclass(frozen=True, slots=True)
class Typed:
    """All that a text can mean which somebody looks for; what it cannot mean is empty.

    Args:
        tail: The end of an id.
        email: An e-mail address.
        name: The beginning of a name.
        last4: The last digits of a card.
        amounts: Minor units → the currencies of which they are the amount.
        key: Of metadata; empty for any.
        value: Of metadata, whole.
    """

    tail: str = ""
    email: str = ""
    name: str = ""
    last4: str = ""
    amounts: Mapping[int, Collection[str]] = field(default_factory=dict)
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A row as a result shows it.

    Args:
        id: Its id.
        title: What people know it by besides, such as a name.
        money: Its amount, if it has one.
        status: Its state, in the table's word.
        livemode: Its mode; None for what has none.
        created_at: When it was made.
        account_id: Whose it is.
    """

    id: str
    created_at: datetime
    title: str = ""
    money: Money | None = None
    status: str = ""
    livemode: bool | None = None
    account_id: str = ""


class Tail(Func):
    """The end of an id."""

    template = f"right(%(expressions)s, {TAIL_LENGTH})"
    output_field = TextField()


class _IsAmong(Func):
    """Whether a value is in an array: a hundred currencies are one parameter, not a hundred."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _Jsonpath(Func):
    template = "%(expressions)s::jsonpath"
    output_field = TextField()


class _Matches(Func):
    """Whether a JSON value has what a path selects."""

    template = "(%(expressions)s)"
    arg_joiner = " @? "
    output_field = BooleanField()


def tail_index(what: str) -> Index:
    """Build the index that finds rows by the end of their ids.

    Args:
        what: Of what rows, such as `"charge"`.
    """
    return Index(Tail("id"), name=f"{what}_by_tail")


def beginning(column: str) -> Collate:
    """Return a text in any case, byte by byte: an index of it serves beginnings."""
    return Collate(Upper(column), "C")


def has_tail(tail: str) -> Q:
    """Select rows by the end of their ids, `TAIL_LENGTH` letters at least."""
    return Q(Exact(Tail("id"), tail[-TAIL_LENGTH:])) & Q(id__endswith=tail)


def has_amount(amounts: Mapping[int, Collection[str]]) -> Q:
    """Select rows by their amount, which means something else in each currency."""
    found = Q()
    for amount, currencies in amounts.items():
        found |= Q(amount=amount) & Q(_IsAmong(F("currency"), Value(sorted(currencies))))
    return found


def begins_with(column: str, text: str) -> Q:
    """Select rows by the beginning of a text, in any case."""
    return Q(StartsWith(beginning(column), text.upper()))


def has_metadata(key: str, value: str) -> Q:
    """Select rows by a whole value of their metadata, under one key or, if it is empty, under any.

    Any key takes an index of the plain operator class: see `any_metadata_index`.
    """
    some = ~Q(metadata={})
    if key:
        return some & Q(metadata__contains={key: value})
    # A path's text is written as JSON's is.
    path = f"$.* ? (@ == {json.dumps(value)})"
    return some & Q(_Matches(F("metadata"), _Jsonpath(Value(path))))


def gather(rows: QuerySet[_Row], condition: Q, *, column: str = "pk") -> QuerySet[_Row, Any]:
    """Return keys of rows that meet a condition: some by its index, and the newest if it is common.

    Args:
        rows: Those of the scope.
        condition: Which an index serves.
        column: What is returned of them.
    """
    by_index = rows.filter(condition).order_by().values(column)[:_GATHERED]
    newest = rows.order_by("-pk").values("pk")[:_NEWEST]
    return by_index.union(rows.filter(condition, pk__in=newest).order_by().values(column))


def gather_tail(rows: QuerySet[_Row], tail: str) -> QuerySet[_Row, Any]:
    """Return keys of rows whose ids end so, by the index alone: no tail is common."""
    return rows.filter(has_tail(tail)).order_by().values("pk")[:_GATHERED]


def newest(
    rows: QuerySet[_Row], gathered: list[QuerySet[_Row, Any]], *, most: int
) -> QuerySet[_Row]:
    """Return the newest of the rows whose keys were gathered."""
    if not gathered:
        return rows.none()
    return rows.filter(pk__in=gathered[0].union(*gathered[1:])).order_by("-pk")[:most]


def with_tail(tables: Collection[str], tail: str) -> set[str]:
    """Return the tables that have a row whose id ends so, in one statement.

    Args:
        tables: Each has a `tail_index`.
        tail: The end of an id, of `TAIL_LENGTH` letters at least.
    """
    if not tables:
        return set()
    has_one = "SELECT %s WHERE EXISTS (SELECT FROM {} WHERE right(id, {}) = %s AND id LIKE %s)"
    quote = connection.ops.quote_name
    statement = " UNION ALL ".join(has_one.format(quote(one), TAIL_LENGTH) for one in tables)
    values = [(table, tail[-TAIL_LENGTH:], f"%{tail}") for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(statement, [one for given in values for one in given])
        return {table for (table,) in cursor.fetchall()}


@contextmanager
def by_indexes_alone() -> Iterator[None]:
    """Open a transaction for searches, in which no table is read from one end to the other."""
    with atomic():
        execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
            "set_config('statement_timeout', %s, true)",
            [str(_STATEMENT_MILLISECONDS)],
        )
        yield
