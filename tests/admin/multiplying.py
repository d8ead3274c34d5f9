"""Many rows of every table, out of the first of each."""

import copy
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, models, transaction
from django.db.models import Field, Model

from core import currencies
from core.database.fields import CurrencyField, IdField
from core.ids import new_id

# Words that the database knows are no words to make new ones of.
_KEPT = ("status", "livemode", "mode", "type", "kind", "code")
_CURRENCIES = sorted(currencies.CODES)


class Multiplied:
    """Rows like the first one of each table, as far as the database takes them."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        # Table → how many rows were added.
        self.added: dict[type[Model], int] = {}
        self._keys: dict[type[Model], list[Any]] = {}

    def add(self, model: type[Model]) -> None:
        """Add rows like the first of a table."""
        if model in self.added:
            return
        self.added[model] = 0
        rows = model._default_manager.order_by("pk")
        assert rows, f"There is no {model._meta.label}."
        # Some first ones are somebody's whom only the owner of the tables makes.
        self.added[model] = self._add(rows[0]) or self._add(rows.reverse()[0])

    def total(self, model: type[Model]) -> int:
        """Return how many rows a table has."""
        return model._base_manager.count()

    def _add(self, row: Model) -> int:
        manager = type(row)._base_manager
        for field in _told_apart_by(row):
            if field.is_relation:
                self.add(field.related_model)
        missing = self.wanted - manager.count()
        try:
            with transaction.atomic():
                manager.bulk_create([self._like(row, n) for n in range(1, missing + 1)])
                # What is checked at the end of a transaction is checked here.
                with transaction.get_connection().cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except DatabaseError:
            return 0
        return missing

    def _like(self, row: Model, number: int) -> Model:
        made = copy.copy(row)
        made._state = copy.copy(row._state)
        made._state.adding = True
        key = row._meta.pk
        if isinstance(key, IdField):
            made.pk = new_id(str(row.pk).rpartition("_")[0])
        elif isinstance(key, models.AutoField):
            made.pk = None
        else:
            setattr(made, key.attname, self._other(key, row.pk, number))
        for field in _told_apart_by(row):
            setattr(made, field.attname, self._other(field, getattr(row, field.attname), number))
        return made

    def _other(self, field: "Field[Any, Any]", value: Any, number: int) -> Any:
        if value is None:
            return None
        if field.is_relation:
            others = [key for key in self._parents(field.related_model) if key != value]
            return others[-number]
        if isinstance(field, CurrencyField):
            return [code for code in _CURRENCIES if code != value][number]
        if isinstance(field, models.UUIDField):
            return uuid4()
        return _next(value, number, field.max_length)

    def _parents(self, model: type[Model]) -> list[Any]:
        if model not in self._keys:
            self._keys[model] = list(
                model._base_manager.order_by("pk").values_list("pk", flat=True)
            )
        return self._keys[model]


def _next(value: Any, number: int, longest: int | None) -> Any:
    if isinstance(value, date):
        return value + timedelta(days=number)
    if isinstance(value, bytes | memoryview):
        return number.to_bytes(4) + bytes(value)[4:]
    if isinstance(value, int):
        return value + number
    text = f"{value}{number}"
    return text[-(longest or len(text)) :]


def _told_apart_by(row: Model) -> Iterable["Field[Any, Any]"]:
    """The columns that no two rows have the same of: of several together, one."""
    meta = row._meta
    yield from (one for one in meta.concrete_fields if one.unique and not one.primary_key)
    yield from _of_constraints(row)


def _of_constraints(row: Model) -> Iterator["Field[Any, Any]"]:
    for constraint in row._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        named = [row._meta.get_field(name) for name in constraint.fields]
        free = [
            one
            for one in named
            if one.name not in _KEPT
            and not isinstance(one, models.BooleanField)
            and getattr(row, one.attname) is not None
        ]
        # One that leads to other rows only if nothing else tells them apart.
        yield from sorted(free, key=lambda one: not one.is_relation)[-1:]
