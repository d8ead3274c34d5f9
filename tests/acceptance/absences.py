"""Which optional fields may be absent from an answer, instead of null, and why."""

from typing import Any, Final

from tests.acceptance import annotations

_WHEN_IT_APPLIES: Final = "present on objects that it applies to"
_ON_EXPANSION: Final = "present when the caller expands it"
_LATER: Final = "belongs to a product that Rialto does not have"

_OF_OTHER_CARDS: Final = (
    "account", "allow_redisplay", "available_payout_methods", "currency", "customer",
    "default_for_currency", "deleted", "description", "iin", "issuer", "status",
)  # fmt: skip

MAY_BE_ABSENT: Final[dict[str, dict[str, str]]] = {
    "payment_intent": {
        "hooks": _LATER,
        "managed_payments": _LATER,
        "payment_details": _LATER,
        "payment_record": _LATER,
        "presentment_details": _LATER,
    },
    "setup_intent": {
        "attach_to_self": _WHEN_IT_APPLIES,
        "managed_payments": _LATER,
    },
    "bank_account": {
        "customer": "bank accounts of customers are payment methods",
        "deleted": _WHEN_IT_APPLIES,
    },
    "token": {"bank_account": "tokens are of cards"},
    "card": dict.fromkeys(_OF_OTHER_CARDS, _LATER),
    "dispute": {"intended_submission_method": "nothing answers disputes by itself"},
    "setup_attempt": {"attach_to_self": _WHEN_IT_APPLIES},
    "mandate": {"multi_use": _WHEN_IT_APPLIES, "single_use": _WHEN_IT_APPLIES},
    "charge": {
        "authorization_code": _LATER,
        "level3": _LATER,
        "presentment_details": _LATER,
        "refunds": _ON_EXPANSION,
        "transfer": _WHEN_IT_APPLIES,
    },
    "refund": {
        "customer": _LATER,
        "customer_account": _LATER,
        "description": "present on refunds of bank transfers",
        "failure_balance_transaction": _WHEN_IT_APPLIES,
        "failure_reason": _WHEN_IT_APPLIES,
        "instructions_email": _WHEN_IT_APPLIES,
        "next_action": _WHEN_IT_APPLIES,
        "payment_method": _LATER,
        "pending_reason": _WHEN_IT_APPLIES,
        "presentment_details": _LATER,
    },
    "customer": {
        "business_name": _LATER,
        "cash_balance": _ON_EXPANSION,
        "deleted": _WHEN_IT_APPLIES,
        "individual_name": _LATER,
        "invoice_credit_balance": _ON_EXPANSION,
        "sources": _ON_EXPANSION,
        "subscriptions": _ON_EXPANSION,
        "tax": _ON_EXPANSION,
        "tax_ids": _ON_EXPANSION,
    },
    "payment_method": {"radar_options": _LATER},
    "account": {
        "deleted": _WHEN_IT_APPLIES,
        "groups": _LATER,
        "individual": "present on accounts whose business is a person's",
    },
    "person": {
        "additional_tos_acceptances": _LATER,
        "deleted": _WHEN_IT_APPLIES,
        "id_number_secondary_provided": _LATER,
        "us_cfpb_data": _LATER,
        **dict.fromkeys(
            (
                "address_kana",
                "address_kanji",
                "first_name_kana",
                "first_name_kanji",
                "full_name_aliases",
                "gender",
                "last_name_kana",
                "last_name_kanji",
                "maiden_name",
                "nationality",
                "political_exposure",
                "registered_address",
            ),
            _WHEN_IT_APPLIES,
        ),
    },
    "balance": {
        "instant_available": _LATER,
        "issuing": _LATER,
        "refund_and_dispute_prefunding": _LATER,
    },
    "event": {"account": "present on events of connected accounts", "context": _LATER},
    "webhook_endpoint": {
        "deleted": _WHEN_IT_APPLIES,
        "secret": "shown once, when the endpoint is made",
    },
}


def unexplained(wire: dict[str, Any]) -> list[str]:
    """Name the optional fields that an object leaves out without a reason."""
    kind = wire["object"]
    reasons = MAY_BE_ABSENT.get(kind, {})
    left_out = set(annotations.fields_of(annotations.class_of(wire))) - wire.keys() - set(reasons)
    if kind == "payment_method":
        # The class has one field for each type; the object has the one of its own.
        left_out -= {name for name in left_out if name not in _OF_EVERY_METHOD}
        left_out |= {wire["type"]} - wire.keys()
    return sorted(f"{kind}.{name} is left out" for name in left_out)


_OF_EVERY_METHOD: Final = frozenset(
    {
        "id", "object", "allow_redisplay", "billing_details", "created", "customer",
        "customer_account", "livemode", "metadata", "type",
    }
)  # fmt: skip
