"""What is shown to payers' keys, and to applications: wherever an object stands."""

from collections.abc import Collection, Mapping
from typing import Final, overload

import orjson

from api.access import permissions
from api.access.caller import Caller
from core.types import Fields, JsonObject

_ERROR: Final = """
    type code message param decline_code advice_code network_advice_code network_decline_code
    doc_url request_log_url charge payment_intent setup_intent payment_method payment_method_type
    source
"""
_METHOD: Final = """
    id object allow_redisplay billing_details card us_bank_account sepa_debit promptpay created
    livemode type afterpay_clearpay alipay bancontact blik eps grabpay ideal klarna konbini p24
    paynow pix swish
"""
# Whose payers pay, or agree to it, elsewhere.
_PAYERS: Final = (
    "afterpay_clearpay", "alipay", "bancontact", "blik", "eps", "grabpay", "ideal", "klarna",
    "konbini", "p24", "paynow", "pix", "swish",
)  # fmt: skip
_ADDRESSED_CARD: Final = """
    id object address_city address_country address_line1 address_line1_check address_line2
    address_state address_zip address_zip_check name
"""
_CARD: Final = """
    brand checks country cvc_check display_brand dynamic_last4 exp_month exp_year funding
    generated_from last4 networks regulated_status three_d_secure_usage tokenization_method wallet
"""
_ACCOUNT: Final = """
    account_holder_type account_type bank_code bank_name branch_code country
    financial_connections_account generated_from last4 networks routing_number status_details
"""
_INTENT: Final = """
    id object allowed_payment_method_types automatic_payment_methods cancellation_reason
    client_secret created description excluded_payment_method_types livemode next_action
    payment_method payment_method_configuration_details payment_method_options
    payment_method_types status
    allowed_source_types next_source_action
"""

# What an account, or an event of it, shows of what no scope of OAuth includes: the permission.
_APART_FIELDS: Final = {
    "external_accounts": "external_accounts",
    "individual": "persons",
    # Of older versions.
    "legal_entity": "persons",
}
_APART_OBJECTS: Final = {"bank_account": "external_accounts", "person": "persons"}

_Fields = Mapping[str, frozenset[str]]


def _fields(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(text.split()) for kind, text in words.items()}


_COMMON: Final = _fields(
    {
        "error": _ERROR,
        "list": "object data has_more url",
        "payment_method": _METHOD,
        "card": _ADDRESSED_CARD + _CARD,
        "us_bank_account": _ACCOUNT,
        "sepa_debit": _ACCOUNT,
        "promptpay": "",
        "payer": "bank bic buyer_id fingerprint",
    }
)
_BY_KEY: Final[Mapping[str, _Fields]] = {
    "publishable": _COMMON
    | _fields(
        {
            "payment_intent": _INTENT
            + """
            amount amount_details canceled_at capture_method confirmation_method currency
            last_payment_error processing receipt_email setup_future_usage shipping source
        """,
            "setup_intent": _INTENT + "flow_directions last_setup_error usage",
            "source": """
            id object allow_redisplay amount card client_secret created currency flow livemode
            owner statement_descriptor status type usage
        """,
            "elements_checkout": """
            id object collects intent_secret livemode page payment_method_remove
            payment_method_types return_url
            card_fields saved_payment_methods session status ui_mode
        """,
            "elements_session": """
            object livemode payment_method_remove payment_method_save payment_method_save_usage
            payment_method_types
            card_fields saved_payment_methods
        """,
            "token": "id object bank_account card client_ip created livemode type used",
            "bank_account": """
            id object account_holder_name account_holder_type account_type bank_name country
            currency last4 routing_number status
        """,
            "confirmation_token": """
            id object created expires_at livemode mandate_data payment_intent
            payment_method_options payment_method_preview return_url setup_future_usage
            setup_intent shipping use_stripe_sdk
        """,
        }
    ),
    "ephemeral": _COMMON
    | _fields(
        {
            "payment_method": _METHOD + "customer",
            "customer": """
            id object address created default_source deleted email invoice_settings livemode name
            phone preferred_locales shipping sources
        """,
        }
    ),
}
# Parts that do not name what they are, by the field in which they stand.
_NAMELESS: Final = {
    "error": "error",
    "last_payment_error": "error",
    "last_setup_error": "error",
    "payment_intent": "payment_intent",
    "setup_intent": "setup_intent",
    "customer": "customer",
    "payment_method": "payment_method",
    "payment_method_preview": "payment_method",
    "card": "card",
    "us_bank_account": "us_bank_account",
    "sepa_debit": "sepa_debit",
    "promptpay": "promptpay",
    **dict.fromkeys(_PAYERS, "payer"),
}
# Fields that are objects' settings, by types of payment methods, and hold no such object.
_SETTINGS: Final = frozenset({"payment_method_options"})


def to_caller(caller: Caller, body: bytes) -> bytes:
    """Remove from an answer or error what its caller may not see.

    Args:
        caller: Whose key it is.
        body: The answer, as JSON.
    """
    if not caller.by_application:
        return to_key(caller.key_kind, body)
    hidden = permissions.ungranted_separate(permissions.owner_permissions(caller))
    return orjson.dumps(without(orjson.loads(body), hidden))


@overload
def without(value: JsonObject, hidden: Collection[str]) -> JsonObject: ...
@overload
def without(value: object, hidden: Collection[str]) -> object: ...
def without(value: object, hidden: Collection[str]) -> object:
    """Leave out the people and bank accounts of an account that its owner has not shared.

    Args:
        value: An answer or a part of it.
        hidden: The permissions that are missing.
    """
    if isinstance(value, list):
        return [without(item, hidden) for item in value]
    if not isinstance(value, dict):
        return value
    if _apart(value) in hidden:
        return {name: value[name] for name in ("id", "object") if name in value}
    found: JsonObject = {name: without(part, hidden) for name, part in value.items()}
    kind = value.get("object")
    if kind == "account":
        return _without_fields(found, hidden)
    if kind == "event" and "previous_attributes" in (data := found.get("data", {})):
        if _apart(value["data"].get("object") or {}) in hidden:
            del data["previous_attributes"]
        else:
            data["previous_attributes"] = _without_fields(data["previous_attributes"], hidden)
    return found


def _apart(value: Fields) -> str | None:
    kind = value.get("object")
    if kind == "card" and "account" in value:
        return "external_accounts"
    return _APART_OBJECTS.get(kind) if isinstance(kind, str) else None


def _without_fields(value: Fields, hidden: Collection[str]) -> JsonObject:
    return {name: part for name, part in value.items() if _APART_FIELDS.get(name) not in hidden}


def to_key(kind: str, body: bytes) -> bytes:
    """Remove from an answer or error what keys of a kind may not see.

    Args:
        kind: The key's: a merchant's own see everything.
        body: The answer, as JSON.
    """
    allowed = _BY_KEY.get(kind)
    if allowed is None:
        return body
    payload = orjson.loads(body)
    if "object" in payload and payload["object"] not in allowed:
        return orjson.dumps({name: payload[name] for name in ("id", "object") if name in payload})
    return orjson.dumps(_show(payload, "", allowed))


def _show(value: object, field: str, allowed: _Fields) -> object:
    if field in _SETTINGS:
        return value
    if isinstance(value, list):
        return [_show(item, "", allowed) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("object") or _NAMELESS.get(field)
    fields = allowed.get(kind) if isinstance(kind, str) else None
    if kind is not None and fields is None:
        # As if it had not been expanded.
        return value.get("id")
    return {
        name: _show(part, name, allowed)
        for name, part in value.items()
        if fields is None or name in fields
    }
