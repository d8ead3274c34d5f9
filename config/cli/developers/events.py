"""`rialto events`: sending webhooks again."""

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from config.cli import running
from config.cli.developers.moments import moment
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import complain, console

if TYPE_CHECKING:
    from webhooks.services.resending import Progress

_LOOKS_EVERY_SECONDS = 0.5

app = typer.Typer(help="Send events to webhook endpoints again.", no_args_is_help=True)


@app.callback()
def _events() -> None:
    """Keep `resend` a command of its own."""


@app.command()
def resend(
    failed: Annotated[bool, typer.Option("--failed", help="What was not accepted.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="What was accepted too.")] = False,
    since: Annotated[
        str, typer.Option(help="From when on: 30m, 2h, 3d, a day, or a moment in UTC.")
    ] = "30d",
    endpoint: Annotated[
        str | None, typer.Option(metavar="WE", help="One endpoint; else each of --account.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Whose endpoints, acct_…; else the demo platform's.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Endpoints of live mode.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop what runs instead.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all is out, and show how far.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send endpoints again what they were sent since a moment, the oldest first.

    A task sends it as fast as each endpoint takes it, also after this command has ended.
    """
    if not stop and failed == everything:
        raise Problem("Say either --failed or --all.", problems.USAGE)
    home = running.enter("events resend")
    if not endpoint:
        account = account or running.credentials(home)["platform"]["account"]
    begun = _each(
        endpoint,
        account,
        livemode=live,
        since=None if stop else since,
        sends_accepted=everything,
    )
    if wait and not stop:
        begun = [_ended(one) for one in begun]
    if as_json:
        print(json.dumps([asdict(one) | {"since": one.since.isoformat()} for one in begun]))
        return
    for one in begun:
        console.print(
            f"{one.endpoint}: {one.sent} of {one.total} sent again, {one.status}", markup=False
        )
    if not begun:
        console.print("Nothing is sent again.")


def _each(
    id: str | None,
    account_id: str | None,
    *,
    livemode: bool,
    since: str | None,
    sends_accepted: bool,
) -> list["Progress"]:
    """Begin for each endpoint that is meant, or stop; say of which it cannot be done."""
    from django.utils import timezone

    from core.errors import InvalidRequest
    from webhooks import queries
    from webhooks.services import resending

    at = timezone.now()
    first = None if since is None else moment(since, at=at)
    rows = queries.all_endpoints()
    if id:
        rows = rows.filter(id=id)
    else:
        rows = rows.filter(account_id=account_id, livemode=livemode, is_enabled=True)
    found = list(rows.order_by("id"))
    if not found:
        raise Problem(f"There is no endpoint {id or f'of {account_id}'}.", problems.FAILED)
    begun = []
    for row in found:
        try:
            if first is None:
                one = resending.stop(endpoint=row, at=at)
            else:
                one = resending.begin(
                    endpoint=row, at=at, since=first, sends_accepted=sends_accepted
                )
            begun.append(resending.progress(one.id))
        except InvalidRequest as error:
            complain(f"{row.id}: {error}")
    return begun


def _ended(one: "Progress") -> "Progress":
    from webhooks.services import resending

    while one.is_running:
        complain(f"{one.endpoint}: {one.sent} of {one.total}")
        time.sleep(_LOOKS_EVERY_SECONDS)
        one = resending.progress(one.id)
    return one
