"""Names for what JSON and forms carry."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

# An object of JSON, or what else is built by name: a payload, a row of a report, keywords.
JsonObject: TypeAlias = dict[str, Any]
# The same, to be read only: the parameters of a request, the columns that change.
Fields: TypeAlias = Mapping[str, Any]
# A row that the database answers with, column by column.
DbRow: TypeAlias = tuple[Any, ...]
# What a statement is given for its placeholders.
SqlValues: TypeAlias = Sequence[Any]
