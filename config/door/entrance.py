"""The way of a request: its kind, its body, a thread, the answer."""

import asyncio
import json
import os
import resource
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, cast

from django.conf import settings
from django.http.response import HttpResponseBase

from config.door import answers, bodies, kinds, shedding, sockets
from config.door.answers import Answer
from config.door.bodies import Body, Refused
from config.door.budget import Budget
from config.door.environ import Environ, environ_of, with_body
from config.door.guests import Guests
from config.door.kinds import MIB, Kind
from config.door.known import is_known
from config.door.listeners import Listeners
from config.door.rsgi import Exchange, Headers, Scope, Upgrade
from config.door.shedding import Shedder
from config.door.threads import Threads
from config.door.watch import Watch
from config.monitoring.pulse import Pulse
from config.web.proxies import client_of
from core.browsers.content_policies import NOTHING
from core.measuring import counters

THREADS: Final = int(os.environ.get("RIALTO_WEB_THREADS") or 3)
# Bytes of bodies that are coming in, and of answers that wait to be read, in one process.
_BODIES: Final = 96 * MIB
_ANSWERS: Final = 128 * MIB
# Whoever comes when so many wait for a thread is told to come again.
_MOST_WAITING: Final = 512
# The route of what is refused before anybody looks at where it leads.
_REFUSED: Final = "(refused)"
_PULSE_SECONDS: Final = 2.0
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Application = Callable[..., HttpResponseBase | Iterable[bytes]]


class Door:
    """The application that Granian runs, one in each process."""

    def __init__(self, application: Application, threads: int = THREADS) -> None:
        self.application = application
        self.count = threads
        self.bodies = Budget(_BODIES)
        self.answers = Budget(_ANSWERS)
        self.guests = Guests(settings.CONNECTIONS_PER_ADDRESS)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads, before the first connection is accepted."""
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
        self.threads = Threads(self.count, loop)
        self.shedder = Shedder(
            places=_MOST_WAITING,
            reserved_percent=settings.RESERVED_PERCENT,
            wait_seconds=settings.SHED_WAIT_MILLISECONDS / 1000,
            clock=loop.time,
        )
        self.listeners = Listeners(self.threads)
        sockets.set_keepalive(loop)
        # Behind proxies all connections are theirs, and they count their clients'.
        Watch(0 if settings.TRUSTED_PROXIES else settings.CONNECTIONS_PER_ADDRESS).begin(loop)
        self._pulse = Pulse("web")
        self._beating = loop.create_task(self._beat())

    async def _beat(self) -> None:
        """Show that the loop turns, and by a row that its threads do."""
        while True:
            self._pulse.touch()
            if not self.threads.queued:
                await self.threads.run(self._pulse.note, "pulse")
            await asyncio.sleep(_PULSE_SECONDS)

    async def __rsgi__(self, scope: Scope, proto: Exchange | Upgrade) -> None:
        """Answer one request, unless too many of its address are being answered."""
        environ = environ_of(scope)
        if scope.proto == "ws":
            await self._let_listen(scope, environ, cast(Upgrade, proto))
        else:
            await self._exchange(scope, environ, cast(Exchange, proto))

    async def _let_listen(self, scope: Scope, environ: Environ, upgrade: Upgrade) -> None:
        try:
            with self.guests.under_way(client_of(environ) or environ["REMOTE_ADDR"]):
                await self.listeners.serve(scope, upgrade)
        except Refused as refused:
            upgrade.close(refused.status)

    async def _exchange(self, scope: Scope, environ: Environ, proto: Exchange) -> None:
        kind = kinds.of(scope.path)
        try:
            with self.guests.under_way(client_of(environ) or environ["REMOTE_ADDR"]):
                await self._answer(environ, proto, kind)
        except Refused as refused:
            counters.note_request(_REFUSED, environ["REQUEST_METHOD"], refused.status, 0)
            _refuse(proto, kind, refused)

    async def _answer(self, environ: Environ, proto: Exchange, kind: Kind) -> None:
        body = Body(self.bodies)
        try:
            self.shedder.check(
                shedding.rank_of(environ),
                inside=self.threads.waiting,
                queued=self.threads.queued,
                waited=self.threads.waited,
            )
            await self._take_in(environ, proto, kind, body)
            work = partial(self._carry_out, environ, body.content, proto)
            answer: Answer | None = await self.threads.run(work, _who(environ))
        finally:
            body.release()
        if answer is not None:
            await answers.send(answer, proto, self.answers)

    async def _take_in(self, environ: Environ, proto: Exchange, kind: Kind, body: Body) -> None:
        """Read the body, or leave it unread where the view refuses it by its head alone."""
        length = _announced_length(environ)
        if length == 0 or (length is None and kind.is_wire):
            return
        most = await self._most(environ, kind, length)
        if length is None or length <= most:
            await body.receive(proto, kind, length, most)
            return
        if most:
            await bodies.drain(proto, kind, length)
        if not kind.is_wire:
            raise bodies.too_large(most)

    async def _most(self, environ: Environ, kind: Kind, length: int | None) -> int:
        """Return how many bytes this caller may send."""
        if not kind.known_by or (length is not None and length <= kind.unknown_bytes):
            return kind.most_bytes
        is_one = await self.threads.run(partial(is_known, environ, kind.known_by), _who(environ))
        return kind.most_bytes if is_one else kind.unknown_bytes

    def _carry_out(self, environ: Environ, content: bytes, proto: Exchange) -> Answer | None:
        """Run the view in this thread, and answer from here unless the answer is large."""
        head: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
            head[:] = [(int(status[:3]), headers)]

        response = self.application(with_body(environ, content), start_response)
        try:
            answer = answers.gather(response, *head[0])
            if answer.source is not None:
                return answer
            proto.response_bytes(answer.status, answer.headers, answer.content)
            return None
        finally:
            if hasattr(response, "close"):
                response.close()


def _who(environ: Environ) -> str:
    """Return who asks, as far as is said: by a key, or from an address."""
    return str(environ.get("HTTP_AUTHORIZATION") or client_of(environ) or environ["REMOTE_ADDR"])


def _announced_length(environ: Environ) -> int | None:
    """Return the length of a body; None if it comes in chunks, which nobody can tell before."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)


def _refuse(proto: Exchange, kind: Kind, refused: Refused) -> None:
    """Answer, and hang up: what comes on such a connection afterwards is the rest of a body."""
    headers = [
        ("connection", "close"),
        ("content-type", "application/json"),
        ("content-security-policy", NOTHING),
        ("x-content-type-options", "nosniff"),
    ]
    if refused.status in (429, 503):
        headers += [("retry-after", "1"), ("stripe-should-retry", "true")]
    if refused.status == 429:
        headers.append(("stripe-rate-limited-reason", "global-concurrency"))
    error: str | dict[str, str] = refused.message
    if kind.is_wire:
        type = "api_error" if refused.status == 503 else "invalid_request_error"
        error = {"type": type, "message": refused.message}
        if refused.status == 429:
            error["code"] = "rate_limit"
    proto.response_bytes(refused.status, headers, json.dumps({"error": error}).encode())
