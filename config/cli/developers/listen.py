"""`rialto listen`: hear of events, and forward them to a program on this machine."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from config.cli.developers import remote
from config.cli.developers.remote import ApiBase, ApiKey, Line, Place, Remote
from config.launcher.progress import complain, console
from core.types import JsonObject

_AGAIN_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Wishes:
    forward_to: str | None
    events: frozenset[str]
    print_json: bool
    latest: bool
    count: int | None
    seen: int = 0
    forwarding: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_done(self) -> bool:
        return self.count is not None and self.seen >= self.count


def listen(
    forward_to: Annotated[
        str | None, typer.Option(metavar="URL", help="Where each event is sent.")
    ] = None,
    events: Annotated[
        str, typer.Option(help="Only these types, with commas between; * for all.")
    ] = "*",
    print_json: Annotated[bool, typer.Option(help="Print each event, a line of JSON.")] = False,
    latest: Annotated[
        bool, typer.Option(help="In the latest version instead of the account's.")
    ] = False,
    print_secret: Annotated[bool, typer.Option(help="Print the signing secret, and end.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
) -> None:
    """Hear of events as they happen, your connected accounts' too, and forward them.

    What your program answers is kept as an attempt. Needs no log-in and no npm; works in CI.
    """
    where = remote.place(api_key, api_base)
    wanted = frozenset(one.strip() for one in events.split(",") if one.strip())
    wishes = _Wishes(forward_to, wanted, print_json, latest, count)
    remote.run(_print_secret(where) if print_secret else _listen(where, wishes))


async def _print_secret(where: Place) -> None:
    async with remote.opened(where) as api:
        print((await api.session("webhooks", {}))["secret"])


async def _listen(where: Place, wishes: _Wishes) -> None:
    async with remote.opened(where) as api:
        session = await api.session("webhooks", {})
        complain(f"listening; the signing secret is {session['secret']} (Ctrl-C ends it)")
        while not wishes.is_done:
            async with api.listening(session) as line:
                async for frame in line.frames():
                    await _take(api, line, frame, wishes)
                    if wishes.is_done:
                        break
                await asyncio.gather(*wishes.forwarding)
            if not wishes.is_done:
                complain("the connection was cut; connecting again")
                await asyncio.sleep(_AGAIN_SECONDS)


async def _take(api: Remote, line: Line, frame: JsonObject, wishes: _Wishes) -> None:
    is_latest = frame["endpoint"]["api_version"] is not None
    if frame["type"] != "webhook_event" or is_latest != wishes.latest:
        return
    event = json.loads(frame["event_payload"])
    if not wishes.events & {"*", event["type"]}:
        return
    wishes.seen += 1
    if wishes.print_json:
        print(json.dumps(event), flush=True)
    else:
        whose = f" of {event['account']}" if event.get("account") else ""
        console.print(f"--> {event['type']}{whose} {event['id']}", markup=False, soft_wrap=True)
    if wishes.forward_to is None:
        await line.say(_heard("event_ack", frame) | {"event_token": event["id"]})
        return
    task = asyncio.create_task(_forward(api, line, frame, wishes))
    wishes.forwarding.add(task)
    task.add_done_callback(wishes.forwarding.discard)


async def _forward(api: Remote, line: Line, frame: JsonObject, wishes: _Wishes) -> None:
    url = wishes.forward_to or ""
    reply = await api.forward(url, frame["event_payload"], frame["http_headers"])
    told = f"[{reply.status}]" if reply.status else reply.error
    if not wishes.print_json:
        console.print(f"<-- {told} {url}", markup=False, soft_wrap=True)
    elif reply.error:
        complain(f"{url}: {reply.error}")
    await line.say(
        _heard("webhook_response", frame)
        | {
            "forward_url": url,
            "status": reply.status,
            "http_headers": reply.headers,
            "body": reply.body,
            "error": reply.error,
        }
    )


def _heard(type: str, frame: JsonObject) -> JsonObject:
    return {
        "type": type,
        "webhook_conversation_id": frame["webhook_conversation_id"],
        "webhook_id": frame["webhook_id"],
    }
