"""Everything that is held of somebody, in one document."""

import base64
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.audit import trail
from console.privacy import subjects
from console.privacy.subjects import Subject
from core.database.transactions import atomic
from core.types import JsonObject

_withheld: list[Callable[[str], Collection[str]]] = []


def register(withheld: Callable[[str], Collection[str]]) -> None:
    """Register what says which columns of a model hold secrets, which open something."""
    _withheld.append(withheld)


def export(subject: Subject, *, at: datetime, reason: str = "") -> JsonObject:
    """Gather everything that is held of somebody, and record that it was.

    Args:
        subject: Who.
        at: The moment.
        reason: Why.

    Returns:
        The tables with their rows, without secrets, and the files, in base 64.

    Raises:
        Missing: If nothing is held.
    """
    held: dict[str, list[JsonObject]] = {}
    for rows in subjects.tables(subject):
        hidden = {name for find in _withheld for name in find(rows.model._meta.label)}
        lines = [_plain_row(row, hidden) for row in rows.order_by("pk")]
        held.setdefault(rows.model._meta.label, []).extend(lines)
    papers = [
        {
            "id": row.id,
            "purpose": row.purpose,
            "filename": row.filename,
            "type": row.type,
            "content_base64": base64.b64encode(content).decode(),
        }
        for row, content in subjects.files(subject)
    ]
    with atomic():
        trail.record(
            "personal_data.exported",
            target=target_of(subject),
            account_id=subject.account_id or None,
            changes={name: (None, len(lines)) for name, lines in held.items()},
            reason=reason,
        )
    return {
        "of": subject.name,
        "made_at": at.isoformat(),
        "tables": held,
        "files": papers,
    }


def target_of(subject: Subject) -> tuple[str, str]:
    """Return what the trail calls somebody: an address stays there for good as a keyed hash."""
    name = trail.hashed(subject.email.upper()) if subject.email else subject.name
    return subject.kind, name


def _plain_row(row: Model, hidden: Collection[str]) -> JsonObject:
    return {
        field.attname: _plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name not in hidden
    }


def _plain(value: Any) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case Decimal():
            return str(value)
    return value
