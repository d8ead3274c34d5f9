"""`rialto ledger`: what accountants ask for."""

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import complain, console

_BEGINNING = "1970-01-01"

From = Annotated[
    str, typer.Option("--from", help="A day, from its start, or a moment such as 2026-11-23T09:00.")
]
To = Annotated[str | None, typer.Option("--to", help="A day, to its end, or a moment. Else: now.")]
Live = Annotated[bool, typer.Option("--live", help="The books of live mode.")]


class StatementFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


class ExportFormat(StrEnum):
    BEANCOUNT = "beancount"
    CSV = "csv"


def statement(
    account: Annotated[str, typer.Argument(help="Whose: acct_…, a processor, another owner.")],
    currency: Annotated[str, typer.Option(help="Three letters, such as usd.")],
    start: From = _BEGINNING,
    end: To = None,
    code: Annotated[str | None, typer.Option(help="Only this bucket, such as available.")] = None,
    form: Annotated[StatementFormat, typer.Option("--format")] = StatementFormat.CSV,
    live: Live = False,
) -> None:
    """Print every change of a balance, with the balance before and after them."""
    since, until = _span(start, end)
    running.enter("ledger statement")
    from ledger.reporting import exports, statements

    spell = exports.statement_csv if form is StatementFormat.CSV else exports.statement_json
    try:
        with statements.statement(
            owner=account,
            currency=currency.lower(),
            livemode=live,
            start=since,
            end=until,
            code=code,
        ) as found:
            if not found.is_final:
                complain("a day of this statement is not closed yet; its last lines may change.")
            _print(spell(found))
    except statements.NoLedgerAccount as error:
        raise Problem(f"{error} Is it in {_other(live)} mode?", problems.FAILED) from error
    except statements.DoesNotAddUp as error:
        raise Problem(f"{error} Run `rialto ledger verify`.", problems.BOOKS_WRONG) from error


def trial_balance(
    at: Annotated[str | None, typer.Option(help="A day, at its end, or a moment. Else: now.")] = (
        None
    ),
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what every ledger account held. Exit code 9 if debits are not credits."""
    moment = _end(at)
    running.enter("ledger trial-balance")
    from ledger.reporting import exports, statements

    trial = statements.trial_balance(at=moment)
    if as_json:
        _print([exports.trial_balance_json(trial)])
    elif as_csv:
        _print(exports.trial_balance_csv(trial))
    else:
        table = Table(
            "Mode", "Account", "Owner", title=f"Trial balance, {moment:%Y-%m-%d %H:%M} UTC"
        )
        for title in ("Currency", "Debit", "Credit"):
            table.add_column(title, justify="right")
        for row in exports.trial_balance_rows(trial):
            table.add_row(*row)
        console.print(table)
    if not trial.is_balanced:
        raise Problem("Debits are not credits. Run `rialto ledger verify`.", problems.BOOKS_WRONG)


def export(
    form: Annotated[ExportFormat, typer.Option("--format")],
    start: From = _BEGINNING,
    end: To = None,
    live: Live = False,
) -> None:
    """Print the general ledger: every posting of a span, for another program."""
    since, until = _span(start, end)
    running.enter("ledger export")
    from ledger.reporting import beancount, exports

    spell = beancount.books if form is ExportFormat.BEANCOUNT else exports.ledger_csv
    _print(spell(start=since, end=until, livemode=live))


def close_days() -> None:
    """Write the snapshots of all days that are over. It happens by itself, every ten minutes."""
    running.enter("ledger close-days")
    from ledger.rollups import snapshots

    closed = snapshots.write_snapshots()
    print(f"closed through {closed}" if closed else "no day is closed yet")


def register(app: typer.Typer) -> None:
    """Add these commands to `rialto ledger`."""
    app.command()(statement)
    app.command("trial-balance")(trial_balance)
    app.command()(export)
    app.command("close-days")(close_days)


def _span(start: str, end: str | None) -> tuple[datetime, datetime]:
    since, until = _parse(start)[0], _end(end)
    if until <= since:
        raise typer.BadParameter("--to is not after --from.")
    return since, until


def _end(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    at, is_day = _parse(text)
    return at + timedelta(days=1) if is_day else at


def _parse(text: str) -> tuple[datetime, bool]:
    """Return the moment, or the beginning of the day, and whether it is a day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day and no moment.") from None
    is_day = len(text) <= len("2026-11-23") and at.time() == time()
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC), is_day


def _other(live: bool) -> str:
    return "test" if live else "live"


def _print(texts: Iterable[str]) -> None:
    try:
        for text in texts:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has enough. Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(problems.FAILED) from None
