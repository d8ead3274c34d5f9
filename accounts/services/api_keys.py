"""Making, checking and ending API keys."""

import hmac
import re
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least

from accounts.audit import trail
from accounts.models import ApiKey, KeyKind
from core.errors import InvalidRequest
from core.ids import ALPHABET, new_id, random_text
from core.tenant import Tenant

_KINDS: Final = {
    KeyKind.SECRET: "sk",
    KeyKind.RESTRICTED: "rk",
    KeyKind.PUBLISHABLE: "pk",
    KeyKind.EPHEMERAL: "ek",
}
# Keys were once made with an underscore after "rlt", and are good until they end; clients that
# look at a key before they send it take two underscores and no more.
_SHAPE: Final = re.compile(r"(sk|rk|pk|ek)_(test|live)_rlt_?([0-9A-Za-z]{43})([0-9A-Za-z]{6})")
_START: Final = re.compile(r"(?:sk|rk|pk|ek)_(?:test|live)_(?:rlt_?)?")
# Shorter texts show nothing of themselves: four characters would be too much of them.
_SHORTEST_SHOWN: Final = 24
_LEVELS: Final = frozenset({"none", "read", "write"})
_MOST_PERMISSIONS: Final = 200

# How long the old key may still work when a key is rolled.
OVERLAPS: Final = (timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(days=7))


