"""What a page from elsewhere may do: ask with a publishable key, and read the answer."""

from collections.abc import Collection
from typing import Final

from django.http import HttpRequest

from core.errors import Unauthenticated
from core.types import JsonObject

_HEADERS: Final = (
    "Authorization, Content-Type, Idempotency-Key, Stripe-Account, Stripe-Version, "
    "X-Requested-With, X-Stripe-Client-User-Agent"
)
_EXPOSED: Final = (
    "Request-Id, Retry-After, Stripe-Rate-Limited-Reason, Stripe-Should-Retry, Stripe-Version"
)
_SECONDS: Final = "300"
# What pages say beside the parameters, since they send no headers of their own.
_INSTEAD: Final = {
    "_stripe_account": "HTTP_STRIPE_ACCOUNT",
    "_stripe_version": "HTTP_STRIPE_VERSION",
}


def with_key(request: HttpRequest, payload: JsonObject) -> JsonObject:
    """Move the key and account of a page's request from its parameters to its headers.

    Raises:
        Unauthenticated: If the key is of a kind that no page may have.
    """
    key = payload.pop("key", None)
    if key is None:
        return payload
    if not isinstance(key, str) or not key.startswith("pk_"):
        raise Unauthenticated(
            "The parameter 'key' takes publishable keys only. Send other keys in the "
            "Authorization header, from a server: 'Authorization: Bearer YOUR_SECRET_KEY'."
        )
    request.META["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    for name, header in _INSTEAD.items():
        if isinstance(value := payload.pop(name, None), str):
            request.META.setdefault(header, value)
    return payload


def preflight(methods: Collection[str]) -> dict[str, str]:
    """Return the headers that tell a browser what it may send here.

    Args:
        methods: Those that publishable keys may use; without any, no page may ask at all.
    """
    if not methods:
        return {}
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": _SECONDS,
    }


def readable(key_kind: str | None) -> dict[str, str]:
    """Return the headers with which any page may read an answer.

    Args:
        key_kind: The kind of the caller's key; None if nobody knows it.
    """
    if key_kind not in (None, "publishable"):
        return {}
    return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}
