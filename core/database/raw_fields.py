"""A row as the table has it, for whoever needs the last detail."""

import json
from collections.abc import Collection

from django.db.models import BinaryField, Model


def raw_fields(row: Model, *, hidden: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return a row's columns and values as text, without what is sealed.

    Args:
        row: The row.
        hidden: Columns that nobody is shown.
    """
    fields = [
        field
        for field in row._meta.concrete_fields
        if field.attname not in hidden and not isinstance(field, BinaryField)
    ]
    return [(field.attname, _text(getattr(row, field.attname))) for field in fields]


def _text(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, dict | list):
        return json.dumps(value, indent=2, ensure_ascii=False) if value else "—"
    return str(value)
