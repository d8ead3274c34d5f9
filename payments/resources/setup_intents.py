"""The wire objects of a setup intent, its attempts and its mandate."""

from django.conf import settings

from core.error_codes import document
from core.types import JsonObject
from payments import method_types, pages
from payments.method_types import offers
from payments.models import Mandate, SetupAttempt, SetupIntent
from payments.resources.charges import GENERATED
from payments.resources.payment_intents import choice_of, configuration_details, may_redirect
from payments.resources.payment_methods import checks
from processors import registry

_OPTIONS: dict[str, JsonObject] = {
    "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"},
    "us_bank_account": {"verification_method": "automatic"},
    "sepa_debit": {},
}


def setup_intent(row: SetupIntent) -> JsonObject:
    """Render a setup intent."""
    options = row.payment_method_options or {}
    choice = choice_of(row, registry.methods(livemode=row.livemode))
    types = offers.to_keep(choice, redirects=may_redirect(row))
    return {
        "id": row.id,
        "object": "setup_intent",
        "allowed_payment_method_types": row.payment_method_types or None,
        "application": None,
        "automatic_payment_methods": row.automatic_payment_methods,
        "cancellation_reason": row.cancellation_reason,
        "client_secret": row.client_secret,
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "excluded_payment_method_types": row.excluded_payment_method_types,
        "flow_directions": row.flow_directions,
        "last_setup_error": document(row.last_setup_error),
        "latest_attempt": row.latest_attempt_id,
        "livemode": row.livemode,
        "mandate": None if row.single_use_amount else row.mandate_id,
        "metadata": row.metadata,
        "next_action": pages.next_action(row.next_action, row.authentication_id),
        "on_behalf_of": row.on_behalf_of,
        "payment_method": row.payment_method_id,
        "payment_method_configuration_details": configuration_details(row),
        "payment_method_options": {
            type: dict(_OPTIONS[type]) | (options.get(type) or {})
            for type in types
            if type in _OPTIONS
        },
        "payment_method_types": types,
        "single_use_mandate": row.mandate_id if row.single_use_amount else None,
        "status": row.status,
        "usage": row.usage,
    } | ({} if row.attach_to_self is None else {"attach_to_self": row.attach_to_self})


def setup_attempt(row: SetupAttempt) -> JsonObject:
    """Render a setup attempt, with its payment method at hand."""
    method = row.payment_method
    return {
        "id": row.id,
        "object": "setup_attempt",
        "application": None,
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "flow_directions": None,
        "livemode": row.livemode,
        "on_behalf_of": row.on_behalf_of,
        "payment_method": row.payment_method_id,
        "payment_method_details": {
            method.type: _card(row) if method.type == "card" else _of_payer(row),
            "type": method.type,
        },
        "setup_error": document(row.setup_error),
        "setup_intent": row.setup_intent_id,
        "status": row.status,
        "usage": row.usage,
    }


def _card(row: SetupAttempt) -> JsonObject:
    method = row.payment_method
    return {
        "brand": method.brand,
        "checks": checks(method),
        "country": method.country,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "fingerprint": method.fingerprint,
        "funding": method.funding,
        "last4": method.last4,
        "network": method.brand,
        "three_d_secure": row.three_d_secure,
        "wallet": None,
    }


def _of_payer(row: SetupAttempt) -> JsonObject:
    """Render what is known of a payer who agreed elsewhere."""
    rules = method_types.of(row.payment_method.type)
    if not rules.keeps_as:
        return {}
    known = {**row.details, **row.payment_method.details}
    shown = set(rules.charged) - {"transaction_id"}
    return {name: known.get(name) for name in (*sorted(shown), *GENERATED)}


def mandate(row: Mandate) -> JsonObject:
    """Render a mandate, with its payment method at hand."""
    is_single = row.single_use_amount is not None
    use = {"amount": row.single_use_amount, "currency": row.single_use_currency}
    kind = row.payment_method.type
    acceptance = dict(row.customer_acceptance)
    how = acceptance["type"]
    rendered = {
        "id": row.id,
        "object": "mandate",
        "customer_acceptance": {
            "accepted_at": acceptance.get("accepted_at") or int(row.created_at.timestamp()),
            "type": how,
            how: (acceptance.get("online") or {}) if how == "online" else {},
        },
        "livemode": row.livemode,
        "payment_method": row.payment_method_id,
        "payment_method_details": {kind: _of_method(row), "type": kind},
        "status": row.status,
        "type": "single_use" if is_single else "multi_use",
    } | ({"single_use": use} if is_single else {"multi_use": {}})
    return rendered | ({"on_behalf_of": row.on_behalf_of} if row.on_behalf_of else {})


def _of_method(row: Mandate) -> JsonObject:
    details = {"reference": row.reference, "url": f"{settings.PUBLIC_URL}/v1/mandates/{row.id}"}
    return {name: details[name] for name in method_types.of(row.payment_method.type).mandate}
