"""Making, checking and ending API keys."""

import hashlib
import hmac
import re
import zlib
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import ApiKey, KeyKind
from core.ids import ALPHABET, new_id, random_text
from core.tenant import Tenant

_KINDS = {KeyKind.SECRET: "sk", KeyKind.RESTRICTED: "rk", KeyKind.PUBLISHABLE: "pk"}
_SHAPE = re.compile(r"(sk|rk|pk)_(test|live)_rlt_([0-9A-Za-z]{43})([0-9A-Za-z]{6})\Z")


def create(
    *,
    tenant: Tenant,
    kind: KeyKind = KeyKind.SECRET,
    name: str = "",
    permissions: dict[str, str] | None = None,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        tenant: Whose key, and for which mode.
        kind: What it may do at all.
        name: For people.
        permissions: Resource → `"read"` or `"write"`, for a restricted key.
        at: The moment.

    Returns:
        The row, and the key itself, which is never to be had again.
    """
    start = f"{_KINDS[kind]}_{'live' if tenant.livemode else 'test'}_rlt_"
    secret = random_text(43)
    text = f"{start}{secret}{_checksum(start + secret)}"
    key = ApiKey.objects.create(
        id=new_id("key"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind=kind,
        name=name,
        digest=digest(text),
        hint=hint(text),
        public_text=text if kind == KeyKind.PUBLISHABLE else None,
        permissions=permissions or {},
        created_at=at,
    )
    return key, text


def roll(*, key: ApiKey, expires_in: timedelta, at: datetime) -> tuple[ApiKey, str]:
    """Make a key like this one, and let this one expire.

    Args:
        key: The old one.
        expires_in: How long the old one still works.
        at: The moment.

    Returns:
        The new row, and the new key itself.
    """
    new = create(
        tenant=key.tenant,
        kind=KeyKind(key.kind),
        name=key.name,
        permissions=key.permissions,
        at=at,
    )
    revoke(key=key, at=at + expires_in)
    return new


def revoke(*, key: ApiKey, at: datetime) -> None:
    """Let a key expire at a moment; the very next request after it is refused."""
    ApiKey.objects.filter(id=key.id).update(expires_at=at)


def digest(text: str) -> bytes:
    """Return what is stored of a key: a keyed hash, which is also how it is looked up."""
    return hmac.digest(settings.RIALTO_KEY_PEPPER.encode(), text.encode(), hashlib.sha256)


def is_well_formed(text: str) -> bool:
    """Tell a key from a typo, before the database is asked."""
    match = _SHAPE.match(text)
    return match is not None and _checksum(text[:-6]) == match[4]


def hint(text: str) -> str:
    """Return what may be shown of a key: its kind, and four characters at either end."""
    start, _, secret = text.rpartition("_")
    return f"{start}_{secret[:4]}...{secret[-4:]}"


def _checksum(text: str) -> str:
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
