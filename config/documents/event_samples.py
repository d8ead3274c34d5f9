"""One sample for each type of event, shortened to what the event is about, for the reference."""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from core.types import JsonObject
from webhooks.catalog import EVENT_TYPES

_ACCOUNT, _CUSTOMER, _INTENT, _CHARGE = "acct_1", "cus_1", "pi_1", "ch_1"

# Kind of object → what its samples begin with.
_OBJECTS: Final[dict[str, JsonObject]] = {
    "account": {"id": _ACCOUNT, "charges_enabled": True, "payouts_enabled": True},
    "application": {"id": "ca_1", "name": "A platform"},
    "application_fee": {"id": "fee_1", "amount": 300, "amount_refunded": 0, "charge": _CHARGE},
    "balance": {"available": [{"amount": 4700, "currency": "usd"}]},
    "balance_settings": {"payments": {"debit_negative_balances": True}},
    "bank_account": {"id": "ba_1", "country": "US", "currency": "usd", "last4": "6789"},
    "capability": {"id": "card_payments", "account": _ACCOUNT, "status": "active"},
    "card": {"id": "card_1", "brand": "Visa", "last4": "4242", "exp_month": 12},
    "charge": {"id": _CHARGE, "amount": 5000, "currency": "usd", "status": "succeeded"},
    "checkout.session": {"id": "cs_1", "amount_total": 5000, "status": "complete"},
    "coupon": {"id": "SUMMER", "percent_off": 25.0, "valid": True},
    "customer": {"id": _CUSTOMER, "email": "ada@example.com", "name": "Ada"},
    "dispute": {"id": "du_1", "amount": 5000, "charge": _CHARGE, "status": "needs_response"},
    "fee_refund": {"id": "fr_1", "amount": 300, "fee": "fee_1", "metadata": {"order": "7"}},
    "mandate": {"id": "mandate_1", "payment_method": "pm_1", "status": "active"},
    "payment_intent": {"id": _INTENT, "amount": 5000, "currency": "usd", "status": "succeeded"},
    "payment_link": {"id": "plink_1", "active": True, "currency": "usd"},
    "payment_method": {"id": "pm_1", "customer": _CUSTOMER, "type": "card"},
    "payout": {"id": "po_1", "amount": 4700, "currency": "usd", "status": "paid"},
    "person": {"id": "person_1", "account": _ACCOUNT, "verification": {"status": "verified"}},
    "price": {"id": "price_1", "active": True, "currency": "usd", "unit_amount": 5000},
    "product": {"id": "prod_1", "active": True, "name": "A lamp"},
    "promotion_code": {"id": "promo_1", "active": True, "code": "SUMMER25"},
    "radar.early_fraud_warning": {"id": "issfr_1", "actionable": True, "charge": _CHARGE},
    "refund": {"id": "re_1", "amount": 5000, "charge": _CHARGE, "status": "succeeded"},
    "setup_intent": {"id": "seti_1", "payment_method": "pm_1", "status": "succeeded"},
    "source": {"id": "src_1", "type": "card", "status": "chargeable"},
    "tax_id": {"id": "txi_1", "country": "DE", "customer": _CUSTOMER, "type": "eu_vat"},
    "tax_rate": {"id": "txr_1", "active": True, "display_name": "VAT", "percentage": 20.0},
    "transfer": {"id": "tr_1", "amount": 4700, "amount_reversed": 0, "destination": _ACCOUNT},
    "unapplied_payment": {"id": "unp_1", "amount": 5000, "charge": _CHARGE, "status": "open"},
    "webhook_endpoint": {"id": "we_1", "status": "enabled", "url": "https://example.com/"},
}


class Sample(NamedTuple):
    """What an event of a type tells.

    Args:
        kind: The kind of its object.
        now: What the object has become, beside what all of the kind have.
        before: What it was; None if the event tells of no change.
    """

    kind: str
    now: JsonObject = {}
    before: JsonObject | None = None


def _status(kind: str, now: str, before: str | None = None) -> Sample:
    return Sample(kind, {"status": now}, {"status": before} if before else None)


_S: Final = Sample
_LATER: Final = {"metadata": {"order": None}}
_ORDER: Final = {"metadata": {"order": "7"}}

