"""The wire objects that let a payer's own application act: sessions and ephemeral keys."""

from typing import Final

from accounts.models import ApiKey
from core.types import JsonObject
from payments.models import CustomerSession

_REDISPLAY: Final = {"payment_method_allow_redisplay_filters": ["always"]}
_REMOVE: Final = {"payment_method_remove": "disabled"}
_SAVE: Final = {
    "payment_method_redisplay": "disabled",
    "payment_method_save": "disabled",
}
# Component → what its features are unless the request says otherwise; None without features.
_FEATURES: Final[dict[str, JsonObject | None]] = {
    "active_entitlements": None,
    "buy_button": None,
    "customer_portal": None,
    "customer_sheet": _REDISPLAY | _REMOVE,
    "mobile_payment_element": _REDISPLAY
    | _REMOVE
    | _SAVE
    | {"payment_method_save_allow_redisplay_override": None},
    "payment_element": _REDISPLAY
    | _REMOVE
    | _SAVE
    | {"payment_method_redisplay_limit": 3, "payment_method_save_usage": None},
    "pricing_table": None,
}


def customer_session(row: CustomerSession, secret: str) -> JsonObject:
    """Render a session with its secret, which is shown once."""
    return {
        "object": "customer_session",
        "client_secret": secret,
        "components": {
            name: _component(row.components.get(name, {}), features)
            for name, features in _FEATURES.items()
        },
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "expires_at": int(row.expires_at.timestamp()),
        "livemode": row.livemode,
    }


def ephemeral_key(row: ApiKey, secret: str | None = None) -> JsonObject:
    """Render a key; its text is known only when it is made."""
    assert row.expires_at is not None
    return {
        "id": row.id,
        "object": "ephemeral_key",
        "created": int(row.created_at.timestamp()),
        "expires": int(row.expires_at.timestamp()),
        "livemode": row.livemode,
    } | ({"secret": secret} if secret else {})


def _component(component: JsonObject, features: JsonObject | None) -> JsonObject:
    is_enabled = component.get("enabled", False)
    shown = {"enabled": is_enabled}
    if features is not None:
        shown["features"] = features | component.get("features", {}) if is_enabled else None
    return shown
