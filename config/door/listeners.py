"""Connections of developers' commands that listen: as long as they last, and no thread meanwhile.

What is said and heard is the business of `webhooks.listening`; each step is work for a thread.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import connection

from config.door.rsgi import Scope, Socket, Upgrade
from config.door.threads import Made, Threads
from core.security.origins import origin_of
from webhooks.listening import conversations, tickets
from webhooks.listening.conversations import Conversation

logger = logging.getLogger(__name__)

InThread = Callable[[Callable[[], Any], str], Awaitable[Any]]

PATH: Final = "/v1/stripecli/socket"
# In one process.
MOST: Final = 100
_POLL_SECONDS: Final = 0.25
_TEXT: Final = 2
_CLOSED: Final = 0


class Listeners:
    """All connections of a process."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._count = 0

    async def serve(self, scope: Scope, upgrade: Upgrade) -> None:
        """Hold a connection until either side ends it, or refuse it."""
        if scope.path != PATH:
            upgrade.close(404)
            return
        if scope.headers.get("origin") not in (None, origin_of(settings.PUBLIC_URL)):
            # Commands say none: it is a page of somebody else.
            upgrade.close(403)
            return
        if self._count >= MOST:
            upgrade.close(503)
            return
        self._count += 1
        try:
            ticket = await self._in_thread(
                partial(tickets.read, scope.headers.get("websocket-id") or ""), "listeners"
            )
            if ticket is None:
                upgrade.close(401)
                return
            socket = await upgrade.accept()
            talk = await self._in_thread(partial(conversations.begin, ticket), ticket.account_id)
            await self._hold(socket, _InTurn(talk, self._in_thread, ticket.account_id))
        finally:
            self._count -= 1

    async def _hold(self, socket: Socket, talk: "_InTurn") -> None:
        both = [
            asyncio.create_task(_say(socket, talk)),
            asyncio.create_task(_hear(socket, talk)),
        ]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                if (error := one.exception()) and not isinstance(error, OSError | RuntimeError):
                    logger.error("A listener's connection failed.", exc_info=error)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            with suppress(Exception):
                await talk.end()

    async def _in_thread(self, work: Callable[[], Made], who: str) -> Made:
        return await self._threads.run(partial(_reconnecting, work), who)


def _reconnecting(work: Callable[[], Made]) -> Made:
    try:
        return work()
    finally:
        # The next one in this thread must not meet a connection that is broken.
        connection.close_if_unusable_or_obsolete()


class _InTurn:
    """A conversation that is asked for one thing at a time, also while its connection ends."""

    def __init__(self, talk: Conversation, in_thread: InThread, who: str) -> None:
        self._talk, self._in_thread, self._who = talk, in_thread, who
        self._turn = asyncio.Lock()

    async def next(self) -> list[str] | None:
        async with self._turn:
            return await asyncio.shield(self._in_thread(self._talk.next, self._who))

    async def hear(self, text: str) -> None:
        async with self._turn:
            await asyncio.shield(self._in_thread(partial(self._talk.hear, text), self._who))

    async def end(self) -> None:
        async with self._turn:
            await self._in_thread(self._talk.end, self._who)


async def _say(socket: Socket, talk: _InTurn) -> None:
    while (told := await talk.next()) is not None:
        for frame in told:
            await socket.send_str(frame)
        await asyncio.sleep(_POLL_SECONDS)


async def _hear(socket: Socket, talk: _InTurn) -> None:
    while (message := await socket.receive()).kind != _CLOSED:
        if message.kind == _TEXT:
            await talk.hear(str(message.data))
