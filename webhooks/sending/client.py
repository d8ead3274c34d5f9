"""The only outgoing HTTP of this room: hostile receivers get nothing out of it."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpcore

from core.database.transactions import forbid_transaction
from webhooks.sending import vetted_backend
from webhooks.sending.vetted_backend import AddressRefused

TOTAL_SECONDS = 15.0
KEPT_BYTES = 16_384
_KEPT_HEADERS = 50
_KEPT_HEADER_LENGTH = 500
_KEPT_ERROR_LENGTH = 300
_SECRET_HEADERS = frozenset(
    "authorization proxy-authorization cookie set-cookie x-api-key "
    "stripe-signature webhook-signature".split()
)
_BLANK = "[redacted]"
_TOO_LATE = "The endpoint did not answer in time."


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one attempt.

    Args:
        status_code: The receiver's status; None if there was none.
        body: The first 16 KB of what it said.
        latency_ms: How long it took.
        error: Why there is no status, for people.
        retry_after_seconds: What the receiver asked us to wait.
        timed_out: True if it took too long.
        headers: What it sent along, without what opens doors.
    """

    status_code: int | None
    body: str
    latency_ms: int
    error: str = ""
    retry_after_seconds: int | None = None
    timed_out: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def send(
    url: str,
    *,
    body: bytes,
    headers: dict[str, str],
    livemode: bool,
    seconds: float = TOTAL_SECONDS,
) -> Reply:
    """Post a body once: no redirect, no proxy, vetted address, one deadline over all.

    Args:
        url: The URL of the endpoint.
        body: The exact bytes.
        headers: The headers, with the signatures.
        livemode: True forbids this machine and anything but https.
        seconds: For name, connection, TLS, request and answer together.
    """
    forbid_transaction()
    started = time.monotonic()
    deadline = started + seconds
    try:
        return _post(url, body, headers, started, deadline, livemode=livemode)
    except AddressRefused as error:
        return _failure(started, str(error))
    except (httpcore.TimeoutException, TimeoutError):
        return _failure(started, _TOO_LATE, timed_out=True)
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        OSError,
        ValueError,
    ) as error:
        # A connection that we cut at the deadline fails in many ways.
        if time.monotonic() >= deadline:
            return _failure(started, _TOO_LATE, timed_out=True)
        return _failure(started, f"{type(error).__name__}: {error}")


def redact(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as they may be kept: bounded, and without what opens doors."""
    return {
        name.lower()[:_KEPT_HEADER_LENGTH]: (
            _BLANK if name.lower() in _SECRET_HEADERS else text[:_KEPT_HEADER_LENGTH]
        )
        for name, text in list(headers)[:_KEPT_HEADERS]
    }


def _post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    started: float,
    deadline: float,
    *,
    livemode: bool,
) -> Reply:
    parts = urlsplit(url)
    if livemode and parts.scheme != "https":
        raise AddressRefused("Live endpoints must use https.")
    left = max(0.1, deadline - time.monotonic())
    timeouts = {
        "connect": min(vetted_backend.CONNECT_SECONDS, left),
        "read": left,
        "write": left,
        "pool": left,
    }
    sent = {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Rialto/1.0 (webhooks)",
        "Accept": "*/*",
        "Connection": "close",
        "Content-Length": str(len(body)),
    } | headers
    with (
        vetted_backend.VettedBackend(deadline, livemode=livemode) as backend,
        httpcore.ConnectionPool(network_backend=backend, max_connections=1) as pool,
        pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": timeouts}
        ) as response,
    ):
        headers_received = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers]
        return Reply(
            response.status,
            _text(_beginning(response)),
            _ms_since(started),
            retry_after_seconds=_seconds_to_wait(headers_received),
            headers=redact(headers_received),
        )


def _beginning(response: httpcore.Response) -> bytes:
    """Read what is kept of the body. Its status counts, however the body ends."""
    content = b""
    with suppress(
        httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError
    ):
        for chunk in response.iter_stream():
            content += chunk
            if len(content) >= KEPT_BYTES:
                break
    return content[:KEPT_BYTES]


def _seconds_to_wait(headers: list[tuple[str, str]]) -> int | None:
    for name, text in headers:
        # Ten digits are more than anybody waits, and few enough to reckon with.
        if name.lower() == "retry-after" and text.isascii() and text.isdigit() and len(text) <= 10:
            return int(text)
    return None


def _failure(started: float, error: str, *, timed_out: bool = False) -> Reply:
    shown = error.replace("\0", "")[:_KEPT_ERROR_LENGTH]
    return Reply(None, "", _ms_since(started), shown, timed_out=timed_out)


def _text(content: bytes) -> str:
    # PostgreSQL keeps no NUL in a text.
    return content.decode(errors="replace").replace("\0", "")


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
