"""Sessions of people: whoever reads the database cannot take one over."""

import time
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.utils import timezone

from accounts.people import sessions
from core.types import JsonObject

if TYPE_CHECKING:
    from accounts.models import Session


class SessionStore(PlainStore):
    """Keep a digest where Django keeps the key that the browser has, and end what is left alone."""

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        """Return whose rows sessions are."""
        from accounts.models import Session

        return Session

    def exists(self, session_key: str) -> bool:
        """Return whether a session has this key."""
        return super().exists(sessions.digest(session_key))

    def create_model_instance(self, data: JsonObject) -> "Session":
        """Build the row."""
        if SESSION_KEY in data:
            data.setdefault(sessions.BEGAN, time.time())
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = sessions.digest(row.session_key)
        if SESSION_KEY in data:
            sessions.describe(row, data)
        return row

    def get_expire_at_browser_close(self) -> bool:
        """Leave it to the server to end a session of somebody who is logged in."""
        return SESSION_KEY in self or super().get_expire_at_browser_close()

    def delete(self, session_key: str | None = None) -> None:
        """End a session; without a key, this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(sessions.digest(key))

    def _get_session_from_db(self) -> "Session | None":
        row = (
            self.get_model_class()
            .objects.filter(
                session_key=sessions.digest(self.session_key or ""), expire_date__gt=timezone.now()
            )
            .first()
        )
        if row is None:
            self._session_key = None
        else:
            sessions.keep_alive(row)
        return row
