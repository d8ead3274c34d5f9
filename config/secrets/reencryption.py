"""Encrypt anew, under the key in use, what is kept under an old one."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db.models import Model, QuerySet

from core.security import encryption
from core.types import JsonObject

_BATCH = 500


class Encoding(StrEnum):
    """How a column writes the bytes of a secret."""

    BYTES = "bytes"
    HEX = "hex"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column with secrets.

    Args:
        model: Such as `"connect.ExternalAccount"`.
        column: Of the model.
        purpose: What the secrets were encrypted for.
        bound_to: Gives what a row's secret is bound to.
        encoding: How it is written.
        inside: The names under which secrets are in a column of JSON; none for any other column.
    """

    model: str
    column: str
    purpose: str
    bound_to: Callable[[Model], str]
    encoding: Encoding = Encoding.BYTES
    inside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: the model and the column."""
        return f"{self.model}.{self.column}"


@dataclass
class Standing:
    """What keys the secrets of a column are under.

    Args:
        in_use: How many are under the key in use.
        old: How many are under an old key, and still are.
        resealed: How many were encrypted anew.
        unreadable: The primary keys of the rows that no key reads.
    """

    in_use: int = 0
    old: int = 0
    resealed: int = 0
    unreadable: list[str] = field(default_factory=list)


def look(column: SealedColumn) -> Standing:
    """Count which keys the secrets of a column are under; it changes nothing."""
    standing = Standing()
    for row in _rows(column):
        _resealed(column, row, standing)
    return standing


def reseal(column: SealedColumn) -> Iterator[Standing]:
    """Encrypt anew what is under an old key, and tell after each batch how it stands.

    A row that changes meanwhile keeps its change: it counts as old, for the next time.
    """
    standing = Standing()
    for number, row in enumerate(_rows(column), start=1):
        before = standing.old
        value = _resealed(column, row, standing)
        if standing.old > before:
            kept = {"pk": row.pk, column.column: getattr(row, column.column)}
            if _all(column).filter(**kept).update(**{column.column: value}):
                standing.resealed += standing.old - before
                standing.old = before
        if not number % _BATCH:
            yield standing
    yield standing


def _all(column: SealedColumn) -> QuerySet[Model]:
    return QuerySet(apps.get_model(column.model))


def _rows(column: SealedColumn) -> Iterator[Model]:
    """Yield all rows in the order of their keys, a batch at a time."""
    rows = _all(column).order_by("pk")
    batch = list(rows[:_BATCH])
    while batch:
        yield from batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])


def _resealed(
    column: SealedColumn, row: Model, standing: Standing
) -> JsonObject | bytes | str | None:
    """Return the column's value with each secret under the key in use, and count them."""
    value: JsonObject | bytes | str | None = getattr(row, column.column)
    if not value:
        return value
    if not isinstance(value, dict):
        return _one(column, row, value, standing)
    return value | {
        name: _one(column, row, value[name], standing) for name in column.inside if value.get(name)
    }


def _one(column: SealedColumn, row: Model, value: bytes | str, standing: Standing) -> bytes | str:
    try:
        sealed = _as_bytes(column.encoding, value)
        new = encryption.reseal(sealed, purpose=column.purpose, row=column.bound_to(row))
    except (InvalidTag, ValueError):
        standing.unreadable.append(str(row.pk))
        return value
    if new is None:
        standing.in_use += 1
        return value
    standing.old += 1
    return _as_written(column.encoding, new)


def _as_bytes(encoding: Encoding, value: bytes | str) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex(value) if encoding is Encoding.HEX else base64.b64decode(value)
    return bytes(value)


def _as_written(encoding: Encoding, sealed: bytes) -> bytes | str:
    match encoding:
        case Encoding.HEX:
            return sealed.hex()
        case Encoding.BASE64:
            return base64.b64encode(sealed).decode()
    return sealed
