"""The head of the last seal by mail, once a day: who has the tables has no hand on mailboxes."""

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.template.loader import render_to_string

from accounts.services import letters
from core.database.transactions import atomic
from core.security.email_addresses import is_one_address
from ledger.models import Seal

logger = logging.getLogger(__name__)


def write(*, at: datetime) -> bool:
    """Write the letters of a day, if somebody is to have them and anything is sealed.

    Args:
        at: A moment of the day, in UTC; the same day is written of once.

    Returns:
        Whether there was something to write.
    """
    wanted = settings.SEAL_HEADS_MAIL_TO
    addresses = sorted({one for one in wanted if is_one_address(one)})
    if wrong := sorted(set(wanted).difference(addresses)):
        logger.error("RIALTO_SEAL_HEADS_MAIL_TO names what is no address: %s.", ", ".join(wrong))
    seal = Seal.objects.order_by("-number").first()
    if seal is None or not addresses:
        return False
    day = at.astimezone(UTC).date().isoformat()
    context = {
        "number": seal.number,
        "head": bytes(seal.head).hex(),
        "day": day,
        "sealed_at": f"{seal.sealed_at:%Y-%m-%d %H:%M:%S}",
        "address": settings.PUBLIC_URL,
    }
    subject = render_to_string("ledger/mail/heads.subject.txt", context)
    body = render_to_string("ledger/mail/heads.txt", context)
    with atomic():
        letters.post(addresses, subject, body, occurrence=f"Seals on {day}", at=at)
    return True
