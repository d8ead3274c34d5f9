"""The wire object of a payment method configuration."""

from collections.abc import Container

from core.types import JsonObject
from payments.models import PaymentMethodConfiguration
from payments.models.payment_method_configurations import METHODS
from processors import registry


def payment_method_configuration(
    row: PaymentMethodConfiguration, *, lacking: Container[str] = ()
) -> JsonObject:
    """Render a configuration.

    Args:
        row: The configuration.
        lacking: The types for which its account has no active capability.
    """
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
                is_possible=(carried is None or name in carried) and name not in lacking,
            )
            for name, usual in METHODS.items()
        },
    }


def _method(preference: str, usual: str, *, is_possible: bool) -> JsonObject:
    value = usual if preference == "none" else preference
    return {
        "available": is_possible and value == "on",
        "display_preference": {"overridable": None, "preference": preference, "value": value},
    }
