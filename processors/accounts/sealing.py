"""What opens an account at a processor is kept encrypted, bound to its row."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.security import encryption

CREDENTIALS: Final = "credentials of processor accounts"
NOTICE_SECRETS: Final = "notice secrets of processor accounts"


@dataclass(frozen=True, slots=True)
class NoticeSecret:
    """What a processor signs its notices with.

    Args:
        text: The secret.
        since: When we were told.
        until: When it ends, after another one took its place; None for the one in use.
    """

    text: str
    since: datetime
    until: datetime | None = None


def seal_credentials(name: str, credentials: Mapping[str, str]) -> bytes:
    """Encrypt the credentials of an account."""
    return encryption.encrypt(json.dumps(dict(credentials)), purpose=CREDENTIALS, row=name)


def open_credentials(name: str, sealed: bytes | memoryview) -> dict[str, str]:
    """Decrypt the credentials of an account; none if none are kept."""
    if not sealed:
        return {}
    found: dict[str, str] = json.loads(encryption.decrypt(sealed, purpose=CREDENTIALS, row=name))
    return found


def seal_notice_secrets(name: str, secrets: Iterable[NoticeSecret]) -> bytes:
    """Encrypt the notice secrets of an account."""
    rows = [
        [one.text, one.since.isoformat(), one.until.isoformat() if one.until else None]
        for one in secrets
    ]
    return encryption.encrypt(json.dumps(rows), purpose=NOTICE_SECRETS, row=name)


def open_notice_secrets(name: str, sealed: bytes | memoryview) -> tuple[NoticeSecret, ...]:
    """Decrypt the notice secrets of an account, those that have ended among them."""
    if not sealed:
        return ()
    rows = json.loads(encryption.decrypt(sealed, purpose=NOTICE_SECRETS, row=name))
    return tuple(
        NoticeSecret(
            text,
            datetime.fromisoformat(since),
            datetime.fromisoformat(until) if until else None,
        )
        for text, since, until in rows
    )