def create(
    *,
    tenant: Tenant,
    kind: KeyKind = KeyKind.SECRET,
    name: str = "",
    permissions: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
    platform_id: str | None = None,
    token_family: UUID | None = None,
    dpop_jkt: str | None = None,
    id: str | None = None,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        tenant: Whose key, and for which mode.
        kind: What it may do at all.
        name: The name, for people.
        permissions: Resource → `"none"`, `"read"` or `"write"`, for a restricted key; `"customer"`
            → its id, for an ephemeral one, which also must end. `"*"` stands for every resource.
        expires_at: When it ends by itself, if ever.
        platform_id: The platform that gets it by OAuth, if one does.
        token_family: The token family of the consent by which it is made.
        dpop_jkt: The thumbprint of the key that must prove each use; None for a bearer's.
        id: Its id, of whoever may ask twice; the second time fails on it.
        at: The moment.

    Returns:
        The row, and the key itself, which is never to be had again.

    Raises:
        InvalidRequest: If a permission is no such word or the key needs none, or the end is past.
    """
    _check(kind, permissions or {}, expires_at, at)
    start = f"{_KINDS[kind]}_{'live' if tenant.livemode else 'test'}_rlt"
    secret = random_text(43)
    text = f"{start}{secret}{checksum(start + secret)}"
    key = ApiKey(
        id=id or new_id("key"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind=kind,
        name=name,
        digest=digest(text),
        hint=hint(text),
        public_text=text if kind == KeyKind.PUBLISHABLE else None,
        permissions=dict(permissions or {}),
        platform_id=platform_id,
        token_family=token_family,
        dpop_jkt=dpop_jkt,
        created_at=at,
        expires_at=expires_at,
    )
    with transaction.atomic(savepoint=False):
        key.save(force_insert=True)
        # Merchants' servers make ephemeral ones all day, by the API.
        if kind != KeyKind.EPHEMERAL:
            trail.record(
                "api_key.created", key, changes={"kind": (None, kind), "digest": (None, key.digest)}
            )
    return key, text


def roll(
    *, key: ApiKey, expires_in: timedelta, id: str | None = None, at: datetime
) -> tuple[ApiKey, str]:
    """Make a key like this one, and let this one expire.

    Args:
        key: The old one.
        expires_in: How long the old one still works: one of `OVERLAPS`.
        id: The new key's id, of whoever may ask twice.
        at: The moment.

    Returns:
        The new row, and the new key itself.

    Raises:
        InvalidRequest: If the old key has ended already, or the overlap is none of the four.
    """
    if expires_in not in OVERLAPS:
        raise InvalidRequest("A rolled key ends at once, or in 1 hour, 24 hours or 7 days.")
    if key.expires_at is not None and key.expires_at <= at:
        raise InvalidRequest("This key has ended. Make a new one.", code="api_key_expired")
    with transaction.atomic(savepoint=False):
        new, text = create(
            tenant=key.tenant,
            kind=KeyKind(key.kind),
            name=key.name,
            permissions=key.permissions,
            expires_at=key.expires_at,
            platform_id=key.platform_id,
            token_family=key.token_family,
            dpop_jkt=key.dpop_jkt,
            id=id,
            at=at,
        )
        trail.record("api_key.rolled", key, changes={"id": (key.id, new.id)})
        revoke(key=key, at=at + expires_in)
    return new, text


def revoke(*, key: ApiKey, at: datetime) -> None:
    """Expire a key at a moment; the next request after it is refused.

    A key that ends sooner anyway keeps its own end.
    """
    with transaction.atomic(savepoint=False):
        before = key.expires_at
        ApiKey.objects.filter(id=key.id).update(expires_at=Least(Coalesce(F("expires_at"), at), at))
        key.refresh_from_db(fields=["expires_at"])
        if key.kind != KeyKind.EPHEMERAL:
            trail.record("api_key.revoked", key, changes={"expires_at": (before, key.expires_at)})


def rename(*, key: ApiKey, name: str) -> None:
    """Call a key otherwise, for people."""
    with transaction.atomic(savepoint=False):
        trail.record("api_key.changed", key, changes={"name": (key.name, name)})
        ApiKey.objects.filter(id=key.id).update(name=name)


def list_keys(*, tenant: Tenant, at: datetime) -> list[ApiKey]:
    """Return the tenant's keys that have not ended, newest first, without payers' own ones."""
    in_use = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    own = ApiKey.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return list(own.filter(in_use).exclude(kind=KeyKind.EPHEMERAL).order_by("-id"))


def digest(text: str) -> bytes:
    """Return what is stored of a key: a keyed hash, which is also how it is looked up."""
    mac = _hmac(settings.RIALTO_KEY_PEPPER).copy()
    mac.update(text.encode())
    return mac.digest()


def is_well_formed(text: str) -> bool:
    """Check a key's form and checksum, before the database is asked."""
    match = _SHAPE.fullmatch(text)
    return match is not None and checksum(text[:-6]) == match[4]


def hint(text: str) -> str:
    """Return what its owner is shown of a key: its kind, and four characters at either end."""
    match = _START.match(text)
    start = match[0] if match else ""
    return f"{text[: len(start) + 4]}...{text[-4:]}"


def mask(text: str) -> str:
    """Return what anybody may see of a text that came as a key: its start and last four."""
    match = _START.match(text)
    start = match[0] if match else ""
    is_long = len(text) >= _SHORTEST_SHOWN and text.isprintable()
    return f"{start}{'*' * 8}{text[-4:] if is_long else ''}"


@lru_cache(maxsize=4)
def _hmac(pepper: str) -> hmac.HMAC:
    # Copied for each use: to begin anew costs ten times as much.
    return hmac.new(pepper.encode(), digestmod="sha256")


def checksum(text: str) -> str:
    """Return the six characters that a key ends with, so that a typing error is found."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _check(
    kind: KeyKind, permissions: Mapping[str, str], expires_at: datetime | None, at: datetime
) -> None:
    if expires_at is not None and expires_at <= at:
        raise InvalidRequest("A key must end in the future.", param="expires_at")
    if kind == KeyKind.EPHEMERAL:
        if permissions.keys() != {"customer"} or expires_at is None:
            raise InvalidRequest("An ephemeral key has a customer and an end.", param="kind")
        return
    if permissions and kind != KeyKind.RESTRICTED:
        raise InvalidRequest("Only restricted keys have permissions.", param="permissions")
    if len(permissions) > _MOST_PERMISSIONS or not _LEVELS.issuperset(permissions.values()):
        raise InvalidRequest("A permission is none, read or write.", param="permissions")
