"""Alarms: written once for each subject while nobody has acknowledged them, and answered."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from accounts.audit import trail
from accounts.detection import detectors, measures
from accounts.detection.detectors import DETECTORS, DONE, Answer
from accounts.detection.findings import Finding
from accounts.models import Account, SecurityAlarm, User
from accounts.services import letters
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.security.email_addresses import is_one_address
from core.security.role_words import Role
from core.types import JsonObject

# Whoever has just acknowledged an alarm knows of it.
_QUIET: Final = timedelta(hours=1)
# What a sentence may name, if the detector has not told of it.
_UNKNOWN: Final = "?"


def record(finding: Finding, *, at: datetime) -> SecurityAlarm | None:
    """Write an alarm, or what there is more of one that is open, and answer it.

    Args:
        finding: What a detector has found.
        at: The moment.

    Returns:
        The alarm; None if somebody has acknowledged such a one within the hour.
    """
    answer = allowed(finding)
    with atomic():
        if _is_quiet(finding, at):
            return None
        row = _row(finding, at)
        SecurityAlarm.objects.bulk_create([row], ignore_conflicts=True)
        found = SecurityAlarm.objects.select_for_update().get(
            detector=row.detector, subject=row.subject, acknowledged_at=None
        )
        is_new = found.id == row.id
        found.count, found.last_at = max(found.count, finding.count), at
        if is_new or detectors.is_stronger(answer, Answer(found.answer)):
            found.answer = answer
            _tell(found, at)
        measures.take(found, at=at)
        found.save(update_fields=["count", "last_at", "answer", "measure_until"])
    return found


def acknowledge(*, alarm_id: str, by: User, at: datetime) -> SecurityAlarm:
    """Close an alarm: somebody has looked at it. What is done about it goes on until its end.

    Raises:
        InvalidRequest: If somebody has acknowledged it already.
    """
    with atomic():
        row = SecurityAlarm.objects.select_for_update().get(id=alarm_id)
        if row.acknowledged_at is not None:
            raise InvalidRequest(f"{row.acknowledged_by} has acknowledged it already.")
        row.acknowledged_at, row.acknowledged_by = at, by.email
        row.save(update_fields=["acknowledged_at", "acknowledged_by"])
        trail.record("security_alarm.acknowledged", row, changes={"acknowledged_at": (None, at)})
    return row


def undo(*, alarm_id: str, at: datetime) -> SecurityAlarm:
    """End what is done about an alarm from the next request on, however long it goes on.

    Raises:
        InvalidRequest: If nothing is done about it now.
    """
    with atomic():
        row = SecurityAlarm.objects.select_for_update().get(id=alarm_id)
        if row.measure_until is None or row.measure_until <= at:
            raise InvalidRequest("Nothing is done about it now.")
        before = row.measure_until
        measures.end(row, at=at)
        trail.record("security_alarm.undone", row, changes={"measure_until": (before, None)})
    return row


def allowed(finding: Finding) -> Answer:
    """Return how a finding is answered, by what the operator lets it be."""
    if not finding.livemode and finding.account_id and not settings.TEST_ALARMS_ANSWERED:
        return Answer.RECORD
    answer = detectors.answer_to(finding.detector, finding.count)
    if answer is Answer.SUSPEND and not settings.ALARMS_SUSPEND_KEYS:
        return Answer.NOTIFY
    return answer


def sentence_of(row: SecurityAlarm) -> str:
    """Return what was seen, in plain words of the reader's language."""
    detector = DETECTORS.get(row.detector)
    if detector is None:
        return row.detector
    unknown = dict.fromkeys(("place", "other", "minutes", "all"), _UNKNOWN)
    values: JsonObject = unknown | dict(row.figures)
    values |= {"count": row.count, "subject": name_of(row.subject)}
    return str(detector.sentence) % values


def name_of(subject: str) -> str:
    """Return whom an alarm is about, without the word of its kind."""
    kind, _, value = subject.partition(":")
    if kind == "person":
        person = User.objects.filter(id=value).first()
        return person.email if person else value
    return value if kind in ("key", "network", "account") else subject


def _is_quiet(finding: Finding, at: datetime) -> bool:
    return SecurityAlarm.objects.filter(
        detector=finding.detector.name,
        subject=finding.subject,
        acknowledged_at__gt=at - _QUIET,
    ).exists()


def _row(finding: Finding, at: datetime) -> SecurityAlarm:
    return SecurityAlarm(
        account_id=finding.account_id or None,
        livemode=finding.livemode if finding.account_id else None,
        detector=finding.detector.name,
        subject=finding.subject,
        count=finding.count,
        threshold=finding.threshold,
        figures=finding.figures,
        answer=Answer.RECORD,
        created_at=at,
        last_at=at,
    )


def _tell(row: SecurityAlarm, at: datetime) -> None:
    """Write to the owner of the account, or else to those who run the installation."""
    if row.answer == Answer.RECORD:
        return
    occurrence = f"{row.id} {row.answer}"
    account = Account.objects.filter(id=row.account_id).first() if row.account_id else None
    if account is not None:
        with translation.override(letters.language_of(account)):
            context = _context(row) | {"name": account.name or account.id}
        letters.write(
            account, "accounts/mail/security_alarm", context, occurrence=occurrence, at=at
        )
        return
    with translation.override("en"):
        context = _context(row)
    subject = f"Security alarm: {context['title']}"
    page = settings.PUBLIC_URL + reverse("admin:accounts_securityalarm_change", args=[row.id])
    body = f"{context['sentence']}\n\n{context['done']}\n\n{page}\n"
    letters.post(_operators(row), subject, body, occurrence=occurrence, at=at)


def _context(row: SecurityAlarm) -> dict[str, str | bool]:
    return {
        "title": str(DETECTORS[row.detector].title),
        "sentence": sentence_of(row),
        "done": str(DONE[Answer(row.answer)]),
        "livemode": bool(row.livemode),
    }


def _operators(row: SecurityAlarm) -> list[str]:
    """Return who is told of what is about no account: owners, admins, and the person itself."""
    kind, _, value = row.subject.partition(":")
    who = Q(operator_role__in=(Role.OWNER, Role.ADMIN))
    if kind == "person":
        who |= Q(id=value)
    found = User.objects.filter(who, is_active=True).values_list("email", flat=True)
    return sorted(filter(is_one_address, found))
