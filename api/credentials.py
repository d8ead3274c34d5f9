"""What a request shows of itself: a key by Bearer or Basic, an account, a version."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from api import versions
from api.caller import Caller
from api.errors import InvalidParams
from core.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Credential:
    """What came with a request, before anyone has asked whether it is good.

    Args:
        text: The key, or an OAuth token.
        stripe_account: The connected account that the caller wants to act on, `acct_...`.
        api_version: The version that the caller asks for, or None for its pinned one.
        request_id: `req_...`.
        is_secure: Whether the request came over TLS.
    """

    text: str
    stripe_account: str | None
    api_version: str | None
    request_id: str
    is_secure: bool


# Returns the caller of a good credential and raises for any other.
Authenticator = Callable[[Credential], Caller]


def authenticate(request: HttpRequest, request_id: str) -> Caller:
    """Find out who asks, by the authenticator that the settings name.

    Raises:
        Unauthenticated: If there is no usable key.
        Forbidden: If the key is good but not for this account.
        InvalidParams: If a header is malformed.
    """
    meta = request.META
    version = meta.get("HTTP_STRIPE_VERSION")
    return _authenticator(settings.API_AUTHENTICATION)(
        Credential(
            text=_key(meta.get("HTTP_AUTHORIZATION", "")),
            stripe_account=_stripe_account(meta),
            api_version=versions.check(version) if version else None,
            request_id=request_id,
            is_secure=request.is_secure(),
        )
    )


@lru_cache(maxsize=8)
def _authenticator(path: str) -> Authenticator:
    return cast(Authenticator, import_string(path))


def _key(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    scheme = scheme.lower()
    if scheme == "bearer":
        text = rest.strip()
    elif scheme == "basic":
        text = _user_of(rest.strip())
    else:
        text = ""
    if not text:
        raise Unauthenticated(
            "You did not provide an API key. Send your secret key in the Authorization header, "
            "using Bearer auth (for example 'Authorization: Bearer YOUR_SECRET_KEY') or Basic auth "
            "with the key as the user name and an empty password."
        )
    return text


def _user_of(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def _stripe_account(meta: dict[str, Any]) -> str | None:
    account = meta.get("HTTP_STRIPE_ACCOUNT")
    also = meta.get("HTTP_STRIPE_CONTEXT")
    if account and also and account != also:
        raise InvalidParams("Stripe-Account and Stripe-Context name different accounts.")
    return account or also or None
