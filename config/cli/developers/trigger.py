"""`rialto trigger`: make an event happen, by the requests that lead to it."""

import asyncio
import json
import re
import time
from copy import deepcopy
from dataclasses import replace
from typing import Annotated, Any, Final

import typer

from config.cli.developers import remote
from config.cli.developers.fixtures import FIXTURES, Step
from config.cli.developers.remote import ApiBase, ApiKey, Place, Remote
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console
from core.types import JsonObject

_REFERENCE: Final = re.compile(r"\$\{(\w+):([\w.]+)\}")
_PATIENCE_SECONDS: Final = 15.0
_LOOKS_EVERY_SECONDS: Final = 0.3


def trigger(
    event: Annotated[str, typer.Argument(help="Such as payment_intent.succeeded; or `list`.")],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="A parameter of the last step, or STEP:PATH=VALUE; such as amount=500.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the event as JSON.")] = False,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
) -> None:
    """Make an event happen in test mode. Exit code 1 if it does not."""
    if event == "list":
        print("\n".join(sorted(FIXTURES)))
        return
    if event not in FIXTURES:
        raise Problem(
            f"There is no way to {event} here: `rialto trigger list` shows which there are.",
            problems.USAGE,
        )
    where = remote.place(api_key, api_base)
    if "_live_" in where.key:
        raise Problem("Events are made in test mode only: give a key of it.", problems.USAGE)
    steps = _changed(FIXTURES[event], set_ or [])
    remote.run(_trigger(where, event, steps, as_json=as_json))


def _changed(steps: list[Step], changes: list[str]) -> list[Step]:
    """Put what was said into the parameters of the steps."""
    made = [replace(step, params=deepcopy(step.params)) for step in steps]
    for change in changes:
        path, is_there, value = change.partition("=")
        name, is_named, rest = path.partition(":")
        found = [step for step in made if step.name == name] if is_named else made[-1:]
        if not is_there or not found:
            known = ", ".join(step.name for step in made)
            raise Problem(
                f"{change} is no PATH=VALUE, or names none of the steps: {known}.", problems.USAGE
            )
        _put(found[0].params, (rest if is_named else path).split("."), value)
    return made


def _put(params: dict[str, Any], path: list[str], value: str) -> None:
    for name in path[:-1]:
        below = params.get(name)
        if isinstance(below, list):
            below = {str(place): one for place, one in enumerate(below)}
        params[name] = below if isinstance(below, dict) else {}
        params = params[name]
    params[path[-1]] = value


async def _trigger(where: Place, event: str, steps: list[Step], *, as_json: bool) -> None:
    known: dict[str, JsonObject] = {}
    async with remote.opened(where) as api:
        newest = await _events(api, event, limit=1)
        for step in steps:
            known[step.name] = await _take(api, step, known)
            if not as_json:
                console.print(f"{step.method} {step.path}", markup=False, soft_wrap=True)
        before = newest[0]["id"] if newest else None
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (found := await _events(api, event, limit=1, ending_before=before)):
            if time.monotonic() > deadline:
                raise Problem(
                    f"All requests were answered, and {event} did not happen.", problems.FAILED
                )
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
    if as_json:
        print(json.dumps(found[0]))
    else:
        console.print(f"{event} {found[0]['id']}", markup=False, soft_wrap=True)


async def _events(
    api: Remote, type: str, *, limit: int, ending_before: str | None = None
) -> list[JsonObject]:
    params: dict[str, object] = {"type": type, "limit": limit}
    if ending_before:
        params["ending_before"] = ending_before
    status, told = await api.ask("GET", "/v1/events", params)
    if status != 200:
        raise Problem(told["error"]["message"], problems.FAILED)
    return list(told["data"])


async def _take(api: Remote, step: Step, known: dict[str, JsonObject]) -> JsonObject:
    """Send the request of a step, with what earlier ones answered put in."""
    status, told = await api.ask(step.method, _fill(step.path, known), _fill(step.params, known))
    if status != step.status:
        message = told.get("error", {}).get("message", f"it answered {status}")
        raise Problem(f"{step.method} {step.path}: {message}", problems.FAILED)
    return told


def _fill(value: Any, known: dict[str, JsonObject]) -> Any:
    if isinstance(value, dict):
        return {name: _fill(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, known) for one in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda found: str(_look_up(known[found[1]], found[2])), value)


def _look_up(told: Any, path: str) -> Any:
    for name in path.split("."):
        told = told[int(name)] if isinstance(told, list) else told[name]
    return told
