"""Columns that mean the same everywhere."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Q

from core import ids
from core.types import Fields, JsonObject

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)


class _FixedField(models.CharField[_ST, _GT]):
    """A text of which migrations leave out what all fields of its kind have."""

    fixed: ClassVar[Fields]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, **self.fixed})

    def deconstruct(self) -> tuple[str, str, Sequence[object], JsonObject]:
        """Leave out of migrations what every field of this kind has."""
        name, path, args, kwargs = super().deconstruct()
        own = {option: value for option, value in kwargs.items() if option not in self.fixed}
        return name, path, args, own


class _BytewiseField(_FixedField[_ST, _GT]):
    """A text of up to 64 characters that is compared byte by byte.

    The collation is "C" so that the database sorts ids as it sorts time, whatever
    the cluster's locale is.
    """

    fixed = {"max_length": 64, "db_collation": "C"}

    def set_attributes_from_name(self, name: str) -> None:
        """Call the column to people as they write it: an ID."""
        super().set_attributes_from_name(name)
        self.verbose_name = re.sub(r"\bid\b", "ID", str(self.verbose_name))

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Name the type in full, and so have one index where Django would make two.

        Beside each index on a `varchar` Django makes another one for `LIKE`. Under the "C"
        collation the first does that as well, and each index is paid for with every row.
        """
        return f"character varying({self.max_length})"


class IdField(_BytewiseField[_ST, _GT]):
    """A prefixed, time-sorted text id as the primary key."""

    def __init__(self, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(**{"primary_key": True, "editable": False, **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[object], JsonObject]:
        """Add the prefix."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {"prefix": self.prefix, **kwargs}

    def pre_save(self, model_instance: models.Model, add: bool) -> object:  # noqa: FBT001  Django's
        """Give a new row its id when nobody else has."""
        value = getattr(model_instance, self.attname)
        if add and not value and self.prefix:
            value = ids.new_id(self.prefix)
            setattr(model_instance, self.attname, value)
        return value


class ReferenceField(_BytewiseField[_ST, _GT]):
    """The id of an object in another room, without a foreign key."""


class PublicIdField(_BytewiseField[_ST, _GT]):
    """The id that the wire shows where merchants may choose it, so that it is no key of ours."""


class AmountField(models.BigIntegerField[_ST, _GT]):
    """Minor units of the row's currency."""


class CurrencyField(_FixedField[_ST, _GT]):
    """A lower-case ISO 4217 code."""

    fixed = {"max_length": 3}


class StatusField(_FixedField[_ST, _GT]):
    """A state of one of the machines in a room's `states.py`."""

    fixed = {"max_length": 40}


def status_constraint(
    states: type[StrEnum], *, name: str, field: str = "status"
) -> models.CheckConstraint:
    """Build the constraint that keeps a status column to the words of its enum.

    Args:
        states: The enum of the room's `states.py`.
        name: The constraint's name, a sentence such as `"charge_status_is_known"`.
        field: The column.
    """
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": sorted(state.value for state in states)}), name=name
    )


class Words(Func):
    """The words of a text, in capitals."""

    template = r"regexp_split_to_array(upper(%(expressions)s), '\W+')"
    output_field = ArrayField(models.TextField())


class HasWords(Func):
    """Whether all `Words` of one text, in any order, are among those of another one."""

    template = "(%(expressions)s, ''))"
    arg_joiner = " @> array_remove("
    output_field = models.BooleanField()


class Last4(Func):
    """The last four digits of a card that is kept as JSON."""

    template = "(%(expressions)s ->> 'last4')"
    output_field = models.TextField()


class BillingEmail(Func):
    """The address in a payer's billing details, which are kept as JSON."""

    template = "(%(expressions)s ->> 'email')"
    output_field = models.TextField()


class BillingName(Func):
    """The name in a payer's billing details, which are kept as JSON."""

    template = "(%(expressions)s ->> 'name')"
    output_field = models.TextField()


class LastWord(Func):
    """The last word of a text: mostly the family's name of a person's."""

    template = r"substring(%(expressions)s from '\S+\s*$')"
    output_field = models.TextField()


class CardFingerprint(Func):
    """What is the same of all charges of a card, which is kept as JSON."""

    template = "(%(expressions)s ->> 'fingerprint')"
    output_field = models.TextField()


def by_time_index(what: str) -> models.Index:
    """Build the index of an account's lists: newest first, and from any moment on.

    Args:
        what: Of what rows, such as `"charge"`.
    """
    return models.Index(
        fields=["account", "livemode", "-created_at", "-id"], name=f"{what}_by_time"
    )


def any_metadata_index(what: str) -> GinIndex:
    """Build the index that finds rows by a pair of metadata, or by a value under any key.

    It writes keys and values one by one, where `metadata_index` writes pairs.

    Args:
        what: Of what rows, such as `"customer"`.
    """
    return GinIndex(fields=["metadata"], condition=~Q(metadata={}), name=f"{what}_by_any_metadata")


def metadata_index(what: str) -> GinIndex:
    """Build the index that finds rows by a pair of metadata; rows without any are not in it.

    Args:
        what: Of what rows, such as `"charge"`.
    """
    return GinIndex(
        fields=["metadata"],
        opclasses=["jsonb_path_ops"],
        condition=~Q(metadata={}),
        name=f"{what}_by_metadata",
    )
