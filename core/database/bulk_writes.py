"""Write the rows of one business fact in one round trip.

A payment touches half a dozen tables. Saving them one by one costs a round trip
each; here they become one statement whose parts are data-modifying CTEs. Each part
takes its rows as one JSON parameter, which PostgreSQL turns into columns, so that
the statement's text is short, always the same, and stays prepared. Foreign keys
between the parts hold, because PostgreSQL checks them when the statement ends.

New rows of one shape share a part. Each update is a part of its own: told that there
is one row, the planner looks it up by its key, while for a set of unknown size it
would read the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson
from django.db import DataError, connection, models
from django.db.models.expressions import DatabaseDefault

from core.database.transactions import execute, execute_last
from core.types import DbRow, JsonObject, SqlValues


class Change(NamedTuple):
    """One row to insert, or some columns of one row to update.

    Args:
        row: The row, with the values to write.
        columns: Names of fields; None for a new row.
        since: The transaction (`xmin`) that must have been the last to write the row.
    """

    row: models.Model
    columns: tuple[str, ...] | None
    since: str | None = None


class Call(NamedTuple):
    """A function of the database, or a query, that is called after the rows are written.

    A query may name `done.written_by`, the transaction that wrote the rows; the first of these
    is then in a table without partitions.

    Args:
        text: The text, such as `"ledger_post(%s, %s::text[])"` or `"(SELECT ...) AS name"`.
        values: What it is given.
    """

    text: str
    values: SqlValues


class RowsMissing(RuntimeError):
    """An update met no row, or an insert made none. Nothing was written."""


class _Table(NamedTuple):
    """A model's table, worked out once: field name → attribute, column, and who fills in."""

    name: str
    key: str
    fields: tuple[tuple[str, str], ...]
    filled_in: tuple[models.Field[object, object], ...]
    columns: dict[str, tuple[str, str]]


def insert(row: models.Model) -> Change:
    """Insert a new row."""
    return Change(row, None)


def update(row: models.Model, *columns: str, since: str | None = None) -> Change:
    """Write the named fields of a row.

    Args:
        row: Locked by this transaction, or
        since: last written by this one; then nothing is written if anybody wrote it later.
        columns: Names of fields.
    """
    return Change(row, columns, since)


def commit(*changes: Change, then: Call | None = None, is_last: bool = True) -> list[DbRow]:
    """Write all changes with one statement, the last of the transaction: all of them or none.

    Values go as they are: text, whole numbers, booleans, moments, days, JSON and None.
    No row may appear twice. Database constraints speak as they do after `save()`.

    Args:
        changes: Made by `insert` and `update`.
        then: A function to call when they are written.
        is_last: False if the transaction goes on.

    Returns:
        What the function answers; an empty list without one.

    Raises:
        django.db.IntegrityError: If a constraint refuses one of them.
        RowsMissing: If an update met no row, or one that was written since.
    """
    parts = _parts(changes)
    values: list[object] = [value for part in parts for value in part.values]
    values += [part.row_count for part in parts]
    statement = _statement(tuple(part.key for part in parts), then.text if then else None)
    try:
        run = execute_last if is_last else execute
        answer = run(statement, values + list(then.values) if then else values)
    except DataError as error:
        if _MISSING in str(error):
            raise RowsMissing(f"Not all of these rows are there: {changes!r}") from error
        raise
    for row, *_ in changes:
        row._state.adding = False
        row._state.db = connection.alias
    return answer if then else []


_Key = tuple[type[models.Model], tuple[str, ...], str]


class _Part(NamedTuple):
    """Rows that go the same way: how many, and what PostgreSQL is given of them."""

    key: _Key
    row_count: int
    values: list[object]


