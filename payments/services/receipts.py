"""Receipts by e-mail: written down with the payment, sent by a task."""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import dates, translation

from accounts.models import Account
from connect.services.movements import Movement
from core.db import atomic
from core.email_addresses import is_one_address
from core.ids import new_id
from core.money import Money
from payments.models import Charge, Customer, Receipt

logger = logging.getLogger(__name__)

LANGUAGES: Final = ("en", "th")
MOST_TRIES: Final = 10
_FIRST_PAUSE: Final = timedelta(minutes=1)
# Thailand counts years from the Buddha's death.
_BUDDHIST_ERA: Final = 543


def promise(movement: Movement, charge: Charge) -> None:
    """Add a receipt to what is written, if the payer has an address; it gets a number."""
    if not charge.receipt_email or not charge.is_captured:
        return
    if charge.receipt_number is None:
        digits = f"{secrets.randbelow(10**8):08}"
        charge.receipt_number = f"{digits[:4]}-{digits[4:]}"
    movement.insert(
        Receipt(
            id=new_id("rcpt"),
            account_id=charge.account_id,
            livemode=charge.livemode,
            charge=charge,
            email=charge.receipt_email,
            next_try_at=movement.at,
            created_at=movement.at,
        )
    )


def send_due(*, at: datetime) -> int:
    """Send the receipts that wait. One that cannot be sent is tried again, later and later.

    Args:
        at: Now.

    Returns:
        How many were sent.
    """
    sent = 0
    for _ in range(500):
        receipt = _claimed(at)
        if receipt is None:
            break
        try:
            _send(receipt)
        except Exception:
            # Whatever a mail server says, the payment stands and the others have their turn.
            logger.exception("%s could not be sent.", receipt.id)
            continue
        receipt.sent_at, receipt.next_try_at = at, None
        receipt.save(update_fields=["sent_at", "next_try_at"])
        sent += 1
    return sent


def message(receipt: Receipt) -> EmailMultiAlternatives:
    """Write the letter in the payer's language.

    Args:
        receipt: With its charge.
    """
    charge = receipt.charge
    language = _language(charge.customer_id)
    context = _context(receipt, language)
    folder = f"payments/receipts/{language}"
    letter = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}.subject.txt", context).strip(),
        body=render_to_string(f"{folder}.txt", context),
        to=[receipt.email],
        # The same letter twice, after a crash, is one letter to mail programs.
        headers={"Message-ID": f"<{receipt.id}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
    )
    letter.attach_alternative(render_to_string(f"{folder}.html", context), "text/html")
    return letter


def _claimed(at: datetime) -> Receipt | None:
    """Take a receipt that waits, so that no other worker sends it meanwhile."""
    with atomic():
        receipt = (
            Receipt.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("charge")
            .filter(next_try_at__lte=at)
            .order_by("next_try_at")
            .first()
        )
        if receipt is None:
            return None
        receipt.tries += 1
        pause = _FIRST_PAUSE * 2 ** (receipt.tries - 1)
        receipt.next_try_at = at + pause if receipt.tries < MOST_TRIES else None
        receipt.save(update_fields=["tries", "next_try_at"])
    return receipt


def _send(receipt: Receipt) -> None:
    if not receipt.livemode and not settings.SENDS_TEST_RECEIPTS:
        return
    if not is_one_address(receipt.email):
        # It was kept before addresses were checked.
        logger.warning("%s has no address that mail could go to.", receipt.id)
        return
    message(receipt).send()


def _language(customer_id: str | None) -> str:
    """Return the first language of the customer's that there is a letter in."""
    said = Customer.objects.filter(id=customer_id).values_list("preferred_locales", flat=True)
    for locale in said.first() or []:
        if (language := str(locale)[:2].lower()) in LANGUAGES:
            return language
    return LANGUAGES[0]


def _context(receipt: Receipt, language: str) -> dict[str, Any]:
    charge = receipt.charge
    account = Account.objects.get(id=charge.account_id)
    paid_at = (charge.captured_at or charge.created_at).astimezone(UTC)
    year = paid_at.year + (_BUDDHIST_ERA if language == "th" else 0)
    with translation.override(language):
        month = str(dates.MONTHS[paid_at.month])
    return {
        "merchant": account.business_profile.get("name") or account.name or "-",
        "support": account.business_profile.get("support_email") or account.email,
        "amount": str(Money(charge.amount_captured, charge.currency)),
        "date": f"{paid_at.day} {month} {year}",
        "brand": str(charge.card.get("brand") or charge.payment_method.type).title(),
        "last4": charge.card.get("last4") or "",
        "description": charge.description,
        "number": charge.receipt_number,
        "is_test": not charge.livemode,
    }
