"""The one way in which mail leaves: taken for a while, sent, and noted as sent.

A worker that dies in between leaves what it took, and another takes it when the while is over: so
all mail is sent at least once, and twice only after a death between the mail server's answer and
the note of it. Both have one `Message-ID`, by which mail programs show them as one.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet

from accounts.models import Mailing
from core.database.locking import lock_rows
from core.database.transactions import atomic

logger = logging.getLogger(__name__)

MOST_TRIES: Final = 10
# Longer than a mail server may take with `EMAIL_TIMEOUT` for each thing that it is told.
TAKEN: Final = timedelta(minutes=3)
_FIRST_PAUSE: Final = timedelta(minutes=1)
# The rest waits for the next round, which may be another worker's.
_ROUND: Final = timedelta(seconds=30)

Row = TypeVar("Row", bound=Mailing)


def message_id(row_id: str) -> str:
    """Return what a letter is known by to mail programs."""
    return f"<{row_id}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def send_due(
    rows: QuerySet[Row], message: Callable[[Row], EmailMessage | None], *, at: datetime
) -> int:
    """Send what waits. What cannot be sent is tried again, later and later.

    Args:
        rows: All of a kind.
        message: Writes the mail of one; None if it is not to be sent after all.
        at: Now.

    Returns:
        How many were sent.
    """
    sent, began = 0, time.monotonic()
    moment = at
    while moment < at + _ROUND and (row := _claim(rows, moment)):
        sent += _send(row, message, moment)
        moment = at + timedelta(seconds=time.monotonic() - began)
    return sent


def _claim(rows: QuerySet[Row], at: datetime) -> Row | None:
    """Claim the next that is due, so that no other worker sends it."""
    with atomic():
        due = rows.filter(next_try_at__lte=at).order_by("next_try_at")
        row = lock_rows(due, skip_locked=True).first()
        if row is not None:
            row.tries += 1
            row.next_try_at = at + TAKEN
            row.save(update_fields=["tries", "next_try_at"])
    return row


def _send(row: Row, message: Callable[[Row], EmailMessage | None], at: datetime) -> bool:
    if row.tries > MOST_TRIES:
        logger.error("%s is given up: no worker lived through sending it.", row.pk)
        row.next_try_at = None
        row.save(update_fields=["next_try_at"])
        return False
    try:
        mail = message(row)
        if mail is not None:
            mail.extra_headers.setdefault("Message-ID", message_id(str(row.pk)))
            mail.send()
    except Exception:
        # Whatever a mail server says, what it tells of stands and the others have their turn.
        logger.exception("%s could not be sent.", row.pk)
        is_last = row.tries >= MOST_TRIES
        row.next_try_at = None if is_last else at + _FIRST_PAUSE * 2 ** (row.tries - 1)
        row.save(update_fields=["next_try_at"])
        return False
    row.sent_at, row.next_try_at = at, None
    row.save(update_fields=["sent_at", "next_try_at"])
    return True
