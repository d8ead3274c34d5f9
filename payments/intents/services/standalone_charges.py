"""Charges by the wire's older endpoint, each with an internal intent."""

from datetime import datetime
from typing import Any

from core.errors import CardError, InvalidRequest, Missing, missing
from core.tenant import Tenant
from core.types import JsonObject
from payments import queries
from payments.intents.services import authorizations, payment_intents
from payments.intents.services.attempt_errors import UnexpectedState
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import bank_sources, sources
from payments.models import Charge, PaymentIntent

# Nobody can be asked: the older endpoint has no way to say so.
_OFF_SESSION = ConfirmationOptions(is_off=True)


def create(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    source: str | None = None,
    capture: bool = True,
    at: datetime,
    **details: Any,
) -> Charge:
    """Charge a token, or the payment method that a customer prefers.

    Args:
        tenant: The merchant.
        amount: Minor units.
        currency: Lower-case ISO code.
        source: `tok_...`, or a source of the customer; None for what the customer prefers.
        capture: False to authorise only.
        at: The moment of the request.
        details: Further columns of the intent behind it.

    Raises:
        Missing: If the merchant has no such token or customer.
        InvalidRequest: If there is nothing to charge, or the amount is not possible.
        CardError: If the processor declined. The failed try is kept.
    """
    customer_id = details.get("customer_id")
    if source is None:
        method: str | JsonObject = _preferred_method(tenant, customer_id)
    else:
        if source.startswith("btok_"):
            raise _unverified_account(source)
        method = sources.method_data(tenant, source, at=at)
        if isinstance(method, str):
            _check_owner(tenant, source, customer_id)
    try:
        intent = payment_intents.create(
            tenant=tenant,
            amount=amount,
            currency=currency,
            payment_method=method,
            confirm=True,
            capture_method="automatic" if capture else "manual",
            session=_OFF_SESSION,
            is_internal=True,
            at=at,
            **details,
        )
    except CardError as error:
        # The wire's error of a charge names the charge, and nothing that is behind it.
        for name in ("payment_intent", "payment_method"):
            error.extra.pop(name, None)
        raise
    return Charge.objects.get(id=intent.latest_charge_id)


def capture(
    *, tenant: Tenant, charge_id: str, amount: int | None = None, at: datetime, **more: Any
) -> Charge:
    """Capture a charge's authorisation, in full or in part.

    Args:
        tenant: The merchant.
        charge_id: `ch_...`, with an intent or without.
        amount: Minor units; None for all of it.
        at: The moment of the request.
        more: See `authorizations.capture`.

    Raises:
        Missing: If the merchant has no such charge.
        InvalidRequest: If nothing is authorised any more, or less than that.
    """
    charge = queries.charge(tenant, charge_id)
    if charge.is_captured:
        raise InvalidRequest(
            f"Charge {charge_id} has already been captured.", code="charge_already_captured"
        )
    try:
        authorizations.capture(
            tenant=tenant,
            intent_id=charge.payment_intent_id,
            amount_to_capture=amount,
            at=at,
            **more,
        )
    except UnexpectedState:
        status = PaymentIntent.objects.get(id=charge.payment_intent_id).status
        raise InvalidRequest(
            f"Charge {charge_id} cannot be captured: nothing is authorised. Its payment is "
            f"{status}.",
            code="charge_not_capturable" if status != "canceled" else "charge_expired_for_capture",
        ) from None
    return Charge.objects.get(id=charge_id)


def _preferred_method(tenant: Tenant, customer_id: str | None) -> str:
    if customer_id is None:
        raise InvalidRequest("Must provide source or customer.", code="parameter_missing")
    customer = queries.customer(tenant, customer_id, param="customer")
    preferred: str | None = customer.default_source_id or customer.invoice_settings.get(
        "default_payment_method"
    )
    if preferred and preferred == customer.default_source_id:
        row = queries.source(tenant, customer_id, preferred)
        bank_sources.check_chargeable(row)
        return row.id
    if preferred is None:
        raise InvalidRequest(
            f"Cannot charge a customer that has no active card: {customer_id} has no default "
            "source and no invoice_settings[default_payment_method]. Set one, or pass a source.",
            code="missing",
            param="card",
        )
    return preferred


def _check_owner(tenant: Tenant, source: str, customer_id: str | None) -> None:
    """Refuse a source that is not the customer's."""
    if customer_id is None and source.startswith("src_"):
        if queries.older_source(tenant, source, param="source").customer_id is None:
            return
    if customer_id is None:
        raise InvalidRequest(
            f"{source} belongs to a customer. Send its id as customer.",
            code="parameter_missing",
            param="customer",
        )
    try:
        row = queries.source(tenant, customer_id, source)
    except Missing as error:
        raise missing("source", source, param="source") from error
    bank_sources.check_chargeable(row)


def _unverified_account(token: str) -> InvalidRequest:
    return InvalidRequest(
        f"{token} is a bank account's, which is debited as a source of a customer once it is "
        "verified. Add it to a customer first.",
        code="bank_account_unverified",
        param="source",
    )
