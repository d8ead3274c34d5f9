"""What is done about alarms: taken, prolonged and ended here, and known to all processes at once.

The query that looks a key up tells the version of the measures; a process that hears another one
than it knows loads them.
"""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from accounts.detection.detectors import Answer
from accounts.models import ConfigurationVersion, SecurityAlarm
from core.database.transactions import require_transaction
from core.detection import measures
from core.detection.measures import Measures

# What slows down or asks more ends by itself; whoever goes on attacking prolongs it.
LASTS: Final = {
    Answer.CHALLENGE: timedelta(hours=1),
    Answer.SLOW: timedelta(hours=1),
    Answer.SUSPEND: timedelta(days=3_650),
}
# A version for every request of an attack would have all processes load them as often.
_PROLONGED_EVERY: Final = timedelta(minutes=10)


def take(row: SecurityAlarm, *, at: datetime) -> None:
    """Do what an alarm's answer says, in the transaction that saves it.

    Args:
        row: A locked row; its end of the measure is set, and not saved.
        at: The moment.
    """
    require_transaction()
    lasts = LASTS.get(Answer(row.answer))
    if lasts is None or row.undone_at is not None:
        return
    until = at + lasts
    if row.measure_until is None or row.measure_until < until - _PROLONGED_EVERY:
        row.measure_until = until
        row.save(update_fields=["answer", "measure_until"])
        ConfigurationVersion.bump_security()


def end(row: SecurityAlarm, *, at: datetime) -> None:
    """End what is done for good, in the transaction of whoever undoes it."""
    row.measure_until, row.undone_at = None, at
    row.save(update_fields=["measure_until", "undone_at"])
    ConfigurationVersion.bump_security()


def hear(version: int) -> None:
    """Load the measures, if they are others than those that this process knows."""
    if version != measures.held().version:
        measures.hold(_load(version))


def refresh() -> None:
    """Ask for the version, where no key was looked up."""
    hear(ConfigurationVersion.read_security())


def _load(version: int) -> Measures:
    rows = SecurityAlarm.objects.filter(measure_until__gt=timezone.now())
    slowed: dict[str, datetime] = {}
    suspended: dict[str, datetime] = {}
    challenged: dict[tuple[str, bool], datetime] = {}
    for row in rows:
        until = row.measure_until
        assert until is not None
        if row.answer == Answer.SLOW:
            slowed[row.subject] = until
        elif row.answer == Answer.SUSPEND:
            suspended[row.subject.removeprefix("key:")] = until
        elif row.answer == Answer.CHALLENGE and row.account_id:
            challenged[row.account_id, bool(row.livemode)] = until
    return Measures(version, slowed, suspended, challenged)
