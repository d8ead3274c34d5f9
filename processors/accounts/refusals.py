"""An account whose credentials the processor refuses: asked again with growing distance."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from accounts.audit import trail
from accounts.models import ConfigurationVersion, User
from accounts.services import letters
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.security.roles import Standing, has_right
from processors.models import ProcessorAccount

logger = logging.getLogger(__name__)

# How long nothing is asked after the first, second, ... refusal.
WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600))
_LONGEST: Final = 500


def note(name: str, words: str, *, at: datetime) -> None:
    """Note that a processor refused our credentials; the first time, tell those who can mend it.

    Several requests that were refused at one moment count as one refusal.

    Args:
        name: The account's.
        words: What the processor said.
        at: The moment.
    """
    logger.error("The processor refuses the credentials of %s: %s", name, words)
    with atomic():
        row = lock_rows(ProcessorAccount.objects.filter(name=name)).first()
        if row is None or (row.quiet_until is not None and row.quiet_until > at):
            return
        is_first = row.refused_since is None
        row.quiet_until = at + WAITS[min(row.refused_count, len(WAITS) - 1)]
        row.refused_count += 1
        row.refused_since = row.refused_since or at
        row.last_failure_at, row.last_failure = at, words[:_LONGEST]
        row.save(update_fields=_WRITTEN)
        if is_first:
            trail.record("processor_account.refused", row, reason=words[:_LONGEST])
            _tell(row, at)
        ConfigurationVersion.bump()


def end(name: str, *, at: datetime) -> None:
    """Note that a processor takes our credentials again."""
    with atomic():
        row = lock_rows(ProcessorAccount.objects.filter(name=name)).first()
        if row is None or row.refused_since is None:
            return
        changes = {"refused_since": (row.refused_since, None)}
        row.refused_since, row.refused_count, row.quiet_until = None, 0, None
        row.last_answer_at = at
        row.save(update_fields=(*_WRITTEN, "last_answer_at"))
        trail.record("processor_account.taken_again", row, changes=changes)
        ConfigurationVersion.bump()


_WRITTEN: Final = (
    "quiet_until", "refused_count", "refused_since", "last_failure_at", "last_failure",
)  # fmt: skip


def _tell(row: ProcessorAccount, at: datetime) -> None:
    page = f"{settings.PUBLIC_URL}/admin/processors/processoraccount/{row.name}/change/"
    body = (
        f"{row.title} ({row.name}) refuses the credentials that Rialto has for it, since "
        f"{at:%-d %B %Y, %H:%M} UTC. It said: {row.last_failure}\n\n"
        "New payments go to another account where one can take them. What is open there waits; "
        "nothing is lost, and nothing is charged twice. Rialto asks again less and less often.\n\n"
        f"Give the account credentials that are valid, and check it:\n\n{page}\n"
    )
    letters.post(
        list(_people()),
        f"{row.title} refuses Rialto's credentials",
        body,
        occurrence=f"Processor {row.name} {at.isoformat()}",
        at=at,
    )


def _people() -> Iterator[str]:
    """Return the addresses of those who may mend it."""
    for user in User.objects.filter(is_active=True, is_staff=True).order_by("email"):
        if isinstance(user.standing, Standing) and has_right(user, "processor.change"):
            yield user.email