def _parts(changes: Sequence[Change]) -> list[_Part]:
    parts: list[_Part] = []
    new: dict[_Key, list[JsonObject]] = {}
    for row, names, since in changes:
        model = type(row)
        table = _table(model)
        if names is None:
            columns = _values_of(row, table)
            new.setdefault((model, tuple(columns), "new"), []).append(columns)
        else:
            pairs = [table.columns[name] for name in names]
            columns = {column: getattr(row, attname) for attname, column in pairs}
            columns[table.key] = row.pk
            if since is None:
                parts.append(_Part((model, tuple(columns), "locked"), 1, [_json(columns)]))
            else:
                parts.append(
                    _Part((model, tuple(columns), "unchanged"), 1, [_json(columns), since])
                )
    return parts + [_Part(key, len(rows), [_json(rows)]) for key, rows in new.items()]


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _values_of(row: models.Model, table: _Table) -> JsonObject:
    for field in table.filled_in:
        field.pre_save(row, add=True)
    columns = {column: getattr(row, attname) for attname, column in table.fields}
    return {name: v for name, v in columns.items() if not isinstance(v, DatabaseDefault)}


# PostgreSQL has no way to raise an error in plain SQL, but it can't read this as a boolean.
_MISSING = "rows_missing"
_WRITTEN_BY = "done.written_by"


@lru_cache(maxsize=512)
def _statement(parts: tuple[_Key, ...], call: str | None) -> str:
    if not parts:
        return f"SELECT * FROM {call}"  # noqa: S608
    # Partitioned tables return no `xmin`, so only whoever asks for it is told.
    is_told = call is not None and _WRITTEN_BY in call
    ctes = ", ".join(
        f"w{i} AS ({_part(key)} RETURNING {'xmin' if is_told and not i else 'true'})"
        for i, key in enumerate(parts)
    )
    counts = " AND ".join(
        f"(SELECT count(*) FROM w{i}) = %s::int"  # noqa: S608
        for i in range(len(parts))
    )
    # The function waits for `done`, and `done` for all rows, so that the locks of the rows
    # come before the function's own in every transaction.
    ok = f"CASE WHEN {counts} THEN 'true' ELSE '{_MISSING}' END::boolean AS ok"
    by = ", (SELECT xmin::text FROM w0 LIMIT 1) AS written_by" if is_told else ""
    done = f"done AS MATERIALIZED (SELECT {ok}{by})"
    if not call:
        return f"WITH {ctes}, {done} SELECT ok FROM done"  # noqa: S608
    after = f"LATERAL (SELECT * FROM {call} WHERE done.ok) AS called"  # noqa: S608
    return f"WITH {ctes}, {done} SELECT called.* FROM done, {after}"  # noqa: S608


def _part(key: _Key) -> str:
    model, columns, how = key
    table = _table(model)
    quote = connection.ops.quote_name
    name = quote(table.name)
    if how == "new":
        names = ", ".join(map(quote, columns))
        given = f"jsonb_populate_recordset(NULL::{name}, %s::jsonb)"
        return f"INSERT INTO {name} ({names}) SELECT {names} FROM {given}"  # noqa: S608
    sets = ", ".join(f"{quote(c)} = r.{quote(c)}" for c in columns if c != table.key)
    pk = quote(table.key)
    given = f"jsonb_populate_record(NULL::{name}, %s::jsonb) AS r"
    same = " AND t.xmin = %s::text::xid" if how == "unchanged" else ""
    return f"UPDATE {name} AS t SET {sets} FROM {given} WHERE t.{pk} = r.{pk}{same}"  # noqa: S608


@lru_cache(maxsize=256)
def _table(model: type[models.Model]) -> _Table:
    # A generated key (identity column) is left to the database.
    fields = [
        f
        for f in model._meta.local_concrete_fields
        if not isinstance(f, models.AutoField | models.BigAutoField)
    ]
    pairs = tuple((f.attname, str(f.column)) for f in fields)
    return _Table(
        model._meta.db_table,
        str(model._meta.pk.column),
        pairs,
        tuple(f for f in fields if type(f).pre_save is not models.Field.pre_save),
        {f.name: pair for f, pair in zip(fields, pairs, strict=True)}
        | {f.attname: pair for f, pair in zip(fields, pairs, strict=True)},
    )
