"""What a customer has, as people say it."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext

from console.words import BAD, GOOD, NEUTRAL, WAITING, code
from core.money import Money
from processors.protocols.instruments import display_brand

SETUPS: Final[Mapping[str, tuple[str, str]]] = {
    "requires_payment_method": ("Nothing saved yet", NEUTRAL),
    "requires_confirmation": ("Not confirmed yet", NEUTRAL),
    "requires_action": ("Waits for the payer", WAITING),
    "processing": ("Under way", WAITING),
    "succeeded": ("Saved", GOOD),
    "canceled": ("Canceled", NEUTRAL),
}
DISPUTES: Final[Mapping[str, tuple[str, str]]] = {
    "warning_needs_response": ("The bank asks: answer it", BAD),
    "warning_under_review": ("The bank reads the answer", WAITING),
    "warning_closed": ("The question is closed", NEUTRAL),
    "needs_response": ("Answer it", BAD),
    "under_review": ("The bank reads the answer", WAITING),
    "won": ("Won", GOOD),
    "lost": ("Lost", BAD),
}
_TYPES: Final = {
    "card": "card",
    "us_bank_account": "US bank account",
    "sepa_debit": "SEPA debit",
    "promptpay": "PromptPay",
    "afterpay_clearpay": "Afterpay",
    "alipay": "Alipay",
    "bancontact": "Bancontact",
    "blik": "BLIK",
    "eps": "EPS",
    "grabpay": "GrabPay",
    "ideal": "iDEAL",
    "klarna": "Klarna",
    "konbini": "Konbini",
    "paynow": "PayNow",
    "pix": "Pix",
    "swish": "Swish",
    "p24": "Przelewy24",
}


def method(type: str, brand: str, last4: str) -> str:
    """Return what people call a card or a bank account."""
    name = display_brand(brand) if brand else _TYPES.get(type, code(type))
    return f"{name} •••• {last4}"


def kind(type: str, funding: str, country: str | None) -> str:
    """Return what sort of card or account it is, and from where."""
    words = f"{funding} card" if type == "card" else _TYPES.get(type, code(type))
    return f"{words}, {country}" if country else words


def expiry(month: int | None, year: int | None, today: date) -> tuple[str, str]:
    """Return until when a card can be charged, and how that looks; empty for what has no end.

    Args:
        month: The last month, from 1.
        year: Its year.
        today: To tell whether that is over.
    """
    if not month or not year:
        return "", NEUTRAL
    is_over = (year, month) < (today.year, today.month)
    words = f"{month:02}/{year}"
    return (f"expired {words}", BAD) if is_over else (f"until {words}", NEUTRAL)


def credit(balance: Money) -> str:
    """Return in words what later invoices are less or more by."""
    if balance.amount < 0:
        return gettext("%(currency)s of credit for later invoices") % {
            "currency": Money(-balance.amount, balance.currency)
        }
    return (
        gettext("%(balance)s is added to the next invoice") % {"balance": balance}
        if balance.amount
        else ""
    )
