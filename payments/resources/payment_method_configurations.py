"""The wire object of a payment method configuration."""

from core.types import JsonObject
from payments.models import PaymentMethodConfiguration
from payments.models.payment_method_configurations import METHODS


def payment_method_configuration(row: PaymentMethodConfiguration) -> JsonObject:
    """Render a configuration; methods that no rail can carry are left out."""
    return {
        "id": row.id,
        "object": "payment_method_configuration",
        "active": row.active,
        "application": None,
        "is_default": row.is_default,
        "livemode": row.livemode,
        "name": row.name,
        "parent": None,
        **{
            name: _method(row.preferences.get(name, "none"), usual)
            for name, usual in METHODS.items()
        },
    }


def _method(preference: str, usual: str) -> JsonObject:
    value = usual if preference == "none" else preference
    return {
        "available": value == "on",
        "display_preference": {"overridable": None, "preference": preference, "value": value},
    }
