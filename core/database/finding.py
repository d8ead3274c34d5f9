"""Finding rows by what people type, whoever's they are: whole values and beginnings, by indexes."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final, TypeVar

from django.db import connection
from django.db.models import Func, Index, Model, QuerySet, TextField
from django.db.models.functions import Collate, Upper

from core.database.transactions import atomic, execute
from core.money import Money

# How many letters of an id's end its index keeps; 62^6 ends are enough to tell rows apart.
TAIL_LENGTH: Final = 6
# Of one value: what is gathered by the index, and among how many of the newest rows besides, for
# a value that very many rows have.
_GATHERED: Final = 200
_NEWEST: Final = 500
# After every text that begins like another one.
_LAST: Final = "\U0010ffff"
_STATEMENT_MILLISECONDS: Final = 2_000

# The names in these are of our own tables and columns; what was typed travels apart.
_BY_INDEX: Final = (
    "{found} AS MATERIALIZED (SELECT {column} AS id FROM {table} WHERE {whose} AND {condition} "  # noqa: S608
    f"LIMIT {_GATHERED})"
)
_IF_COMMON: Final = (
    "SELECT id FROM {found} UNION SELECT {column} FROM (SELECT * FROM {table} WHERE {whose} "  # noqa: S608
    f"ORDER BY id DESC LIMIT {_NEWEST}) newest WHERE {{condition}} "
    f"AND (SELECT count(*) FROM {{found}}) = {_GATHERED}"
)
_NEWEST_OF: Final = (
    "{steps} SELECT * FROM {table} WHERE {whose} AND id IN ({keys}) ORDER BY id DESC LIMIT {most}"
)

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

    def terms(self, model: type[Model]) -> tuple[str, list[object]]:
        """Return the condition of a table's rows of the scope, and its values.

        An account is of both modes, and its own.
        """
        columns = {column.column for column in model._meta.concrete_fields}
        terms = ["TRUE"]
        values: list[object] = []
        if self.livemode is not None and "livemode" in columns:
            terms.append("livemode = %s")
            values.append(self.livemode)
        if self.account_ids is not None:
            owner = "account_id" if "account_id" in columns else "id"
            terms.append(f"{owner} = ANY(%s)")
            values.append(sorted(self.account_ids))
        return " AND ".join(terms), values


@dataclass(frozen=True, slots=True)
class Typed:
    """All that a text can mean which somebody looks for; what it cannot mean is empty.

    Args:
        tail: The end of an id.
        ids: Of the table that is looked through, those that end so.
        email: An e-mail address.
        name: The beginning of a name.
        last4: The last digits of a card.
        amounts: Minor units → the currencies of which they are the amount.
        key: Of metadata; empty for any.
        value: Of metadata, whole.
    """

    tail: str = ""
    ids: Collection[str] = ()
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
        created_at: When it was made; None for what does not say.
        account_id: Whose it is.
    """

    id: str
    created_at: datetime | None
    title: str = ""
    money: Money | None = None
    status: str = ""
    livemode: bool | None = None
    account_id: str = ""


class Tail(Func):
    """The end of an id."""

    template = f"right(%(expressions)s, {TAIL_LENGTH})"
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a table's rows that one of its indexes serves.

    Args:
        sql: Its text, which is the same for all values.
        values: Those of its placeholders.
    """

    sql: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Others:
    """Rows of another table of the same accounts and mode, each of which names what is sought.

    Args:
        model: The other table's.
        column: Where it names a row of the first one.
        condition: Which of them.
    """

    model: type[Model]
    column: str
    condition: Condition


def tail_index(what: str, *, key: str = "id") -> Index:
    """Build the index that finds rows by the end of their ids.

    Args:
        what: Of what rows, such as `"charge"`.
        key: The column of the ids.
    """
    return Index(Tail(key), name=f"{what}_by_tail")


def beginning(text: str | Func) -> Collate:
    """Return a text in any case, byte by byte: an index of it serves beginnings.

    Args:
        text: The column, or what makes a text of one.
    """
    return Collate(Upper(text), "C")


def has_amount(amounts: Mapping[int, Collection[str]]) -> list[Condition]:
    """Select rows by their amount, which means something else in each currency.

    Each minor amount is a condition of its own: of several in one, the index would be read whole.
    """
    # A hundred currencies are one value, not a hundred.
    term = "amount = %s AND currency = ANY(%s)"
    return [Condition(term, (amount, sorted(codes))) for amount, codes in amounts.items()]


def begins_with(text: str, value: str) -> Condition:
    """Select rows by the beginning of a text, in any case: see `beginning`.

    Args:
        text: In SQL, as an index has it in capitals: `"name"`, `"details ->> 'name'"`.
        value: As somebody writes it.
    """
    begins = f'upper({text}) COLLATE "C"'
    return Condition(f"{begins} >= %s AND {begins} < %s", (value.upper(), value.upper() + _LAST))


def last_word_begins_with(text: str, value: str) -> Condition:
    """Select rows by the beginning of a text's last word, in any case: see `fields.LastWord`."""
    return begins_with(rf"substring({text} from '\S+\s*$')", value)


