"""Receipts by e-mail: stored with the payment, sent by a task."""

import logging
import secrets
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import Account
from accounts.services import letters, mailings
from core.ids import new_id
from core.money import Money
from core.security.email_addresses import is_one_address
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import method_types
from payments.models import Charge, Customer, Receipt

logger = logging.getLogger(__name__)


def schedule(work: UnitOfWork, charge: Charge) -> None:
    """Add a numbered receipt to a unit of work, if the payer has an address."""
    if not charge.receipt_email or not charge.is_captured:
        return
    if charge.receipt_number is None:
        digits = f"{secrets.randbelow(10**8):08}"
        charge.receipt_number = f"{digits[:4]}-{digits[4:]}"
    work.insert(
        Receipt(
            id=new_id("rcpt"),
            account_id=charge.account_id,
            livemode=charge.livemode,
            charge=charge,
            email=charge.receipt_email,
            next_try_at=work.at,
            created_at=work.at,
        )
    )


def send_due(*, at: datetime) -> int:
    """Send the receipts that are due; what cannot be sent is retried at growing intervals.

    Args:
        at: Now.

    Returns:
        How many were sent.
    """
    return mailings.send_due(Receipt.objects.select_related("charge"), _due_letter, at=at)


def message(receipt: Receipt) -> EmailMultiAlternatives:
    """Render a receipt in the payer's language.

    Args:
        receipt: The receipt, with its charge.
    """
    charge = receipt.charge
    language = _language(charge.customer_id)
    context = _context(receipt, language)
    folder = f"payments/receipts/{language}"
    letter = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}.subject.txt", context).strip(),
        body=render_to_string(f"{folder}.txt", context),
        to=[receipt.email],
    )
    letter.attach_alternative(render_to_string(f"{folder}.html", context), "text/html")
    return letter


def _due_letter(receipt: Receipt) -> EmailMultiAlternatives | None:
    if not receipt.livemode and not settings.SENDS_TEST_RECEIPTS:
        return None
    if not is_one_address(receipt.email):
        # It was kept before addresses were checked.
        logger.warning("%s has no address that mail could go to.", receipt.id)
        return None
    return message(receipt)


def _language(customer_id: str | None) -> str:
    """Return the customer's first language that has a template."""
    locales = Customer.objects.filter(id=customer_id).values_list("preferred_locales", flat=True)
    for locale in locales.first() or []:
        if (language := str(locale)[:2].lower()) in letters.LANGUAGES:
            return language
    return letters.LANGUAGES[0]


def _context(receipt: Receipt, language: str) -> JsonObject:
    charge = receipt.charge
    account = Account.objects.get(id=charge.account_id)
    return {
        "merchant": account.business_profile.get("name") or account.name or "-",
        "support": account.business_profile.get("support_email") or account.email,
        "amount": str(Money(charge.amount_captured, charge.currency)),
        "date": letters.format_day(charge.captured_at or charge.created_at, language),
        "brand": _paid_with(charge),
        "last4": charge.card.get("last4") or "",
        "description": charge.description,
        "number": charge.receipt_number,
        "is_test": not charge.livemode,
    }


def _paid_with(charge: Charge) -> str:
    brand = charge.card.get("brand")
    return str(brand).title() if brand else method_types.of(charge.method_type).title
