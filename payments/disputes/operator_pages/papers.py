"""Which papers help against which reason, and what a bank's reason means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for which payers' banks take money back.

    Args:
        meaning: What the payer says.
        advice: What convinces a bank.
        papers: The fields of the evidence that help, the strongest first.
    """

    meaning: str
    advice: str
    papers: Sequence[str]


_WHO = ("customer_name", "customer_email_address", "billing_address")
_SHIPPED = (
    "shipping_documentation", "shipping_tracking_number", "shipping_carrier", "shipping_date",
    "shipping_address",
)  # fmt: skip

REASONS: Final[dict[str, Reason]] = {
    "fraudulent": Reason(
        "The payer says that somebody else paid with their card.",
        "Show that it was the payer: the same address, device or account as before, a signature, "
        "3-D Secure, or that the payer has the goods.",
        (*_WHO, "customer_purchase_ip", "access_activity_log", "customer_signature",
         "shipping_address", "shipping_documentation", "customer_communication", "receipt"),
    ),
    "product_not_received": Reason(
        "The payer says that nothing came.",
        "Show that it arrived: the carrier's proof with the address, or the log of use.",
        (*_SHIPPED, "service_documentation", "service_date", "access_activity_log",
         "customer_communication", *_WHO),
    ),
    "product_unacceptable": Reason(
        "The payer says that it was not as described, or broken.",
        "Show what was promised and what was sent, and what was offered to put it right.",
        ("product_description", "service_documentation", "customer_communication",
         "refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "receipt"),
    ),
    "duplicate": Reason(
        "The payer says that the same thing was paid twice.",
        "Show that there were two purchases, or name the refund of one of them.",
        ("duplicate_charge_id", "duplicate_charge_explanation",
         "duplicate_charge_documentation", "receipt", "shipping_documentation"),
    ),
    "subscription_canceled": Reason(
        "The payer says that the subscription had ended.",
        "Show that it was not canceled, or only later, and that the payer knew the terms.",
        ("cancellation_policy", "cancellation_policy_disclosure", "cancellation_rebuttal",
         "access_activity_log", "customer_communication"),
    ),
    "credit_not_processed": Reason(
        "The payer says that a refund was promised and never came.",
        "Show the refund, or that none was due and the payer knew why.",
        ("refund_policy", "refund_policy_disclosure", "refund_refusal_explanation",
         "customer_communication", "receipt"),
    ),
    "unrecognized": Reason(
        "The payer does not know the name on the statement.",
        "Show what was bought, by whom, and where it went.",
        ("product_description", "receipt", *_WHO, "shipping_documentation",
         "customer_communication"),
    ),
}  # fmt: skip
GENERAL: Final = Reason(
    "The payer's bank gives no reason that says more.",
    "Tell what was bought, by whom, and that it was delivered.",
    (
        "product_description",
        *_WHO,
        "receipt",
        "customer_communication",
        "uncategorized_text",
        "uncategorized_file",
    ),
)


def of(reason: str) -> Reason:
    """Return what is known of a reason."""
    return REASONS.get(reason, GENERAL)