SAMPLES: Final[dict[str, Sample]] = {
    "account.external_account.created": _S("bank_account", {"account": _ACCOUNT, "status": "new"}),
    "account.external_account.deleted": _S("bank_account", {"account": _ACCOUNT}),
    "account.external_account.updated": _status("bank_account", "errored", "new"),
    "account.updated": _S("account", {}, {"payouts_enabled": False}),
    "account.application.authorized": _S("application"),
    "account.application.deauthorized": _S("application"),
    "application_fee.created": _S("application_fee"),
    "application_fee.refund.updated": _S("fee_refund", {}, _LATER),
    "application_fee.refunded": _S("application_fee", {"amount_refunded": 300, "refunded": True}),
    "balance.available": _S("balance"),
    "balance_settings.updated": _S(
        "balance_settings", {}, {"payments": {"debit_negative_balances": False}}
    ),
    "capability.updated": _status("capability", "active", "pending"),
    "charge.captured": _S("charge", {"captured": True, "amount_captured": 5000}),
    "charge.dispute.closed": _status("dispute", "won"),
    "charge.dispute.created": _S("dispute"),
    "charge.dispute.funds_reinstated": _status("dispute", "won"),
    "charge.dispute.funds_withdrawn": _S("dispute"),
    "charge.dispute.updated": _status("dispute", "under_review", "needs_response"),
    "charge.expired": _status("charge", "failed"),
    "charge.failed": _S("charge", {"status": "failed", "failure_code": "card_declined"}),
    "charge.pending": _status("charge", "pending"),
    "charge.refunded": _S("charge", {"amount_refunded": 5000, "refunded": True}),
    "charge.refund.updated": _status("refund", "succeeded", "pending"),
    "charge.succeeded": _S("charge"),
    "charge.updated": _S("charge", _ORDER, _LATER),
    "coupon.created": _S("coupon"),
    "coupon.deleted": _S("coupon"),
    "coupon.updated": _S("coupon", {"name": "Summer"}, {"name": None}),
    "checkout.session.async_payment_failed": _S("checkout.session", {"payment_status": "unpaid"}),
    "checkout.session.async_payment_succeeded": _S("checkout.session", {"payment_status": "paid"}),
    "checkout.session.completed": _S("checkout.session", {"payment_status": "paid"}),
    "checkout.session.expired": _status("checkout.session", "expired"),
    "customer.created": _S("customer"),
    "customer.deleted": _S("customer"),
    "customer.source.created": _S("card", {"customer": _CUSTOMER}),
    "customer.source.deleted": _S("card", {"customer": _CUSTOMER}),
    "customer.source.updated": _S("card", {"customer": _CUSTOMER}, {"exp_month": 11}),
    "customer.tax_id.created": _S("tax_id"),
    "customer.tax_id.deleted": _S("tax_id"),
    "customer.updated": _S("customer", {}, {"email": None}),
    "mandate.updated": _status("mandate", "active", "pending"),
    "payment.created": _S("charge", {"id": "py_1"}),
    "payment_intent.amount_capturable_updated": _S(
        "payment_intent", {"status": "requires_capture", "amount_capturable": 5000}
    ),
    "payment_intent.canceled": _status("payment_intent", "canceled"),
    "payment_intent.created": _status("payment_intent", "requires_payment_method"),
    "payment_intent.payment_failed": _status("payment_intent", "requires_payment_method"),
    "payment_intent.processing": _status("payment_intent", "processing"),
    "payment_intent.requires_action": _status("payment_intent", "requires_action"),
    "payment_intent.succeeded": _S("payment_intent", {"amount_received": 5000}),
    "payment_link.created": _S("payment_link"),
    "payment_link.updated": _S("payment_link", {"active": False}, {"active": True}),
    "payment_method.attached": _S("payment_method"),
    "payment_method.detached": _S("payment_method", {"customer": None}, {"customer": _CUSTOMER}),
    "payment_method.updated": _S("payment_method", _ORDER, _LATER),
    "person.created": _S("person", {"verification": {"status": "unverified"}}),
    "person.deleted": _S("person"),
    "person.updated": _S("person", {}, {"verification": {"status": "pending"}}),
    "payout.canceled": _status("payout", "canceled"),
    "payout.created": _status("payout", "pending"),
    "payout.failed": _S("payout", {"status": "failed", "failure_code": "account_closed"}),
    "payout.paid": _S("payout"),
    "payout.reconciliation_completed": _S("payout"),
    "payout.updated": _status("payout", "in_transit", "pending"),
    "price.created": _S("price"),
    "price.updated": _S("price", {"active": False}, {"active": True}),
    "product.created": _S("product"),
    "product.deleted": _S("product"),
    "product.updated": _S("product", {}, {"name": "Lamp"}),
    "promotion_code.created": _S("promotion_code"),
    "promotion_code.updated": _S("promotion_code", {"active": False}, {"active": True}),
    "radar.early_fraud_warning.created": _S("radar.early_fraud_warning"),
    "radar.early_fraud_warning.updated": _S(
        "radar.early_fraud_warning", {"actionable": False}, {"actionable": True}
    ),
    "refund.created": _status("refund", "pending"),
    "refund.failed": _S("refund", {"status": "failed", "failure_reason": "unknown"}),
    "refund.updated": _status("refund", "succeeded", "pending"),
    "setup_intent.canceled": _status("setup_intent", "canceled"),
    "setup_intent.created": _status("setup_intent", "requires_payment_method"),
    "setup_intent.requires_action": _status("setup_intent", "requires_action"),
    "setup_intent.setup_failed": _status("setup_intent", "requires_payment_method"),
    "setup_intent.succeeded": _S("setup_intent"),
    "source.chargeable": _S("source"),
    "tax_rate.created": _S("tax_rate"),
    "tax_rate.updated": _S("tax_rate", {"active": False}, {"active": True}),
    "transfer.created": _S("transfer"),
    "transfer.reversed": _S("transfer", {"amount_reversed": 4700, "reversed": True}),
    "transfer.updated": _S("transfer", _ORDER, _LATER),
    "unapplied_payment.created": _S("unapplied_payment"),
    "unapplied_payment.updated": _status("unapplied_payment", "returned", "returning"),
    "webhook_endpoint.disabled": _status("webhook_endpoint", "disabled"),
    "webhook_endpoint.failing": _S("webhook_endpoint"),
    "webhook_endpoint.tested": _S("webhook_endpoint"),
}


def event(type: str) -> JsonObject:
    """Return the sample of a type, as it is sent."""
    sample = SAMPLES[type]
    data: JsonObject = {"object": {"object": sample.kind, **_OBJECTS[sample.kind], **sample.now}}
    if sample.before is not None:
        data["previous_attributes"] = sample.before
    return {"id": "evt_1", "object": "event", "type": type, "data": data}


def section() -> Iterable[str]:
    """Return the lines of the reference: each type's line with its sample below."""
    yield from ("## Samples", "", "Each is shortened to what the event is about.")
    for type, told in EVENT_TYPES.items():
        yield from ("", f"### {type}", "", told, "", "```json", json.dumps(event(type)), "```")
