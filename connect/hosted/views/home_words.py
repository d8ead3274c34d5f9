"""What sellers read of their payouts and movements, in words and figures."""

from decimal import Decimal
from typing import Final

from babel.numbers import format_currency
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from connect.hosted.queries import Purpose
from connect.models import Payout
from connect.payouts.hold_reasons import HoldReason
from core import currencies

# Words that operators read in another sense.
_SELLER: Final = "seller"

STATES: Final = {
    "pending": gettext_lazy("about to be sent"),
    "in_transit": gettext_lazy("on its way"),
    "paid": pgettext_lazy(_SELLER, "paid"),
    "failed": gettext_lazy("failed"),
    "canceled": gettext_lazy("canceled"),
}

KINDS: Final = {
    "charge": pgettext_lazy(_SELLER, "Payments"),
    "payment": pgettext_lazy(_SELLER, "Payments"),
    "refund": pgettext_lazy(_SELLER, "Refunds"),
    "payment_refund": pgettext_lazy(_SELLER, "Refunds"),
    "payout": pgettext_lazy(_SELLER, "Payouts"),
    "payout_cancel": gettext_lazy("Payouts that came back"),
    "payout_failure": gettext_lazy("Payouts that came back"),
    "transfer": pgettext_lazy(_SELLER, "Transfers"),
    "transfer_cancel": gettext_lazy("Transfers that came back"),
    "transfer_refund": gettext_lazy("Transfers that came back"),
    "payment_failure_refund": gettext_lazy("Payments that failed afterwards"),
    "refund_failure": gettext_lazy("Refunds that failed"),
    "application_fee": gettext_lazy("Platform fees"),
    "application_fee_refund": gettext_lazy("Platform fees given back"),
    "reserve_transaction": gettext_lazy("Set aside"),
    "stripe_fee": gettext_lazy("Fees"),
    "adjustment": gettext_lazy("Disputes and corrections"),
}

FEES: Final = {
    Purpose.PLATFORM_FEE: gettext_lazy("Platform fee"),
    Purpose.PLATFORM_FEE_REFUND: gettext_lazy("Platform fee, given back"),
    Purpose.PROCESSING_FEE: gettext_lazy("Processing fee"),
    Purpose.PROCESSING_FEE_TRUE_UP: gettext_lazy("Processing fee, as it turned out"),
    Purpose.PROCESSING_FEE_OF_REFUND: gettext_lazy("Processing fee of a refund"),
    Purpose.DISPUTE_FEE: gettext_lazy("Fee of a dispute"),
}

# Why a bank did not take a payout, by the wire's word.
FAILURES: Final = {
    "account_closed": gettext_lazy("The bank account has been closed."),
    "account_frozen": gettext_lazy("The bank account has been frozen."),
    "bank_account_restricted": gettext_lazy("The bank account does not take such payouts."),
    "debit_not_authorized": gettext_lazy("The bank account does not take such payouts."),
    "declined": gettext_lazy("The bank has declined this payout."),
    "incorrect_account_holder_name": gettext_lazy(
        "The holder's name does not fit the bank account."
    ),
    "invalid_currency": gettext_lazy("The bank account does not take this currency."),
    "no_account": gettext_lazy("There is no bank account with these numbers."),
}

_NO_RAIL: Final = gettext_lazy("This currency cannot be paid out at present.")

# Why an account is not paid, for its seller.
HOLD_WORDS: Final = {
    HoldReason.NO_DESTINATION: gettext_lazy("There is no bank account for %(currency)s."),
    HoldReason.DISABLED: gettext_lazy("Payouts are stopped: see the top of this page."),
    HoldReason.PAUSED: gettext_lazy("The last payout failed. Give another bank account to go on."),
    HoldReason.MANUAL: gettext_lazy(
        "None is planned: the platform that you sell on starts each payout itself."
    ),
    HoldReason.NEGATIVE_BALANCE: gettext_lazy(
        "The balance is below zero: later payments make it good first."
    ),
    HoldReason.BELOW_MINIMUM: gettext_lazy("Nothing is available yet."),
    HoldReason.ERRORED_DESTINATION: gettext_lazy(
        "Your bank account could not be paid the last time. Give another one."
    ),
    # Who added the account is asked on the page of what is shared, and not here.
    HoldReason.DETACHED_DESTINATION: _NO_RAIL,
    HoldReason.NO_RAIL: _NO_RAIL,
    HoldReason.ILLIQUID: gettext_lazy(
        "This payout waits until enough money is where yours is held. You need not do anything."
    ),
}


def hold_words(reason: HoldReason, currency: str) -> str:
    """Return why nothing is paid out in a currency, for the seller."""
    return str(HOLD_WORDS[reason]) % {"currency": currency.upper()}


def failure(row: Payout, kept: int) -> str:
    """Return why a payout failed and what came back, less what banks `kept`."""
    if row.status != "failed":
        return ""
    unclear = _("The bank could not make this payout.")
    return f"{FAILURES.get(row.failure_code or '', unclear)} {describe_return(row, kept)}"


def describe_return(row: Payout, kept: int) -> str:
    """Return how much of a failed payout came back, less what banks kept."""
    if not kept:
        return _("The money is back in your balance.")
    if kept >= row.amount:
        return _("Nothing of it came back to your balance.")
    return _("%(back)s of it is back in your balance: a bank kept %(kept)s.") % {
        "back": money(row.amount - kept, row.currency),
        "kept": money(kept, row.currency),
    }


def kind(type: str) -> str:
    """Return what a movement of the balance is called."""
    return str(KINDS.get(type, type.replace("_", " ").capitalize()))


def money(amount: int, currency: str) -> str:
    """Return an amount as people write it in their language."""
    value = Decimal(amount).scaleb(-currencies.exponent(currency))
    return format_currency(value, currency.upper(), locale=locale())


def locale() -> str:
    """Return the language that people are shown figures and days in."""
    return (get_language() or "en").partition("-")[0]
