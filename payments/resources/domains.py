"""The wire objects of registered web domains."""

from typing import Final

from core.types import JsonObject
from payments.models import ApplePayDomain, PaymentMethodDomain

_WALLETS: Final = ("amazon_pay", "apple_pay", "google_pay", "klarna", "link", "paypal")
_WHY: Final = "No rail of this Rialto carries this wallet."


def payment_method_domain(row: PaymentMethodDomain) -> JsonObject:
    """Render a domain: no wallet is active on it, for none can be charged."""
    return {
        "id": row.id,
        "object": "payment_method_domain",
        "created": int(row.created_at.timestamp()),
        "domain_name": row.domain_name,
        "enabled": row.enabled,
        "livemode": row.livemode,
        **{
            name: {"status": "inactive", "status_details": {"error_message": _WHY}}
            for name in _WALLETS
        },
    }


def apple_pay_domain(row: ApplePayDomain) -> JsonObject:
    """Render a domain as the older endpoint shows it."""
    return {
        "id": row.id,
        "object": "apple_pay_domain",
        "created": int(row.created_at.timestamp()),
        "domain_name": row.domain_name,
        "livemode": row.livemode,
    }
