"""Sessions that tests complete without a browser: what a willing payer would do."""

from datetime import datetime
from typing import Final

from checkout import queries
from checkout.models import CheckoutSession
from checkout.resources.sessions import asks_phone
from checkout.sessions.services import choices, collecting, paying
from checkout.states import SessionStatus
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import recovery
from payments.methods.confirmation_options import ConfirmationOptions

_METHOD: Final = "pm_card_visa"
_NAME: Final = "Jenny Rosen"
_EMAIL: Final = "jenny.rosen@example.com"
_PHONE: Final = "+15555550123"
_ADDRESS: Final = {"line1": "510 Townsend St", "city": "San Francisco", "postal_code": "94103"}
_ACCEPTED: Final = {
    "type": "online",
    "online": {"ip_address": "127.0.0.1", "user_agent": "Rialto test helper"},
}


def complete(
    *,
    tenant: Tenant,
    session_id: str,
    payment_method: str | None = None,
    customer_details: Fields | None = None,
    shipping_details: Fields | None = None,
    shipping_rate: str | None = None,
    promotion_code: str | None = None,
    at: datetime,
) -> CheckoutSession:
    """Do what a payer would do on the page; test mode only.

    Args:
        tenant: The merchant.
        session_id: `cs_test_...`.
        payment_method: `pm_...`; None for a test card that pays.
        customer_details: Overrides the test payer's `email`, `name`, `phone` and `address`.
        shipping_details: Overrides the test payer's address.
        shipping_rate: One of those that are offered; None for the first.
        promotion_code: What the payer types.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such session.
        InvalidRequest: In live mode, or if the session has ended.
        CardError: If the payment was declined.
    """
    check_is_test(tenant)
    session = queries.checkout_session(tenant, session_id, param="session")
    is_done = recovery.is_under_way() and session.status == SessionStatus.COMPLETE
    if not is_done and (shipping_rate is not None or promotion_code is not None):
        session = choices.choose(
            tenant=tenant,
            session_id=session_id,
            shipping_rate=shipping_rate,
            promotion_code=promotion_code,
            at=at,
        )
    return paying.confirm(
        tenant=tenant,
        session_id=session_id,
        payment_method=payment_method or _METHOD,
        given=answers(session, customer_details or {}, shipping_details),
        options=ConfirmationOptions(customer_acceptance=_ACCEPTED),
        at=at,
    )


def check_is_test(tenant: Tenant) -> None:
    """Refuse to play the payer in live mode.

    Raises:
        InvalidRequest: In live mode.
    """
    if tenant.livemode:
        raise InvalidRequest("Only payers complete sessions in live mode. Use a test key.")


def answers(
    session: CheckoutSession, details: Fields, shipping_details: Fields | None = None
) -> JsonObject:
    """Return what a willing payer says where nothing else is given."""
    asked = session.settings
    payer: JsonObject = {"name": _NAME, "address": _ADDRESS | {"country": "US"}}
    if collecting.wants_email(session):
        payer["email"] = _EMAIL
    if asks_phone(session):
        payer["phone"] = _PHONE
    given: JsonObject = {"customer_details": payer | dict(details)}
    if wanted := asked.get("shipping_address_collection"):
        home = {"address": _ADDRESS | {"country": wanted["allowed_countries"][0]}, "name": _NAME}
        given["shipping_details"] = shipping_details or home
    given["custom_fields"] = {
        field["key"]: _answer(field) for field in asked.get("custom_fields") or []
    }
    if (asked.get("consent_collection") or {}).get("terms_of_service") == "required":
        given["consent"] = {"terms_of_service": "accepted", "promotions": None}
    for kind in ("business", "individual"):
        if ((asked.get("name_collection") or {}).get(kind) or {}).get("enabled"):
            given[f"{kind}_name"] = _NAME
    return given


def _answer(field: Fields) -> str:
    own, kind = field.get(field["type"]) or {}, field["type"]
    if own.get("default_value"):
        return str(own["default_value"])
    if kind == "dropdown":
        return str(own["options"][0]["value"])
    sign = "1" if kind == "numeric" else "a"
    return sign * max(own.get("minimum_length") or 1, 1)
