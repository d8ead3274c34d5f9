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
from typing import Any, NamedTuple

import orjson
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


class Change(NamedTuple):
    """One row to insert, or some columns of one row to update."""

    row: models.Model
    columns: tuple[str, ...] | None


class _Table(NamedTuple):
    """What is worked out once for a model: field name → attribute, column, and who fills in."""

    name: str
    key: str
    fields: tuple[tuple[str, str], ...]
    filled_in: tuple[models.Field[Any, Any], ...]
    columns: dict[str, tuple[str, str]]


def insert(row: models.Model) -> Change:
    """Insert a new row."""
    return Change(row, None)


def update(row: models.Model, *columns: str) -> Change:
    """Write the named fields of a row that this transaction has locked."""
    return Change(row, columns)


def write(*changes: Change) -> None:
    """Write all changes with one statement: all of them or none.

    Values go as they are: text, whole numbers, booleans, moments, days, JSON and None.
    No row may appear twice. Database constraints speak as they do after `save()`.

    Args:
        changes: Made by `insert` and `update`.

    Raises:
        django.db.IntegrityError: If a constraint refuses one of them.
        RuntimeError: If an update met no row.
    """
    if not changes:
        return
    parts = _parts(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(tuple(part.key for part in parts)), [part.given for part in parts]
        )
        counts = cursor.fetchone()
    for part, count in zip(parts, counts, strict=True):
        if count != len(part.rows):
            missing = len(part.rows) - count
            raise RuntimeError(f"{missing} of these rows are not there: {part.rows!r}")
    for change in changes:
        change.row._state.adding = False
        change.row._state.db = connection.alias


_Key = tuple[type[models.Model], tuple[str, ...], bool]


class _Part(NamedTuple):
    """Rows that go the same way, and what PostgreSQL is given of them."""

    key: _Key
    rows: list[models.Model]
    given: str


def _parts(changes: Sequence[Change]) -> list[_Part]:
    parts: list[_Part] = []
    rows: dict[_Key, list[models.Model]] = {}
    values: dict[_Key, list[dict[str, Any]]] = {}
    for row, names in changes:
        model = type(row)
        table = _table(model)
        if names is None:
            said = _inserted(row, table)
            key = (model, tuple(said), True)
            rows.setdefault(key, []).append(row)
            values.setdefault(key, []).append(said)
        else:
            pairs = [table.columns[name] for name in names]
            said = {column: getattr(row, attname) for attname, column in pairs}
            said[table.key] = row.pk
            parts.append(_Part((model, tuple(said), False), [row], _json(said)))
    return parts + [_Part(key, rows[key], _json(some)) for key, some in values.items()]


def _json(said: object) -> str:
    return orjson.dumps(said).decode()


def _inserted(row: models.Model, table: _Table) -> dict[str, Any]:
    for field in table.filled_in:
        field.pre_save(row, add=True)
    said = {column: getattr(row, attname) for attname, column in table.fields}
    return {name: v for name, v in said.items() if not isinstance(v, DatabaseDefault)}


@lru_cache(maxsize=512)
def _statement(parts: tuple[_Key, ...]) -> str:
    ctes = ", ".join(f"w{i} AS ({_part(key)} RETURNING 1)" for i, key in enumerate(parts))
    counts = ", ".join(f"(SELECT count(*) FROM w{i})" for i in range(len(parts)))  # noqa: S608
    return f"WITH {ctes} SELECT {counts}"


def _part(key: _Key) -> str:
    model, columns, is_new = key
    table = _table(model)
    quote = connection.ops.quote_name
    name = quote(table.name)
    if is_new:
        names = ", ".join(map(quote, columns))
        given = f"jsonb_populate_recordset(NULL::{name}, %s::jsonb)"
        return f"INSERT INTO {name} ({names}) SELECT {names} FROM {given}"  # noqa: S608
    sets = ", ".join(f"{quote(c)} = r.{quote(c)}" for c in columns if c != table.key)
    pk = quote(table.key)
    given = f"jsonb_populate_record(NULL::{name}, %s::jsonb) AS r"
    return f"UPDATE {name} AS t SET {sets} FROM {given} WHERE t.{pk} = r.{pk}"  # noqa: S608


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
