"""The states of a payout, and what happened to it, as people say it."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from console.words import BAD, GOOD, NEUTRAL, WAITING

# State of a payout → how it looks.
LOOKS: Final[Mapping[str, str]] = {
    "pending": WAITING,
    "in_transit": WAITING,
    "paid": GOOD,
    "failed": BAD,
    "canceled": NEUTRAL,
}

# (kind, state) → what happened and how it looks; the kind alone stands for every other state.
STEPS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("made", "automatic"): ("Made by the schedule, its money set aside:", NEUTRAL),
    ("made", "asked"): ("Asked for, its money set aside:", NEUTRAL),
    ("sent", ""): ("Sent", NEUTRAL),
    ("sent", "again"): ("Sent again", WAITING),
    ("file", "made"): ("Put into a file for the bank", NEUTRAL),
    ("file", "approved"): ("The file was approved", NEUTRAL),
    ("file", "sent"): ("The file was handed to the bank", NEUTRAL),
    ("file", "acknowledged"): ("The bank has taken the file", GOOD),
    ("resolved", ""): ("Marked as dealt with", NEUTRAL),
    ("payout_fee", ""): ("The platform's fee was taken:", NEUTRAL),
    ("payout_fee_returned", ""): ("The platform's fee came back:", NEUTRAL),
    ("payout_canceled", "canceled"): ("Canceled, its money is available again:", NEUTRAL),
    ("payout_canceled", ""): ("Failed, its money is available again:", BAD),
    ("payout_confirmed", ""): ("Paid: our bank's statement says that it was sent", GOOD),
    ("payout_confirmed_by_processor", ""): ("Paid: the processor says that it was sent", GOOD),
    ("payout_returned", ""): ("Returned by the bank:", BAD),
    ("payout_return_cost", ""): ("What a bank kept of it was made good:", NEUTRAL),
    ("correction", ""): ("Taken back in the books:", NEUTRAL),
}  # fmt: skip

# The page of what a kind of step tells of; all that is not here is an entry in the books.
PAGES: Final[Mapping[str, str]] = {
    "made": "",
    "resolved": "",
    "sent": "",
    "file": "processors_bankfile",
}
ENTRY: Final = "ledger_journalentry"

# Kind of balance transaction → how the many of it are called.
KINDS: Final[Mapping[str, str]] = {
    "adjustment": "Adjustments",
    "application_fee": "Application fees",
    "application_fee_refund": "Application fees returned",
    "charge": "Payments",
    "payment": "Payments from the platform",
    "payment_refund": "Refunds of payments from the platform",
    "refund": "Refunds",
    "refund_failure": "Refunds that failed",
    "stripe_fee": "Fees of the processor",
    "transfer": "Transfers",
    "transfer_refund": "Transfers taken back",
}

# What an id begins with → its page.
_SOURCES: Final[Mapping[str, str]] = {
    "ch": "payments_charge",
    "dp": "payments_dispute",
    "fee": "connect_applicationfee",
    "fr": "connect_applicationfeerefund",
    "po": "connect_payout",
    "py": "connect_sellerpayment",
    "re": "payments_refund",
    "tr": "connect_transfer",
    "trr": "connect_transferreversal",
}


def step(kind: str, status: str) -> tuple[str, str]:
    """Return what happened, and how it looks."""
    if found := STEPS.get((kind, status)) or STEPS.get((kind, "")):
        return gettext(found[0]), found[1]
    return kind.replace("_", " ").capitalize(), NEUTRAL


def many(kind: str) -> str:
    """Return how the balance transactions of a kind are called."""
    return gettext(KINDS[kind]) if kind in KINDS else kind.replace("_", " ").capitalize()


def page_of_source(id: str) -> str:
    """Return the admin's name of the page of a balance transaction's source; empty if none."""
    return _SOURCES.get(id.partition("_")[0], "")
