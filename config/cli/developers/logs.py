"""`rialto logs`: see requests to the API as they are made."""

import json
from typing import Annotated

import typer

from config.cli.developers import remote
from config.cli.developers.remote import ApiBase, ApiKey, Place
from config.launcher.progress import complain, console
from core.types import JsonObject

app = typer.Typer(help="See requests to the API as they are made.", no_args_is_help=True)


@app.callback()
def _logs() -> None:
    """Keep `tail` a command of its own."""


@app.command()
def tail(
    method: Annotated[list[str] | None, typer.Option(help="Such as POST; more than once.")] = None,
    path: Annotated[
        list[str] | None, typer.Option(help="And what lies below it; more than once.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Such as 402 or 4XX; more than once.")
    ] = None,
    print_json: Annotated[bool, typer.Option(help="Print each, a line of JSON.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
) -> None:
    """Show an account's requests until it is told to stop."""
    filters = {
        "filter_http_method": list(method or []),
        "filter_request_path": list(path or []),
        "filter_status_code": [one for one in status or [] if one.isdigit()],
        "filter_status_code_type": [one for one in status or [] if not one.isdigit()],
    }
    where = remote.place(api_key, api_base)
    remote.run(_tail(where, filters, print_json=print_json, count=count))


async def _tail(
    where: Place, filters: dict[str, list[str]], *, print_json: bool, count: int | None
) -> None:
    seen = 0
    async with remote.opened(where) as api:
        session = await api.session("request_logs", filters)
        async with api.listening(session) as line:
            complain("waiting for requests (Ctrl-C ends it)")
            async for frame in line.frames():
                row = json.loads(frame["event_payload"])
                if row["url"].startswith("/v1/stripecli/"):
                    continue
                seen += 1
                if print_json:
                    print(json.dumps(row), flush=True)
                else:
                    _show(row)
                if count is not None and seen >= count:
                    return
    complain("the connection was cut")
    raise typer.Exit(1)


def _show(row: JsonObject) -> None:
    error = row["error"]
    why = f" {error.get('code', '')} {error.get('message', '')}".rstrip() if error else ""
    console.print(
        f"[{row['status']}] {row['method']} {row['url']} {row['duration_ms']} ms "
        f"{row['request_id']}{why}",
        markup=False,
        soft_wrap=True,
    )