def is_in_any_case(text: str, value: str) -> Condition:
    """Select rows by a whole text in any case.

    Args:
        text: In SQL, as an index has it in capitals: `"email"`, `"details ->> 'email'"`.
        value: As somebody writes it.
    """
    return Condition(f"upper({text}) = %s", (value.upper(),))


def has_words(column: str, text: str) -> Condition:
    """Select rows by whole words of a text, in any case and order: see `fields.Words`."""
    words = r"regexp_split_to_array(upper({}), '\W+')"
    has_them = f"{words.format(column)} @> array_remove({words.format('%s')}, '')"
    return Condition(has_them, (text,))


def has_metadata(key: str, value: str) -> Condition:
    """Select rows by a whole value of their metadata, under one key or, if it is empty, under any.

    Any key takes an index of the plain operator class: see `any_metadata_index`.
    """
    some = "NOT metadata = '{}'::jsonb"
    if key:
        return Condition(f"{some} AND metadata @> %s::jsonb", (json.dumps({key: value}),))
    # A path's text is written as JSON's is.
    path = f"$.* ? (@ == {json.dumps(value)})"
    return Condition(f"{some} AND metadata @? %s::jsonpath", (path,))


def newest(
    model: type[_Row],
    scope: Scope,
    conditions: Sequence[Condition],
    *,
    most: int,
    ids: Collection[str] = (),
    others: Sequence[Others] = (),
) -> list[_Row]:
    """Return the newest rows of a scope that meet any of some conditions, in one statement.

    Of each condition some rows are gathered by its index. Only where those are not all that there
    are, the newest rows of the table are looked through besides. The text of the statement is the
    same for all values, so that it stays prepared.

    Args:
        model: The table's.
        scope: Whose rows.
        conditions: Which indexes serve.
        most: How many rows.
        ids: Keys of rows that were found already.
        others: Rows of other tables that name rows of this one.
    """
    gathered: list[tuple[type[Model], str, Condition]] = [(model, "id", c) for c in conditions]
    gathered += [(one.model, one.column, one.condition) for one in others]
    if not (gathered or ids):
        return []
    steps, keys = [], []
    first: list[object] = []
    then: list[object] = []
    for number, (source, column, condition) in enumerate(gathered):
        whose, narrowed = scope.terms(source)
        names = {"found": f"found{number}", "column": column, "table": _table(source)}
        names |= {"whose": whose, "condition": condition.sql}
        steps.append(_BY_INDEX.format(**names))
        keys.append(_IF_COMMON.format(**names))
        first += [*narrowed, *condition.values]
        then += [*narrowed, *condition.values]
    if ids:
        keys.append('SELECT unnest(%s::varchar[]) COLLATE "C"')
        then.append(list(ids))
    whose, narrowed = scope.terms(model)
    statement = _NEWEST_OF.format(
        steps=f"WITH {', '.join(steps)}" if steps else "",
        table=_table(model),
        whose=whose,
        keys=" UNION ".join(keys),
        most=most,
    )
    return list(QuerySet(model).raw(statement, [*first, *narrowed, *then]))


def with_ids(
    tails: Mapping[str, str], tail: str, wholes: Mapping[str, str], whole: str
) -> dict[str, list[str]]:
    """Return the tables with rows of such ids, and their keys, all in one statement.

    Args:
        tails: Table → its key, which has a `tail_index`.
        tail: The end of an id, of `TAIL_LENGTH` letters at least; empty for none.
        wholes: Table → the column of ids that merchants choose, which has an index.
        whole: Such an id; empty for none.
    """
    asked_tails = tuple(sorted(tails.items())) if tail else ()
    asked_wholes = tuple(wholes.items()) if whole else ()
    if not (asked_tails or asked_wholes):
        return {}
    found: dict[str, list[str]] = {}
    values = [tail[-TAIL_LENGTH:], f"%{tail}"] * len(asked_tails) + [whole] * len(asked_wholes)
    with connection.cursor() as cursor:
        cursor.execute(_with_ids(asked_tails, asked_wholes), values)
        for table, id in cursor.fetchall():
            found.setdefault(table, []).append(id)
    return found


@cache
def _with_ids(tails: tuple[tuple[str, str], ...], wholes: tuple[tuple[str, str], ...]) -> str:
    # Names of our own tables and columns; what was typed travels apart.
    of_tail = (
        "(SELECT '{0}', {1} FROM \"{0}\" WHERE right({1}, {2}) = %s AND {1} LIKE %s LIMIT {3})"
    )
    of_whole = "(SELECT '{0}', id FROM \"{0}\" WHERE {1} = %s LIMIT {3})"
    parts = [of_tail.format(*one, TAIL_LENGTH, _GATHERED) for one in tails]
    parts += [of_whole.format(*one, TAIL_LENGTH, _GATHERED) for one in wholes]
    return " UNION ALL ".join(parts)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


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
