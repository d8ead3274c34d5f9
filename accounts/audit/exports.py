"""The audit trail as files: a table for people, and all that a stranger needs to check it."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from typing import Final

from django.db.models import QuerySet

from accounts.audit import seals
from accounts.models import AuditEvent, AuditLeaf, AuditSeal

_COLUMNS: Final = (
    "created_at", "id", "actor_kind", "actor_email", "actor_name", "action", "target_type",
    "target_id", "account_id", "livemode", "changes", "reason", "address", "session",
    "request_id", "step_up_seconds", "approval_id",
)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """Return events as the lines of a table, with its heading."""
    yield _line(_COLUMNS)
    for event in events.iterator(chunk_size=500):
        row = seals.columns(event)
        yield _line([_cell(row[name]) for name in _COLUMNS])


def as_json(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Return events with their places in seals, then all seals: one object of JSON a line."""
    events = AuditEvent.objects.order_by("id")
    if since:
        events = events.filter(created_at__gte=since)
    if until:
        events = events.filter(created_at__lt=until)
    for event in events.iterator(chunk_size=500):
        leaf = AuditLeaf.objects.filter(event_id=event.id).first()
        place = {"seal": leaf.seal_number, "position": leaf.position} if leaf else None
        yield json.dumps({"event": seals.columns(event), "place": place}) + "\n"
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=500):
        yield json.dumps({"seal": seals.seal_columns(seal)}) + "\n"


def _line(cells: Iterable[object]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
