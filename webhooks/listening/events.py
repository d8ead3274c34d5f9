"""A connection on which events are told, and what became of each is heard."""

import time
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone

from core.errors import Missing
from webhooks.listening import frames, listeners, tickets
from webhooks.listening.frames import Answer, Taken
from webhooks.listening.listeners import Sent
from webhooks.listening.tickets import Ticket
from webhooks.sending import signing

# On the way to one listener at once.
MOST_SENT: Final = 50
_KEPT_EVERY_SECONDS: Final = 5.0
# So long somebody's program may think about an event.
_PATIENCE_SECONDS: Final = 35.0


class Events:
    """Sends events, and keeps what became of them."""

    def __init__(self, ticket: Ticket) -> None:
        self._secret = tickets.secret(ticket.tenant, ticket.device)
        self._endpoint_id = listeners.open_for(ticket, at=timezone.now())
        self._keep_at = time.monotonic() + _KEPT_EVERY_SECONDS
        self._sent: dict[str, Sent] = {}

    def next(self) -> list[str] | None:
        """Return the frames of events that are due."""
        at = timezone.now()
        if time.monotonic() >= self._keep_at:
            if not listeners.keep(self._endpoint_id, at=at):
                return None
            self._keep_at = time.monotonic() + _KEPT_EVERY_SECONDS
        self._give_up(_PATIENCE_SECONDS, at=at)
        room = MOST_SENT - len(self._sent)
        if room <= 0:
            return []
        told: list[str] = []
        for one in listeners.due(self._endpoint_id, sent=self._sent, most=room, at=at):
            told += self._frames(one, at=at)
        return told

    def _frames(self, one: listeners.Due, *, at: datetime) -> list[str]:
        """Write an event in the account's version and in the latest: the listener chooses."""
        headers = {
            version: {"Content-Type": "application/json; charset=utf-8"}
            | signing.headers(
                secrets=[self._secret],
                body=body.encode(),
                message_id=one.event_id,
                timestamp=int(at.timestamp()),
            )
            for version, body in ((None, one.body), (settings.API_VERSION, one.latest))
        }
        self._sent[one.id] = Sent(at, one.due_at, time.monotonic(), headers[None])
        return [
            frames.webhook(
                delivery_id=one.id, body=body, headers=headers[version], api_version=version
            )
            for version, body in ((None, one.body), (settings.API_VERSION, one.latest))
        ]

    def hear(self, text: str) -> None:
        """Keep an answer, or that an event was taken."""
        told = frames.read(text)
        if told is None:
            return
        sent = self._sent.get(told.delivery_id)
        if isinstance(told, Taken):
            if sent is not None:
                sent.is_taken = True
            return
        self._sent.pop(told.delivery_id, None)
        # A second place that it forwards to answers later than the first one.
        known = sent or Sent(timezone.now(), None, time.monotonic(), {})
        try:
            listeners.record(told, endpoint_id=self._endpoint_id, sent=known)
        except Missing:
            return

    def end(self) -> None:
        """Close the endpoint; what was taken is delivered, and the rest will be canceled."""
        self._give_up(0, at=timezone.now(), taken_only=True)
        listeners.close(self._endpoint_id, at=timezone.now())

    def _give_up(self, seconds: float, *, at: datetime, taken_only: bool = False) -> None:
        now = time.monotonic()
        late = [id for id, one in self._sent.items() if now - one.begun >= seconds]
        for id in late:
            if self._sent[id].is_taken:
                answer = Answer(id, "", None, {}, "", listeners.NO_ANSWER, is_taken=True)
                listeners.record(answer, endpoint_id=self._endpoint_id, sent=self._sent[id])
        unwanted = [id for id in late if not self._sent[id].is_taken]
        if unwanted and not taken_only:
            listeners.skip(unwanted, endpoint_id=self._endpoint_id, at=at)
        for id in late:
            del self._sent[id]
