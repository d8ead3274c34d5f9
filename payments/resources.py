"""Wire objects of payments: plain functions from row to dict, ids unexpanded, no queries."""

from typing import Any

from payments.models import Charge, Customer, PaymentIntent, PaymentMethod, Refund

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def payment_intent(row: PaymentIntent) -> dict[str, Any]:
    """Render a payment intent."""
    return {
        "id": row.id,
        "object": "payment_intent",
        "amount": row.amount,
        "amount_capturable": row.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": row.amount_received,
        "application": None,
        "application_fee_amount": row.application_fee_amount,
        "automatic_payment_methods": row.automatic_payment_methods,
        "canceled_at": int(row.canceled_at.timestamp()) if row.canceled_at else None,
        "cancellation_reason": row.cancellation_reason,
        "capture_method": row.capture_method,
        "client_secret": row.client_secret,
        "confirmation_method": row.confirmation_method,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "excluded_payment_method_types": None,
        "last_payment_error": row.last_payment_error,
        "latest_charge": row.latest_charge_id,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "next_action": None,
        "on_behalf_of": row.on_behalf_of,
        "payment_method": row.payment_method_id,
        "payment_method_configuration_details": None,
        "payment_method_options": row.payment_method_options
        or {"card": {"installments": None, "network": None, "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": row.receipt_email,
        "review": None,
        "setup_future_usage": row.setup_future_usage,
        "shipping": row.shipping,
        "source": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": row.statement_descriptor_suffix,
        "status": row.status,
        "transfer_data": _transfer_data(row),
        "transfer_group": row.transfer_group,
    }


def charge(row: Charge) -> dict[str, Any]:
    """Render a charge."""
    failure = row.failure or {}
    return {
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount_captured,
        "amount_refunded": row.amount_refunded,
        "application": None,
        "application_fee": row.application_fee_id,
        "application_fee_amount": row.application_fee_amount,
        "balance_transaction": row.balance_transaction_id,
        "billing_details": billing_details(row.billing_details),
        "calculated_statement_descriptor": row.statement_descriptor,
        "captured": row.is_captured,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": row.customer_id,
        "description": row.description,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": failure.get("code"),
        "failure_message": failure.get("message"),
        "fraud_details": row.fraud_details,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "on_behalf_of": row.on_behalf_of,
        "outcome": _outcome(row),
        "paid": row.status == "succeeded",
        "payment_intent": row.payment_intent_id,
        "payment_method": row.payment_method_id,
        "payment_method_details": {"card": _charged_card(row), "type": "card"},
        "radar_options": {},
        "receipt_email": row.receipt_email,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": row.is_captured and row.amount_refunded == row.amount_captured,
        "review": None,
        "shipping": row.shipping,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": row.statement_descriptor_suffix,
        "status": row.status,
        "transfer_data": _transfer_data(row),
        "transfer_group": row.transfer_group,
    } | ({"transfer": row.transfer_id} if row.transfer_id else {})


def refund(row: Refund) -> dict[str, Any]:
    """Render a refund."""
    rendered: dict[str, Any] = {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "charge": row.charge_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": row.metadata,
        "payment_intent": row.payment_intent_id,
        "reason": row.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": row.status,
        "transfer_reversal": row.transfer_reversal_id,
    }
    if row.status == "pending":
        rendered["pending_reason"] = "processing"
    if row.failure_reason:
        rendered["failure_reason"] = row.failure_reason
        rendered["failure_balance_transaction"] = row.failure_balance_transaction_id
    if row.instructions_email:
        rendered["instructions_email"] = row.instructions_email
    return rendered


def customer(row: Customer) -> dict[str, Any]:
    """Render a customer; of a deleted one only the id."""
    if row.deleted_at:
        return {"id": row.id, "object": "customer", "deleted": True}
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    return {
        "id": row.id,
        "object": "customer",
        "address": row.address,
        "balance": 0,
        "created": int(row.created_at.timestamp()),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": row.description,
        "discount": None,
        "email": row.email,
        "invoice_prefix": row.invoice_prefix,
        "invoice_settings": settings | row.invoice_settings,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "name": row.name,
        "next_invoice_sequence": 1,
        "phone": row.phone,
        "preferred_locales": row.preferred_locales,
        "shipping": row.shipping,
        "tax_exempt": row.tax_exempt,
        "test_clock": None,
    }


def payment_method(row: PaymentMethod) -> dict[str, Any]:
    """Render a payment method."""
    return {
        "id": row.id,
        "object": "payment_method",
        "allow_redisplay": row.allow_redisplay,
        "billing_details": billing_details(row.billing_details),
        "card": {
            "brand": row.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": row.country,
            "display_brand": row.brand,
            "exp_month": row.exp_month,
            "exp_year": row.exp_year,
            "fingerprint": row.fingerprint,
            "funding": row.funding,
            "generated_from": None,
            "last4": row.last4,
            "networks": {"available": [row.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "type": row.type,
    }


def billing_details(said: dict[str, Any]) -> dict[str, Any]:
    """Render billing details with every key that readers expect."""
    return {
        "address": dict.fromkeys(_ADDRESS) | (said.get("address") or {}),
        "email": said.get("email"),
        "name": said.get("name"),
        "phone": said.get("phone"),
        "tax_id": said.get("tax_id"),
    }


def card_of(row: PaymentMethod) -> dict[str, Any]:
    """Return what a charge keeps of the card it took."""
    return {
        "brand": row.brand,
        "country": row.country,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "fingerprint": row.fingerprint,
        "funding": row.funding,
        "last4": row.last4,
    }


def _transfer_data(row: PaymentIntent | Charge) -> dict[str, Any] | None:
    if row.transfer_destination is None:
        return None
    data: dict[str, Any] = {"destination": row.transfer_destination}
    if row.transfer_amount is not None:
        data["amount"] = row.transfer_amount
    elif isinstance(row, Charge):
        data["amount"] = None
    return data


def _charged_card(row: Charge) -> dict[str, Any]:
    return {
        **row.card,
        "amount_authorized": row.amount if row.status == "succeeded" else None,
        "authorization_code": row.network_details.get("authorization_code"),
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": row.card.get("brand"),
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": row.amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def _outcome(row: Charge) -> dict[str, Any] | None:
    if row.status == "pending":
        return None
    failure = row.failure or {}
    declined = row.status == "failed"
    blocked = declined and row.risk == "highest"
    kind = "blocked" if blocked else "issuer_declined" if declined else "authorized"
    return {
        "advice_code": failure.get("advice_code"),
        "network_advice_code": None,
        "network_decline_code": failure.get("network_decline_code"),
        "network_status": "not_sent_to_network"
        if blocked
        else ("declined_by_network" if declined else "approved_by_network"),
        "reason": failure.get("decline_code") if declined else None,
        "risk_level": row.risk,
        "seller_message": failure.get("message") if declined else "Payment complete.",
        "type": kind,
    }
