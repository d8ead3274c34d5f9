"""Erase what sessions hold of a deleted customer."""

from typing import Final

from checkout.models import CheckoutSession
from core.types import JsonObject

_OF_PAYERS: Final = frozenset({"customer_email", "client_reference_id"})
_INTENTS: Final = frozenset({"payment_intent_data", "setup_intent_data"})
_OF_INTENTS: Final = frozenset({"description", "metadata", "receipt_email", "shipping"})


def erase(customer_id: str) -> list[str]:
    """Erase a customer's sessions, but for what was ordered; return their ids."""
    rows = list(CheckoutSession.objects.filter(customer_id=customer_id))
    for row in rows:
        row.settings = _without_payer(row.settings)
        row.collected, row.email, row.client_reference_id, row.metadata = {}, None, None, {}
    CheckoutSession.objects.bulk_update(
        rows, ["settings", "collected", "email", "client_reference_id", "metadata"]
    )
    return [row.id for row in rows]


def _without_payer(settings: JsonObject) -> JsonObject:
    kept = {name: value for name, value in settings.items() if name not in _OF_PAYERS}
    for name in _INTENTS & kept.keys():
        data = kept[name] or {}
        kept[name] = {key: value for key, value in data.items() if key not in _OF_INTENTS}
    return kept
