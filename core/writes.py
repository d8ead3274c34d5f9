"""Write the rows of one business fact in one round trip.

A payment touches half a dozen tables. Saving them one by one costs a round trip
each; here they become one statement whose parts are data-modifying CTEs. Foreign
keys between the parts hold, because PostgreSQL checks them when the statement ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


class Change(NamedTuple):
    """One row to insert, or some columns of one row to update."""

    row: models.Model
    columns: tuple[str, ...] | None


def insert(row: models.Model) -> Change:
    """Insert a new row."""
    return Change(row, None)


def update(row: models.Model, *columns: str) -> Change:
    """Write the named fields of a row that this transaction has locked."""
    return Change(row, columns)


def write(*changes: Change) -> None:
    """Write all changes with one statement: all of them or none.

    No row may appear twice. Database constraints speak as they do after `save()`.

    Args:
        changes: Made by `insert` and `update`.

    Raises:
        django.db.IntegrityError: If a constraint refuses one of them.
        RuntimeError: If an update met no row.
    """
    if not changes:
        return
    parts: list[str] = []
    params: list[Any] = []
    for change in changes:
        sql, values = _insert(change.row) if change.columns is None else _update(change)
        parts.append(sql)
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(parts)), params)
        counts = cursor.fetchone()
    if 0 in counts:
        raise RuntimeError(f"An update met no row: {changes[counts.index(0)].row!r}")
    for change in changes:
        change.row._state.adding = False
        change.row._state.db = connection.alias


@lru_cache(maxsize=512)
def _statement(parts: tuple[str, ...]) -> str:
    ctes = ", ".join(f"w{i} AS ({sql} RETURNING 1)" for i, sql in enumerate(parts))
    counts = ", ".join(f"(SELECT count(*) FROM w{i})" for i in range(len(parts)))  # noqa: S608
    return f"WITH {ctes} SELECT {counts}"


def _insert(row: models.Model) -> tuple[str, Sequence[Any]]:
    fields = _insertable(type(row))
    values: list[Any] = []
    defaulted: list[str] = []
    for field in fields:
        value = field.pre_save(row, add=True)
        if isinstance(value, DatabaseDefault):
            defaulted.append(str(field.column))
        else:
            values.append(field.get_db_prep_save(value, connection))
    return _insert_sql(type(row), frozenset(defaulted)), values


@lru_cache(maxsize=256)
def _insertable(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    # A generated key (identity column) is left to the database.
    return tuple(f for f in model._meta.local_concrete_fields if not _is_serial(f))


def _is_serial(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


@lru_cache(maxsize=512)
def _insert_sql(model: type[models.Model], defaulted: frozenset[str]) -> str:
    quote = connection.ops.quote_name
    columns = [f.column for f in _insertable(model) if f.column not in defaulted]
    names = ", ".join(quote(str(column)) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608


def _update(change: Change) -> tuple[str, Sequence[Any]]:
    row, columns = change
    assert columns, "An update names its columns."
    fields = [row._meta.get_field(name) for name in columns]
    values = [
        f.get_db_prep_save(f.pre_save(row, add=False), connection)  # type: ignore[union-attr]
        for f in fields
    ]
    return _update_sql(type(row), columns), [*values, row.pk]


@lru_cache(maxsize=512)
def _update_sql(model: type[models.Model], columns: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    fields = [_column(model, name) for name in columns]
    sets = ", ".join(f"{quote(column)} = %s" for column in fields)
    key = quote(str(model._meta.pk.column))
    return f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {key} = %s"  # noqa: S608


def _column(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "column", None))
