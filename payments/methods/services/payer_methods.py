"""Payment methods of payers who act themselves: who send the money, or agree at their bank."""

from datetime import datetime

from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from payments.method_types.base import Method
from payments.methods.services import bank_accounts
from payments.models import PaymentMethod
from processors import registry


def draft(
    tenant: Tenant, method: Method, data: Fields, *, id: str | None = None, at: datetime
) -> PaymentMethod:
    """Build a payment method of a payer who can be reached, without saving it.

    Args:
        tenant: The merchant.
        method: The rules of its type.
        data: The wire's `payment_method_data`.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        InvalidRequest: If a billing detail is missing, and in live mode.
    """
    billing = dict(data.get("billing_details") or {})
    bank_accounts.check_billing(method, billing)
    vault = registry.vault(livemode=tenant.livemode)
    instrument = vault.find_payer(method.type, billing.get("email") or "") if vault else None
    if instrument is None:
        raise InvalidRequest(
            f"No processor that takes {method.title} is set up in live mode.", param="type"
        )
    return PaymentMethod(
        id=id or new_id("pm"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        type=method.type,
        instrument=instrument,
        country=None,
        last4="",
        fingerprint="",
        details=_details(method, data.get(method.type) or {}),
        billing_details=billing,
        allow_redisplay=data.get("allow_redisplay", "unspecified"),
        metadata=data.get("metadata") or {},
        created_at=at,
    )


def _details(method: Method, given: Fields) -> JsonObject:
    """Return what people may see of what the payer said of itself."""
    kept = dict(given)
    if bank := given.get("bank"):
        kept["bic"] = method.banks[bank]
    return {name: value for name, value in kept.items() if value is not None}
