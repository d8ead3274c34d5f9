"""What the server gives for a request: its head, and the way to its body and its answer."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Protocol

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """The head of a request; `proto` is `http` or `ws`."""

    proto: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    http_version: str
    authority: str | None
    headers: Mapping[str, str]


class Transport(Protocol):
    """The way of an answer that is sent piece by piece."""

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Send a piece, as soon as the client takes it."""


class Message(Protocol):
    """What came on a socket: 0 for its end, 1 for bytes, 2 for a text."""

    kind: int
    data: str | bytes


class Socket(Protocol):
    """A WebSocket that is open."""

    def receive(self) -> Awaitable[Message]:
        """Wait for what the client says."""

    def send_str(self, data: str) -> Awaitable[None]:
        """Say something, as soon as the client takes it."""


class Upgrade(Protocol):
    """A request for a WebSocket."""

    def accept(self) -> Awaitable[Socket]:
        """Open it."""

    def close(self, status: int) -> None:
        """Refuse it."""


class Exchange(Protocol):
    """The body of a request, whole or in pieces, and the way of its answer."""

    def __call__(self) -> Awaitable[bytes]:
        """Read the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body in pieces."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer at once."""

    def response_stream(self, status: int, headers: Headers) -> Transport:
        """Begin an answer."""
