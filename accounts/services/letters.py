"""Letters to the people behind an account: in its language, and sent by a task."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import dates, translation

from accounts.models import Account, Letter, Membership
from accounts.services import mailings
from core import jobs
from core.database.transactions import require_transaction
from core.security.email_addresses import is_one_address
from core.security.role_words import Role
from core.types import JsonObject

logger = logging.getLogger(__name__)

LANGUAGES: Final = ("en", "th")
# Who is written to, beside the address of the account itself.
_TOLD: Final = (Role.OWNER, Role.ADMIN)
# Thailand counts years from the Buddha's death.
_BUDDHIST_ERA: Final = 543


def language_of(account: Account) -> str:
    """Return the language in which an account is written to.

    That in which its pages were read last; before that, the one of its country.
    """
    if account.language in LANGUAGES:
        return account.language
    return "th" if account.country == "TH" else "en"


def format_day(moment: datetime, language: str) -> str:
    """Return a day as people write it, such as `3 November 2026` or `3 พฤศจิกายน 2569`."""
    day = moment.astimezone(UTC)
    with translation.override(language):
        month = str(dates.MONTHS[day.month])
    return f"{day.day} {month} {day.year + (_BUDDHIST_ERA if language == 'th' else 0)}"


def addresses_of(account: Account) -> list[str]:
    """Return where an account's owner and admins are reached, and the account itself."""
    people = Membership.objects.filter(account_id=account.id, role__in=_TOLD, user__is_active=True)
    found = {account.email or "", *people.values_list("user__email", flat=True)}
    return sorted(filter(is_one_address, found))


def write(
    account: Account, template: str, context: JsonObject, *, occurrence: str, at: datetime
) -> int:
    """Write to an account's people, in the transaction of what is told.

    Args:
        account: Whose people.
        template: A folder that has `en.txt`, `en.subject.txt` and the same in Thai.
        context: The templates' context.
        occurrence: What is told; the same is never told twice to the same address.
        at: The moment.

    Returns:
        How many letters there are; none if nobody can be reached.
    """
    addresses = addresses_of(account)
    if not addresses:
        logger.warning("%s has no address to be told at of %s.", account.id, occurrence)
        return 0
    subject, body = render(account, template, context)
    post(addresses, subject, body, occurrence=occurrence, at=at, account_id=account.id)
    return len(addresses)


def render(account: Account, template: str, context: JsonObject) -> tuple[str, str]:
    """Return the subject and the text of a letter in an account's language."""
    folder = f"{template}/{language_of(account)}"
    subject = render_to_string(f"{folder}.subject.txt", context)
    return subject, render_to_string(f"{folder}.txt", context)


def post(
    addresses: Iterable[str],
    subject: str,
    body: str,
    *,
    occurrence: str,
    at: datetime,
    account_id: str | None = None,
) -> None:
    """Put letters where the task finds them that sends them.

    Args:
        addresses: One letter for each.
        subject: The subject, in one line.
        body: Plain text.
        occurrence: What is told; the same is never told twice to the same address.
        at: The moment.
        account_id: Whom it is about, if not the whole installation.
    """
    require_transaction()
    Letter.objects.bulk_create(
        [
            Letter(
                account_id=account_id,
                occurrence=occurrence,
                email=address,
                subject=" ".join(subject.split()),
                body=body,
                next_try_at=at,
                created_at=at,
            )
            for address in addresses
        ],
        ignore_conflicts=True,
    )
    jobs.enqueue("accounts.send_letters")


def send_due(*, at: datetime) -> int:
    """Send the letters that wait.

    Args:
        at: Now.

    Returns:
        How many were sent.
    """
    return mailings.send_due(Letter.objects.all(), _message, at=at)


def _message(letter: Letter) -> EmailMessage:
    return EmailMessage(subject=letter.subject, body=letter.body, to=[letter.email])
