"""A key → who asks. One query."""

import base64
import binascii
import threading
import time
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import ApiKey
from accounts.services import api_keys
from api.caller import Caller
from core.errors import Forbidden, Unauthenticated
from core.tenant import Tenant

_FIND = """
    SELECT k.id, k.account_id, k.livemode, k.kind, k.permissions, a.api_version,
           other.id, other.api_version
    FROM accounts_apikey k
    JOIN accounts_account a ON a.id = k.account_id AND a.closed_at IS NULL
    LEFT JOIN accounts_connection c
        ON c.platform_id = k.account_id AND c.account_id = %s AND c.livemode = k.livemode
        AND c.ended_at IS NULL
    LEFT JOIN accounts_account other ON other.id = c.account_id AND other.closed_at IS NULL
    WHERE k.digest = %s AND (k.expires_at IS NULL OR k.expires_at > now())
"""

_USE_WRITTEN_EVERY_SECONDS = 60
_last_use: dict[str, float] = {}
_lock = threading.Lock()


def authenticate(request: HttpRequest) -> Caller:
    """Find out who asks, and for which account.

    Raises:
        Unauthenticated: If there is no key, or none that we know.
        Forbidden: If the account that is acted on is not connected to the key's.
    """
    text = _key_of(request)
    asked_for = request.headers.get("Stripe-Account") or request.headers.get("Stripe-Context")
    found = _look_up(text, asked_for) if api_keys.is_well_formed(text) else None
    if found is None:
        raise Unauthenticated(f"Invalid API Key provided: {_masked(text)}")
    key_id, account_id, livemode, kind, permissions, version, other_id, other_version = found
    _note_use(key_id)
    own = Tenant(account_id, livemode)
    if asked_for is None or asked_for == account_id:
        return Caller(own, None, key_id, kind, version, permissions)
    if other_id is None:
        raise Forbidden(
            f"The provided key '{_masked(text)}' does not have access to account "
            f"'{asked_for[:64]}' (or that account does not exist). Application access may have "
            "been revoked.",
            code="account_invalid",
        )
    return Caller(Tenant(other_id, livemode), own, key_id, kind, other_version, permissions)


def _look_up(text: str, asked_for: str | None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [asked_for, api_keys.digest(text)])
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        return None
    permissions = row[4]
    if isinstance(permissions, str):
        permissions = orjson.loads(permissions)
    return (*row[:4], permissions, *row[5:])


def _key_of(request: HttpRequest) -> str:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and rest.strip():
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            user = base64.b64decode(rest.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            user = ""
        if user:
            return user
    raise Unauthenticated(
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    )


def _masked(text: str) -> str:
    start = text[:12] if text.startswith(("sk_", "rk_", "pk_")) else text[:3]
    return f"{start}{'*' * 8}{text[-4:]}" if len(text) > 20 else "****"


def _note_use(key_id: str) -> None:
    """Write down that a key was used, at most once a minute for each process."""
    now = time.monotonic()
    with _lock:
        if now - _last_use.get(key_id, -1e9) < _USE_WRITTEN_EVERY_SECONDS:
            return
        _last_use[key_id] = now
    at = timezone.now()
    minute_ago = at - timedelta(seconds=_USE_WRITTEN_EVERY_SECONDS)
    ApiKey.objects.filter(id=key_id).exclude(last_used_at__gt=minute_ago).update(last_used_at=at)
