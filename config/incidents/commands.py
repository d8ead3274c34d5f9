"""`rialto incidents`: stop what goes on, and gather what is known."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.cli import running
from config.cli.developers.moments import moment
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

app = typer.Typer(
    help="When something has happened: stop payouts, end keys and tokens, gather what is known.",
    no_args_is_help=True,
)

Account = Annotated[
    str, typer.Option(help="A seller, or a platform for all its sellers.", metavar="ACCOUNT")
]
All = Annotated[bool, typer.Option("--all", help="All sellers of all platforms.")]
Reason = Annotated[str, typer.Option(help="What has happened, for the audit trail.")]


@app.command("freeze-payouts")
def freeze_payouts(reason: Reason, account: Account = "", *, every: All = False) -> None:
    """Stop payouts of sellers, those that wait as well. It may be run again."""
    ids = _sellers("incidents freeze-payouts", account, every=every)
    from django.utils import timezone

    from config.incidents import containment

    count = containment.freeze_payouts(ids, reason=reason, author=running.who(), at=timezone.now())
    console.print(f"{len(ids)} sellers are paid nothing. {count} blocks are new, one a mode.")


@app.command("release-payouts")
def release_payouts(account: Account = "", *, every: All = False) -> None:
    """Let payouts go on that `freeze-payouts` has stopped; other blocks stay."""
    ids = _sellers("incidents release-payouts", account, every=every)
    from django.utils import timezone

    from config.incidents import containment

    count = containment.release_payouts(ids, author=running.who(), at=timezone.now())
    console.print(f"{count} blocks are released, of {len(ids)} sellers.")


@app.command("end-keys")
def end_keys(
    account: Annotated[str, typer.Argument(help="acct_…", metavar="ACCOUNT")],
) -> None:
    """End all keys of an account, in both modes."""
    running.enter("incidents end-keys")
    from django.utils import timezone

    from config.incidents import containment
    from core.errors import RialtoError

    try:
        count = containment.end_keys(account, at=timezone.now())
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
    console.print(f"{count} keys of {account} are refused from now on.", markup=False)


@app.command("end-tokens")
def end_tokens(
    client: Annotated[str, typer.Argument(help="The client's id, ca_…", metavar="CLIENT")],
    reason: Reason,
) -> None:
    """End the codes, tokens and keys of an OAuth client; accounts stay connected."""
    running.enter("incidents end-tokens")
    from django.utils import timezone

    from connect.oauth.services import containment
    from core.errors import RialtoError

    try:
        count = containment.end_tokens(client, reason=reason, at=timezone.now())
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
    console.print(f"{client} has no token any more; it was connected {count} times.", markup=False)


@app.command()
def evidence(
    file: Annotated[Path, typer.Argument(help="A zip file that is not there yet.")],
    since: Annotated[str, typer.Option(help="From when on: 2026-12-01T08:00, 24h, 7d.")],
    account: Account = "",
) -> None:
    """Write one archive: timeline, audit trail with seals, alarms, requests, keys, sessions."""
    running.enter("incidents evidence")
    from config.incidents import evidence as archives

    at = datetime.now(UTC)
    begin = moment(since, at=at)
    if file.exists():
        raise Problem(f"{file} is there already: name another file.", problems.USAGE)
    counts = archives.gather(file, since=begin, account_id=account, at=at)
    for name, count in counts.items():
        console.print(f"  {name}: {count}", markup=False)
    by = begin + archives.REPORTED_WITHIN
    console.print(
        f"{file} is written. If personal data was read, the GDPR asks for a report by "
        f"{by:%Y-%m-%d %H:%M} UTC.",
        markup=False,
        soft_wrap=True,
    )


def _sellers(process: str, account: str, *, every: bool) -> list[str]:
    if bool(account) == every:
        raise Problem("Say --account ACCOUNT, or --all.", problems.USAGE)
    running.enter(process)
    from config.incidents import containment
    from core.errors import RialtoError

    try:
        return containment.sellers(account)
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
