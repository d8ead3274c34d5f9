"""What a form may do with the methods that its payer has saved."""

import hmac
from datetime import datetime
from typing import Final

from checkout import queries as checkouts
from checkout.sessions import saved_methods
from checkout.states import SessionStatus
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import JsonObject
from payments import queries, resources
from payments.customers.services import customer_sessions
from payments.methods.services import payment_methods

_NOTHING: Final[JsonObject] = {
    "payment_method_remove": "disabled",
    "payment_method_save": "disabled",
    "payment_method_save_usage": None,
    "saved_payment_methods": [],
}


def of_customer(tenant: Tenant, secret: str | None, *, at: datetime) -> JsonObject:
    """Return what a form may do with the methods of the customer that a session is for.

    Args:
        tenant: The merchant.
        secret: Of the customer session; None for a form that has none.
        at: The moment.

    Returns:
        The features of an `elements_session`.

    Raises:
        InvalidRequest: If the customer session has ended, or is another merchant's.
    """
    if secret is None:
        return _NOTHING
    session = customer_sessions.find(tenant=tenant, secret=secret, at=at)
    if session is None:
        raise InvalidRequest(
            "This customer session has ended, or is none of yours. Make a new one.",
            code="resource_missing",
            param="customer_session_client_secret",
        )
    shown = resources.customer_session(session, secret)["components"]["payment_element"]
    if not shown["enabled"]:
        return _NOTHING
    features: JsonObject = shown["features"]
    found = {name: features[name] for name in _NOTHING if name in features}
    return found | {"saved_payment_methods": _saved(tenant, session.customer_id, features)}


def remove_for_customer(tenant: Tenant, method_id: str, secret: str, *, at: datetime) -> JsonObject:
    """Remove a method that a customer session shows its payer, and return the wire's.

    Raises:
        Missing: If it is none of those that are shown.
        InvalidRequest: If the session has ended, or lets nobody remove methods.
    """
    queries.payment_method(tenant, method_id, param="id")
    found = of_customer(tenant, secret, at=at)
    shown = {one["id"] for one in found["saved_payment_methods"]}
    may = found["payment_method_remove"] == "enabled"
    return _remove(tenant, method_id, shown, may=may, at=at)


def remove_for_checkout(tenant: Tenant, method_id: str, secret: str, *, at: datetime) -> JsonObject:
    """Remove a method that a checkout session shows its payer. See `remove_for_customer`."""
    queries.payment_method(tenant, method_id, param="id")
    session = checkouts.checkout_session(tenant, secret.partition("_secret_")[0], param="session")
    if not hmac.compare_digest(secret.encode(), str(session.client_secret).encode()):
        raise missing("checkout.session", session.id, param="session")
    shown: set[str] = set()
    if session.status == SessionStatus.OPEN:
        shown = {one["id"] for one in saved_methods.of(session, at=at)}
    return _remove(tenant, method_id, shown, may=saved_methods.may_remove(session), at=at)


def _remove(
    tenant: Tenant, method_id: str, shown: set[str], *, may: bool, at: datetime
) -> JsonObject:
    if not may:
        raise InvalidRequest(
            "Payers may not remove methods here. Let them by payment_method_remove=enabled, of the "
            "customer session's payment_element or of saved_payment_method_options.",
            code="feature_not_supported",
        )
    if method_id not in shown:
        raise missing("PaymentMethod", method_id, param="id")
    removed = payment_methods.detach(tenant=tenant, method_id=method_id, at=at)
    return resources.payment_method(removed)


def _saved(tenant: Tenant, customer_id: str, features: JsonObject) -> list[JsonObject]:
    """Return the methods that a customer may be shown again."""
    if features["payment_method_redisplay"] != "enabled":
        return []
    rows = queries.payment_methods(tenant).filter(
        customer_id=customer_id,
        allow_redisplay__in=features["payment_method_allow_redisplay_filters"],
    )
    newest = rows.order_by("-created_at", "-id")[: features["payment_method_redisplay_limit"]]
    return [resources.payment_method(row) for row in newest]
