"""An API that a developer names, and the developer's own program: what these commands speak to."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import typer

from config.launcher import problems
from config.launcher.home import Home
from config.launcher.problems import Problem
from core.types import JsonObject

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse

ApiKey = Annotated[
    str | None, typer.Option(envvar="RIALTO_API_KEY", help="sk_test_…; else the home's.")
]
ApiBase = Annotated[
    str | None,
    typer.Option(envvar="RIALTO_API_BASE", help="http://127.0.0.1:8000; else the home's."),
]
_ANSWER_SECONDS: Final = 30
_CLOSE_SECONDS: Final = 2.0
_PROTOCOL: Final = "stripecli-devproxy-v1"
_MOST_BODY: Final = 16_384


@dataclass(frozen=True, slots=True)
class Place:
    """Where an API is, and who asks.

    Args:
        base: Its address, without a path.
        key: A secret key.
    """

    base: str
    key: str


def place(api_key: str | None, api_base: str | None) -> Place:
    """Return which API is meant: what is said, or what the home's credentials say.

    Raises:
        Problem: If it is not said, and no home has any.
    """
    if api_key and api_base:
        return Place(api_base.rstrip("/"), api_key)
    path: Path = Home.of_environment().credentials
    try:
        kept = json.loads(path.read_text())
    except OSError as error:
        raise Problem(
            f"There is no {path}: say --api-key and --api-base.", problems.NOT_RUNNING
        ) from error
    base = api_base or kept["api_base"]
    return Place(base.rstrip("/"), api_key or kept["platform"]["secret_key"])


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answered, or why it did not."""

    status: int
    headers: dict[str, str]
    body: str
    error: str = ""


class Remote:
    """Requests to one API. Make it by `opened`."""

    def __init__(self, where: Place) -> None:
        import aiohttp

        self.where = where
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS), auto_decompress=True
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def ask(
        self, method: str, path: str, params: Mapping[str, object] | None = None
    ) -> tuple[int, JsonObject]:
        """Send a request to the API; return its status and its answer.

        Raises:
            Problem: If nothing answers there, or nothing that this command understands.
        """
        import aiohttp

        text = urlencode(list(form(params or {})))
        url = f"{self.where.base}{path}"
        headers = {"Authorization": f"Bearer {self.where.key}"}
        is_post = method == "POST"
        if is_post:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif text:
            url = f"{url}?{text}"
        try:
            async with self._session.request(
                method, url, headers=headers, data=text if is_post else None
            ) as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Problem(
                f"{self.where.base} cannot be reached: {error or type(error).__name__}.",
                problems.NOT_RUNNING,
            ) from error
        except ValueError as error:
            raise Problem(f"{url} did not answer with JSON.", problems.FAILED) from error

    async def session(self, feature: str, filters: Mapping[str, list[str]]) -> JsonObject:
        """Ask to listen.

        Raises:
            Problem: If the API refuses.
        """
        status, told = await self.ask(
            "POST",
            "/v1/stripecli/sessions",
            {
                "device_name": gethostname()[:200],
                "websocket_features": [feature],
                "filters": json.dumps(filters),
            },
        )
        if status != 200:
            raise Problem(told["error"]["message"], problems.FAILED)
        return told

    @asynccontextmanager
    async def listening(self, session: JsonObject) -> AsyncIterator["Line"]:
        """Open a connection on which things are told.

        Raises:
            Problem: If it is refused.
        """
        import aiohttp

        try:
            async with self._session.ws_connect(
                session["websocket_url"],
                protocols=(_PROTOCOL,),
                headers={"Websocket-Id": session["websocket_id"]},
                heartbeat=5,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
            ) as socket:
                yield Line(socket)
        except aiohttp.WSServerHandshakeError as error:
            raise Problem(
                f"{session['websocket_url']} refuses a WebSocket with {error.status}: is one "
                "passed on to Rialto there?",
                problems.FAILED,
            ) from error

    async def forward(self, url: str, body: str, headers: Mapping[str, str]) -> Reply:
        """Send an event to the developer's own program."""
        import aiohttp

        try:
            async with self._session.post(
                url, data=body.encode(), headers=dict(headers), allow_redirects=False
            ) as answer:
                text = (await answer.content.read(_MOST_BODY)).decode(errors="replace")
                return Reply(answer.status, dict(answer.headers), text)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return Reply(0, {}, "", str(error) or "It did not answer in time.")


class Line:
    """An open connection."""

    def __init__(self, socket: "ClientWebSocketResponse[bool]") -> None:
        self._socket = socket

    async def frames(self) -> AsyncIterator[JsonObject]:
        """Yield what is told until the other side hangs up."""
        async for message in self._socket:
            if isinstance(message.data, str):
                yield json.loads(message.data)

    async def say(self, told: JsonObject) -> None:
        """Tell the other side."""
        await self._socket.send_str(json.dumps(told))


@asynccontextmanager
async def opened(where: Place) -> AsyncIterator[Remote]:
    """Make a `Remote`, and close it at the end."""
    remote = Remote(where)
    try:
        yield remote
    finally:
        await remote.close()


def form(params: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Write parameters as a form does: `a[b]=1`, `c[0]=2`."""
    found: list[tuple[str, str]] = []
    for name, value in params.items():
        key = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, list):
            value = {str(place): one for place, one in enumerate(value)}
        if isinstance(value, Mapping):
            found += form(value, key)
        else:
            found.append((key, str(value).lower() if isinstance(value, bool) else str(value)))
    return found


def run(work: Coroutine[None, None, None]) -> None:
    """Run a command until it ends or somebody ends it."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
