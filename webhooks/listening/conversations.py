"""One connection of whoever listens: what to say next, and what to make of what is heard."""

from typing import Protocol

from webhooks.listening.events import Events
from webhooks.listening.requests import Requests
from webhooks.listening.tickets import REQUEST_LOGS, Ticket


class Conversation(Protocol):
    """One connection's. It is asked for one thing at a time, from any thread."""

    def next(self) -> list[str] | None:
        """Return what is to be said now; None if it is over."""

    def hear(self, text: str) -> None:
        """Take in what the other side says."""

    def end(self) -> None:
        """Leave everything as it is when nobody listens."""


def begin(ticket: Ticket) -> Conversation:
    """Begin what a ticket is for."""
    return Requests(ticket) if ticket.feature == REQUEST_LOGS else Events(ticket)
