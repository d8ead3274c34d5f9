"""The wire object of a payment method configuration."""

from core.types import JsonObject
from payments.models import PaymentMethodConfiguration
from payments.models.payment_method_configurations import METHODS
from processors import registry


def payment_method_configuration(row: PaymentMethodConfiguration) -> JsonObject:
    """Render a configuration; methods that no rail can carry are left out."""
    carried = registry.methods(livemode=row.livemode)
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
            name: _method(
                row.preferences.get(name, "none"),
                usual,
                is_carried=carried is None or name in carried,
            )
            for name, usual in METHODS.items()
        },
    }


def _method(preference: str, usual: str, *, is_carried: bool) -> JsonObject:
    value = usual if preference == "none" else preference
    return {
        "available": is_carried and value == "on",
        "display_preference": {"overridable": None, "preference": preference, "value": value},
    }
