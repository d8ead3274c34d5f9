"""What processors tell us: checked, stored word for word, and only then looked at.

The number of a card is no word of it: its last four digits are stored.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from core.database.transactions import atomic
from core.ids import new_id
from core.jobs import enqueue
from core.security.card_numbers import contains_card_number, mask, mask_in
from processors import registry
from processors.models import InboundNotice, ProcessorAccount
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.notices import (
    Fact,
    KeepsNotices,
    NoticeRefused,
    SendsBatches,
    SendsNotices,
    WantsAcknowledgement,
)

logger = logging.getLogger(__name__)

# How long to wait after the first, second, ... time that one could not be applied.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200, 43_200, 86_400))
# A worker is told at once; what it has not done by then, the sweep takes up.
_HINT_FIRST = timedelta(seconds=20)
# How far back a processor is asked what it told, and how much further than the last one heard.
_TO_THE_MINUTE = timedelta(minutes=1)
_KEPT, _MARGIN = timedelta(days=14), timedelta(hours=6)


def receive(*, processor: str, body: bytes, headers: Mapping[str, str], at: datetime) -> bool:
    """Store a signed notice, or each of a batch, once, and have it applied by a task.

    Args:
        processor: The rail's name.
        body: The exact bytes.
        headers: The headers, whose names may be in any case.
        at: When it came.

    Returns:
        False if all of it had come before.

    Raises:
        KeyError: If there is no such rail, or it sends no notices.
        NoticeRefused: If nobody can vouch for it; nothing is stored.
        ProcessorUnavailable: If its rail had to ask, and no answer came; nothing is stored.
    """
    rail = _sender(processor)
    alone = rail.split(body) if isinstance(rail, SendsBatches) else [body]
    # All of a batch, or nothing of it: what is refused is sent again as a whole.
    told = [(rail.authenticate(one, headers, at=at), one.decode()) for one in alone]
    _note_arrival(processor, at)
    return _keep(processor, told, at=at) > 0


def _note_arrival(processor: str, at: datetime) -> None:
    """Keep when an account's notices came last, to the minute: many at once wait for no row."""
    rows = ProcessorAccount.objects.filter(name=processor)
    is_old = Q(last_notice_at=None) | Q(last_notice_at__lt=at - _TO_THE_MINUTE)
    rows.filter(is_old).update(last_notice_at=at)


def _keep(processor: str, told: Iterable[tuple[str, str]], *, at: datetime) -> int:
    """Store notices that are vouched for, each once; return how many are new."""
    rows = [_row(processor, outside_id, text, at=at) for outside_id, text in told]
    with atomic():
        # One that is there is left as it is; what is new tells itself by its id.
        InboundNotice.objects.bulk_create(rows, ignore_conflicts=True)
        ids = [row.id for row in rows]
        new = list(InboundNotice.objects.filter(id__in=ids).values_list("id", flat=True))
        for id in new:
            enqueue("payments.apply_notice", notice_id=id)
    return len(new)


def acknowledgement(processor: str) -> str | None:
    """Return the words in which a rail wants to be answered; None if it wants none."""
    rail = registry.find(processor)
    return rail.acknowledgement if isinstance(rail, WantsAcknowledgement) else None


def find_missed(*, at: datetime) -> int:
    """Store what processors told, by their own word, and nobody heard here; return how much.

    It is read back to the last notice that came, and some hours more: one alone may be lost too.
    """
    found = 0
    for name, rail in registry.rails():
        if not isinstance(rail, KeepsNotices):
            continue
        heard = InboundNotice.objects.filter(processor=name).order_by("-received_at").first()
        since = max(heard.received_at if heard else at - _KEPT, at - _KEPT) - _MARGIN
        try:
            missed = list(rail.told(since=since))
        except ProcessorUnavailable:
            logger.warning("%s cannot say what it told since %s.", name, since)
            continue
        found += _keep(name, missed, at=at)
    return found


def find_unapplied(notice_id: str) -> InboundNotice | None:
    """Return a stored notice; None if there is none, or it is done with."""
    return InboundNotice.objects.filter(id=notice_id, applied_at=None).first()


def due(*, at: datetime, most: int) -> list[str]:
    """Return the ids of notices that are to be applied by a moment, those that wait longest first.

    Args:
        at: The moment.
        most: How many at most.
    """
    waiting = InboundNotice.objects.filter(next_at__lte=at).order_by("next_at")
    return list(waiting.values_list("id", flat=True)[:most])


def translate(row: InboundNotice) -> Fact | None:
    """Return the fact that a stored notice tells; None if it is about nothing of ours.

    Raises:
        ProcessorUnavailable: If its rail had to ask, and no answer came.
    """
    return _sender(row.processor).translate(row.body)


def mark_applied(row: InboundNotice, *, at: datetime) -> None:
    """Note that a notice is done with."""
    InboundNotice.objects.filter(id=row.id).update(next_at=None, applied_at=at, problem="")


def postpone(row: InboundNotice, problem: str, *, at: datetime) -> None:
    """Note that a notice could not be applied; it is tried again, less and less often."""
    InboundNotice.objects.filter(id=row.id).update(
        next_at=at + WAITS[min(row.tries, len(WAITS) - 1)],
        tries=row.tries + 1,
        problem=mask(problem)[:1_000],
    )


def _mask(text: str) -> str:
    """Return a notice as it may be stored: word for word, but for numbers of cards."""
    try:
        payload = json.loads(text)
        without = mask_in(payload)
    except (ValueError, RecursionError):
        return mask(text)
    return text if without == payload else json.dumps(without)


def _row(processor: str, outside_id: str, text: str, *, at: datetime) -> InboundNotice:
    is_an_id = 0 < len(outside_id) <= 255 and not contains_card_number(outside_id)
    if "\x00" in text or not is_an_id:
        raise NoticeRefused("It has no id, or a character that cannot be kept.")
    return InboundNotice(
        id=new_id("inn"),
        processor=processor,
        outside_id=outside_id,
        body=_mask(text),
        received_at=at,
        next_at=at + _HINT_FIRST,
    )


def _sender(processor: str) -> SendsNotices:
    rail = registry.find(processor)
    if not isinstance(rail, SendsNotices):
        raise KeyError(processor)
    return rail


def forget(*, before: datetime) -> None:
    """Erase the bodies of notices that were applied before a moment: they may name payers."""
    old = InboundNotice.objects.filter(applied_at__lt=before).exclude(body="")
    old.update(body="")
