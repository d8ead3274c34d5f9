"""The only outgoing HTTP to merchants: hostile receivers get nothing out of it."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace, TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from webhooks.sending import vetted
from webhooks.sending.vetted import AddressRefused

TOTAL_SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 5.0
KEPT_BYTES: Final = 16_384
_KEPT_HEADERS = 50
_KEPT_HEADER_LENGTH = 500
_KEPT_ERROR_LENGTH = 300
_SECRET_HEADERS = frozenset(
    "authorization proxy-authorization cookie set-cookie x-api-key "
    "stripe-signature webhook-signature".split()
)
_BLANK = "[redacted]"
_TOO_LATE = "The endpoint did not answer in time."
_HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Rialto/1.0 (webhooks)",
    "Accept": "*/*",
}


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

    @property
    def is_success(self) -> bool:
        """Return whether the receiver took it."""
        return self.status_code is not None and 200 <= self.status_code < 300


class Client:
    """Posts to receivers from one event loop: no redirect, no proxy, no cookie, vetted addresses.

    Connections are kept for the next delivery to the same host. Use it as a context.
    """

    async def __aenter__(self) -> Self:
        self._sessions = {livemode: _session(livemode=livemode) for livemode in (False, True)}
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: dict[str, str],
        livemode: bool,
        seconds: float = TOTAL_SECONDS,
    ) -> Reply:
        """Post a body once, with one deadline over all of it.

        Args:
            url: The URL of the endpoint.
            body: The exact bytes.
            headers: The headers, with the signatures.
            livemode: True forbids this machine and anything but https.
            seconds: For name, connection, TLS, request and answer together.
        """
        started = time.monotonic()
        if livemode and urlsplit(url).scheme != "https":
            return _failure(started, "Live endpoints must use https.")
        heard = _Heard()
        try:
            async with asyncio.timeout(seconds):
                await self._post(url, body, headers, heard, livemode=livemode)
        except TimeoutError:
            # Its status counts, however the body ends.
            if heard.status is None:
                return _failure(started, _TOO_LATE, timed_out=True)
        except (aiohttp.ClientError, OSError, ValueError, UnicodeError) as error:
            if heard.status is None:
                return _failure(started, _why(error))
        return Reply(
            heard.status,
            _text(bytes(heard.content[:KEPT_BYTES])),
            _ms_since(started),
            retry_after_seconds=_seconds_to_wait(heard.headers),
            headers=redact(heard.headers),
        )

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str], heard: "_Heard", *, livemode: bool
    ) -> None:
        """Send, and once more if a connection that was kept has been closed meanwhile."""
        # What is stored was checked: nothing is written in another way than there.
        target = URL(url, encoded=True)
        while True:
            context = SimpleNamespace(is_reused=False)
            try:
                async with self._sessions[livemode].post(
                    target,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    trace_request_ctx=context,
                ) as response:
                    await heard.read(response)
                return
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                if not context.is_reused or heard.status is not None:
                    raise


class _Heard:
    """What a receiver has said so far."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.content = bytearray()

    async def read(self, response: aiohttp.ClientResponse) -> None:
        """Read what is kept, and close the connection if there is more."""
        self.status = response.status
        self.headers = [
            (name.decode("latin-1"), text.decode("latin-1")) for name, text in response.raw_headers
        ]
        while chunk := await response.content.read(KEPT_BYTES + 1 - len(self.content)):
            self.content += chunk
            if len(self.content) > KEPT_BYTES:
                response.close()
                return


def redact(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as they may be kept: bounded, and without what opens doors."""
    return {
        _kept(name.lower()): _BLANK if name.lower() in _SECRET_HEADERS else _kept(text)
        for name, text in list(headers)[:_KEPT_HEADERS]
    }


def _kept(text: str) -> str:
    # PostgreSQL keeps no NUL.
    return text[:_KEPT_HEADER_LENGTH].replace("\0", "")


def _session(*, livemode: bool) -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(_note_reuse)
    return aiohttp.ClientSession(
        connector=vetted.connector(livemode=livemode),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        auto_decompress=False,
        trust_env=False,
        raise_for_status=False,
        read_bufsize=KEPT_BYTES,
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
        trace_configs=[tracing],
    )


async def _note_reuse(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceConnectionReuseconnParams,
) -> None:
    context.trace_request_ctx.is_reused = True


def _why(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return str(cause) if isinstance(cause, AddressRefused) else f"{type(error).__name__}: {error}"


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
