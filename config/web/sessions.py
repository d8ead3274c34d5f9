"""Sessions of people: whoever reads the database cannot take one over."""

import hashlib
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.utils import timezone

from core.types import JsonObject

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession


class SessionStore(PlainStore):
    """Keep a digest where Django keeps the key that the browser has."""

    def exists(self, session_key: str) -> bool:
        """Return whether a session has this key."""
        return super().exists(_digest(session_key))

    def create_model_instance(self, data: JsonObject) -> "AbstractBaseSession":
        """Build the row."""
        row = super().create_model_instance(data)
        row.session_key = _digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End a session; without a key, this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_digest(key))

    def _get_session_from_db(self) -> "AbstractBaseSession | None":
        row = self.model.objects.filter(
            session_key=_digest(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row


def _digest(key: str) -> str:
    # Keys are drawn from 165 bits, so that a plain hash of them leads nowhere; the column has 40.
    return hashlib.sha256(f"rialto.session:{key}".encode()).hexdigest()[:40]
