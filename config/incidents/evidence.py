"""What is known of an incident, in one archive that others can check."""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from django.db.models import Model, QuerySet

from accounts.audit import exports, seals, trail
from accounts.models import ApiKey, AuditEvent, SecurityAlarm, Session
from api.models import RequestLog
from core.database.transactions import atomic

# Within so long a breach of personal data must be reported, where the GDPR holds.
REPORTED_WITHIN: Final = timedelta(hours=72)
_KEYS: Final = (
    "id",
    "account_id",
    "livemode",
    "kind",
    "name",
    "hint",
    "platform_id",
    "created_at",
    "expires_at",
    "last_used_at",
)
_SESSIONS: Final = ("user_id", "began_at", "seen_at", "address", "agent", "expire_date")


def gather(file: Path, *, since: datetime, account_id: str = "", at: datetime) -> dict[str, int]:
    """Write the archive, and record that it was made.

    Args:
        file: The archive, which must not be there yet.
        since: From when on.
        account_id: The account that it is about; empty for all.
        at: The moment.

    Returns:
        Part → how many lines it has.
    """
    with atomic():
        trail.record(
            "incident.evidence_gathered",
            account_id=account_id or None,
            changes={"since": (None, since)},
        )
    # What is in no seal yet, nobody else can check.
    seals.seal_all(at=at)
    own = {"account_id": account_id} if account_id else {}
    alarms = SecurityAlarm.objects.filter(last_at__gte=since, **own).order_by("id")
    requests = RequestLog.objects.filter(created_at__gte=since, **own).order_by("id")
    keys = ApiKey.objects.filter(**own).order_by("id")
    parts: dict[str, Iterator[str]] = {
        "timeline.txt": _timeline(since, account_id, alarms),
        "audit.jsonl": exports.as_json(since=since),
        "alarms.jsonl": _lines(alarms),
        "requests.jsonl": _lines(requests),
        "keys.jsonl": _lines(keys, _KEYS),
        "sessions.jsonl": _lines(Session.objects.filter(seen_at__gte=since), _SESSIONS),
        "about.json": iter([_about(since, account_id, at)]),
    }
    counts = {}
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in parts.items():
            with TextIOWrapper(archive.open(name, "w"), encoding="utf-8") as part:
                counts[name] = 0
                for line in lines:
                    part.write(line)
                    counts[name] += 1
    file.chmod(0o600)
    return counts


def _about(since: datetime, account_id: str, at: datetime) -> str:
    known = {
        "gathered_at": at.isoformat(),
        "since": since.isoformat(),
        "account": account_id or None,
        "report_by": (since + REPORTED_WITHIN).isoformat(),
        "last_seal": seals.head(),
        "public_key": seals.public_key().hex(),
    }
    return json.dumps(known, indent=2) + "\n"


def _timeline(since: datetime, account_id: str, alarms: QuerySet[SecurityAlarm]) -> Iterator[str]:
    """Tell what was done and seen, the oldest first."""
    events = AuditEvent.objects.filter(created_at__gte=since)
    if account_id:
        events = events.filter(account_id=account_id)
    told = [
        (
            one.created_at,
            f"{one.actor_email or one.actor_name or one.actor_kind}: {one.action} "
            f"{one.target_id}{f' ({one.reason})' if one.reason else ''}",
        )
        for one in events.iterator(chunk_size=500)
    ]
    told += [
        (one.created_at, f"alarm {one.id}: {one.detector} of {one.subject}, {one.count}")
        for one in alarms
    ]
    for moment, text in sorted(told):
        yield f"{moment:%Y-%m-%d %H:%M:%S} UTC  {text}\n"


def _lines(rows: QuerySet[Any], columns: tuple[str, ...] = ()) -> Iterator[str]:
    names = columns or tuple(field.attname for field in rows.model._meta.concrete_fields)
    for row in rows.iterator(chunk_size=500):
        yield json.dumps(_columns(row, names), default=str) + "\n"


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
