"""The states of a payment, and what happened to it, as people say it."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from console.words import BAD, GOOD, NEUTRAL, WAITING
from payments.method_types import of
from payments.method_types.base import REASONS, Reason

# State of an intent → its word, how it looks, and what it means or what comes next.
STATES: Final[Mapping[str, tuple[str, str, str]]] = {
    "requires_payment_method": ("Not paid", NEUTRAL, "The payer has not named a way to pay."),
    "requires_confirmation": ("Not paid", NEUTRAL, "The merchant has not confirmed it yet."),
    "requires_action": ("Waits for the payer", WAITING, "The payer has to do something first."),
    "processing": (
        "Under way", WAITING,
        "The last word has not been said: nobody knows yet whether the payer paid. It is asked "
        "after by itself.",
    ),
    "requires_capture": (
        "Authorized", WAITING, "The money is held on the payer's side and not taken yet.",
    ),
    "succeeded": ("Paid", GOOD, ""),
    "canceled": ("Canceled", NEUTRAL, "Nothing can be paid with it any more."),
}  # fmt: skip

# (kind, state) → what happened and how it looks; the kind alone stands for every other state.
STEPS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("charge", "succeeded"): ("Charged", GOOD),
    ("charge", "failed"): ("Attempt failed", BAD),
    ("charge", "pending"): ("Charge without an answer yet", WAITING),
    ("capture", ""): ("Captured", GOOD),
    ("unapplied", "open"): ("Paid too late: somebody has to decide", BAD),
    ("unapplied", "returning"): ("Late payment on its way back to the payer", WAITING),
    ("unapplied", "returned"): ("Late payment given back to the payer", NEUTRAL),
    ("unapplied", "voided"): ("Late payment never came", NEUTRAL),
    ("unapplied", "applied"): ("Late payment given to the merchant", GOOD),
    ("authentication", "succeeded"): ("3-D Secure: the payer was recognised", GOOD),
    ("authentication", "failed"): ("3-D Secure failed", BAD),
    ("authentication", "pending"): ("3-D Secure: the payer is asked", WAITING),
    ("authentication", "canceled"): ("3-D Secure: no longer needed", NEUTRAL),
    ("refund", "succeeded"): ("Refunded", NEUTRAL),
    ("refund", "pending"): ("Refund without an answer yet", WAITING),
    ("refund", "requires_action"): ("Refund waits for an account of the payer", WAITING),
    ("refund", "failed"): ("Refund failed", BAD),
    ("refund", "canceled"): ("Refund canceled", NEUTRAL),
    ("dispute", "warning_needs_response"): ("The payer's bank asks: answer it", BAD),
    ("dispute", "warning_under_review"): ("The payer's bank reads the answer", WAITING),
    ("dispute", "warning_closed"): ("The bank's question is closed", NEUTRAL),
    ("dispute", "needs_response"): ("Disputed: answer it", BAD),
    ("dispute", "under_review"): ("Disputed: the bank reads the answer", WAITING),
    ("dispute", "won"): ("Dispute won", GOOD),
    ("dispute", "lost"): ("Dispute lost", BAD),
    ("fraud_warning", ""): ("The card's issuer warns of fraud", BAD),
    ("transfer", ""): ("Transferred to", NEUTRAL),
    ("reversal", ""): ("Taken back from", NEUTRAL),
    ("application_fee", ""): ("Application fee from", NEUTRAL),
    ("fee_refund", ""): ("Application fee returned to", NEUTRAL),
    ("payout", "pending"): ("Taken along by a payout that waits, to", WAITING),
    ("payout", "in_transit"): ("Taken along by a payout on its way, to", WAITING),
    ("payout", "paid"): ("Paid out to", GOOD),
    ("payout", "failed"): ("Taken along by a payout that failed, to", BAD),
    ("payout", "canceled"): ("Taken along by a payout that was canceled, to", NEUTRAL),
    ("created", ""): ("Payment opened", NEUTRAL),
    ("cancellation", ""): ("Canceled", NEUTRAL),
}  # fmt: skip

# The page of what a kind of step tells of, and how many of them are called.
PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "charge": ("payments_charge", "attempts"),
    "capture": ("payments_charge", "captures"),
    "unapplied": ("payments_unappliedpayment", "late payments"),
    "authentication": ("payments_authentication", "authentications"),
    "refund": ("payments_refund", "refunds"),
    "dispute": ("payments_dispute", "disputes"),
    "fraud_warning": ("payments_earlyfraudwarning", "warnings"),
    "transfer": ("connect_transfer", "transfers"),
    "reversal": ("connect_transferreversal", "reversals"),
    "application_fee": ("connect_applicationfee", "application fees"),
    "fee_refund": ("connect_applicationfeerefund", "refunds of fees"),
    "payout": ("connect_payout", "payouts"),
}


def state(status: str, *, refunded: str, is_all_refunded: bool) -> tuple[str, str, str]:
    """Return a payment's state in words, how it looks, and what it means.

    Args:
        status: Of the intent.
        refunded: How much was refunded; empty for nothing.
        is_all_refunded: True if nothing is left of it.
    """
    word, look, meaning = STATES[status]
    told = gettext(meaning) if meaning else ""
    if is_all_refunded:
        return gettext("Refunded"), NEUTRAL, told
    if refunded:
        return (
            gettext("%(state)s, %(amount)s refunded")
            % {"state": gettext(word), "amount": refunded},
            look,
            told,
        )
    return gettext(word), look, told


def step(kind: str, status: str) -> tuple[str, str]:
    """Return what happened, and how it looks."""
    if known := STEPS.get((kind, status)):
        return gettext(known[0]), known[1]
    return f"{kind.replace('_', ' ')} {status}".strip(), NEUTRAL


def offered(found: Mapping[str, Reason | None]) -> list[tuple[str, str]]:
    """Return in words what a payer is offered, and for what reasons not the rest.

    Args:
        found: Of each type of payment method, why it is not offered; None if it is.
    """
    by_reason: dict[Reason | None, list[str]] = {}
    for type, reason in found.items():
        by_reason.setdefault(reason, []).append(of(type).title)
    shown = ", ".join(by_reason.pop(None, []))
    refused = " ".join(
        f"{', '.join(by_reason[reason])}: {gettext(meaning)}"
        for reason, meaning in REASONS.items()
        if reason in by_reason
    )
    return [("Offered to the payer", shown), ("Not offered", refused)]
