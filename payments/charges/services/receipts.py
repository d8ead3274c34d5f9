"""Receipts by e-mail: stored with the payment, sent by a task."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import Account
from accounts.services import letters, mailings
from core.ids import new_id
from core.money import Money
from core.security.email_addresses import is_one_address
from core.tenant import Tenant
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import method_types
from payments.charges import holders
from payments.charges.orders import Order
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


def confirm_order(work: UnitOfWork, tenant: Tenant, holder_id: str, email: str) -> None:
    """Add a letter about an order for nothing to a unit of work.

    Args:
        work: The unit of work.
        tenant: The merchant.
        holder_id: What was ordered. See `payments/charges/holders.py`.
        email: The payer's address.
    """
    work.insert(
        Receipt(
            id=new_id("rcpt"),
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            held_by=holder_id,
            email=email,
            next_try_at=work.at,
            created_at=work.at,
        )
    )


def forget_orders(holder_ids: Sequence[str]) -> None:
    """Erase whom letters about orders for nothing went to."""
    rows = Receipt.objects.filter(charge=None, held_by__in=holder_ids)
    rows.update(email="", next_try_at=None)


def send_due(*, at: datetime) -> int:
    """Send the receipts that are due; what cannot be sent is retried at growing intervals.

    Args:
        at: Now.

    Returns:
        How many were sent.
    """
    rows = Receipt.objects.select_related("charge__payment_intent")
    return mailings.send_due(rows, _due_letter, at=at)


def message(receipt: Receipt) -> EmailMultiAlternatives:
    """Render a receipt in the payer's language.

    Args:
        receipt: The receipt, with its charge.
    """
    charge = receipt.charge
    held_by = charge.payment_intent.held_by if charge else receipt.held_by
    order = holders.order_of(held_by) if held_by else None
    language = _language(order, charge.customer_id if charge else None)
    context = _context(receipt, order, language)
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


def _language(order: Order | None, customer_id: str | None) -> str:
    """Return the language of the order's page, or the customer's first that has a template."""
    if order and order.language in letters.LANGUAGES:
        return order.language
    locales = Customer.objects.filter(id=customer_id).values_list("preferred_locales", flat=True)
    for locale in locales.first() or []:
        if (language := str(locale)[:2].lower()) in letters.LANGUAGES:
            return language
    return letters.LANGUAGES[0]


def _context(receipt: Receipt, order: Order | None, language: str) -> JsonObject:
    charge = receipt.charge
    payee_id = order.payee_id if order else receipt.account_id
    account = Account.objects.get(id=payee_id)
    name = account.business_profile.get("name") or account.name or "-"
    context = {
        # A line break would end the subject of a letter.
        "merchant": " ".join((order.merchant if order else name).split()),
        "support": account.business_profile.get("support_email") or account.email,
        "date": letters.format_day(receipt.created_at, language),
        "order": order and _order(order),
        "is_test": not receipt.livemode,
    }
    if charge is None:
        return context
    return context | {
        "date": letters.format_day(charge.captured_at or charge.created_at, language),
        "amount": str(Money(charge.amount_captured, charge.currency)),
        "brand": _paid_with(charge),
        "last4": charge.card.get("last4") or "",
        "description": charge.description,
        "number": charge.receipt_number,
    }


def _order(order: Order) -> JsonObject:
    """Return an order as letters show it: amounts as people write them."""

    def write(amount: int) -> str:
        return str(Money(amount, order.currency))

    return {
        "reference": order.reference,
        "lines": [(line.name, line.quantity, write(line.amount)) for line in order.lines],
        "subtotal": write(order.subtotal),
        "discount": write(order.discount) if order.discount else "",
        "shipping": "" if order.shipping is None else write(order.shipping),
        "shipping_title": order.shipping_title,
        "taxes": [(tax.title, tax.is_included, write(tax.amount)) for tax in order.taxes],
        "total": write(order.total),
    }


def _paid_with(charge: Charge) -> str:
    brand = charge.card.get("brand")
    return str(brand).title() if brand else method_types.of(charge.method_type).title
