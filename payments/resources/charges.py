"""The wire object of a charge."""

from typing import Final

from core.ids import application_id
from core.types import Fields, JsonObject
from payments import method_types
from payments.models import Charge
from payments.resources.addresses import shipping
from payments.resources.payment_intents import transfer_data
from payments.resources.payment_methods import billing_details
from payments.states import AUTHORIZED_FOR


def charge(row: Charge) -> JsonObject:
    """Render a charge."""
    failure = row.failure or {}
    return {
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount_captured,
        "amount_refunded": row.amount_refunded,
        "application": application_id(row.platform_id) if row.platform_id else None,
        "application_fee": row.application_fee_id,
        "application_fee_amount": row.application_fee_amount,
        "balance_transaction": row.balance_transaction_id,
        "billing_details": billing_details(row.billing_details),
        "calculated_statement_descriptor": _on_the_statement(row),
        "captured": row.is_captured,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": row.customer_id,
        "description": row.description,
        "disputed": row.is_disputed,
        "failure_balance_transaction": row.failure_balance_transaction_id,
        "failure_code": failure.get("code"),
        "failure_message": failure.get("message"),
        "fraud_details": row.fraud_details,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "on_behalf_of": row.on_behalf_of,
        "outcome": _outcome(row),
        "paid": row.status == "succeeded",
        "payment_intent": None if row.is_standalone else row.payment_intent_id,
        "payment_method": row.payment_method_id,
        "payment_method_details": {
            row.method_type: _CHARGED.get(row.method_type, _of_payer)(row),
            "type": row.method_type,
        },
        # Ours: the official packages know no processors.
        "processor_details": {"account": row.processor, "reference": row.processor_reference},
        "radar_options": {},
        "receipt_email": row.receipt_email,
        "receipt_number": row.receipt_number,
        "receipt_url": None,
        "refunded": row.is_captured and row.amount_refunded == row.amount_captured,
        "review": None,
        "shipping": shipping(row.shipping),
        "source": None,
        "source_transfer": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": row.statement_descriptor_suffix,
        "status": row.status,
        "transfer_data": transfer_data(row),
        "transfer_group": row.transfer_group,
    } | ({"transfer": row.transfer_id} if row.transfer_id else {})


def _capture_before(row: Charge) -> dict[str, int]:
    if row.status != "succeeded" or row.is_captured:
        return {}
    return {"capture_before": int((row.created_at + AUTHORIZED_FOR).timestamp())}


def _on_the_statement(row: Charge) -> str | None:
    if row.method_type != "card":
        return None
    if row.statement_text is not None:
        return row.statement_text or None
    # Of charges that are older than the account's texts.
    parts = [part for part in (row.statement_descriptor, row.statement_descriptor_suffix) if part]
    return "* ".join(parts).upper()[:22] or None


# Of charges that are older than the checks that are kept with the card.
_NOTHING_CHECKED = {
    "address_line1_check": None,
    "address_postal_code_check": None,
    "cvc_check": "pass",
}


def _card_details(row: Charge) -> JsonObject:
    return {
        "checks": _NOTHING_CHECKED,
        **row.card,
        "amount_authorized": row.amount if row.status == "succeeded" else None,
        "authorization_code": row.network_details.get("authorization_code"),
        "electronic_commerce_indicator": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": row.card.get("installments"),
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": row.card.get("brand"),
        "network_token": {"used": False},
        "network_transaction_id": row.network_details.get("network_transaction_id"),
        "overcapture": {"maximum_amount_capturable": row.amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": row.three_d_secure,
        "transaction_link_id": None,
        "wallet": None,
    } | _capture_before(row)


def _us_bank_account_details(row: Charge) -> JsonObject:
    shown = {name: value for name, value in row.card.items() if name != "country"}
    mandate = {"mandate": row.mandate_id} if row.mandate_id else {}
    return {**shown, "payment_reference": None} | mandate


def _sepa_debit_details(row: Charge) -> JsonObject:
    return {**row.card, "mandate": row.mandate_id}


def _of_payer(row: Charge) -> JsonObject:
    """Render what is known of a payer who agreed elsewhere."""
    method = method_types.of(row.method_type)
    known = {**row.network_details, **row.card}
    shown = {name: known.get(name) for name in method.charged}
    if method.keeps_as:
        shown |= {name: row.card.get(name) for name in GENERATED}
    if row.method_type == "konbini":
        shown["store"] = {"chain": known["store"]} if known.get("store") else None
    if row.method_type == "klarna":
        country = (row.billing_details.get("address") or {}).get("country")
        shown["payer_details"] = {"address": {"country": country}}
    return shown


# What a charge keeps of the payment method that it left for later charges.
GENERATED: Final = ("generated_sepa_debit", "generated_sepa_debit_mandate")
_CHARGED = {
    "card": _card_details,
    "us_bank_account": _us_bank_account_details,
    "sepa_debit": _sepa_debit_details,
}


def _outcome(row: Charge) -> JsonObject | None:
    if row.status == "pending":
        return None
    failure = row.failure or {}
    declined = row.status == "failed"
    reason = failure.get("blocked_as")
    blocked = declined and (row.risk == "highest" or reason is not None)
    kind = "blocked" if blocked else "issuer_declined" if declined else "authorized"
    return {
        "advice_code": failure.get("advice_code"),
        "network_advice_code": None,
        "network_decline_code": failure.get("network_decline_code"),
        "network_status": "not_sent_to_network"
        if blocked
        else ("declined_by_network" if declined else "approved_by_network"),
        "reason": reason or failure.get("decline_code") if declined else None,
        "risk_level": row.risk,
        "seller_message": _seller_message(failure) if declined else "Payment complete.",
        "type": kind,
    }


def _seller_message(failure: Fields) -> str | None:
    name = "for_operator" if failure.get("blocked_as") else "message"
    message: str | None = failure.get(name)
    return message
