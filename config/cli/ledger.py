import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer
from psycopg import sql
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

if TYPE_CHECKING:
    from ledger.audit.anchors import Anchor
    from ledger.audit.checking import Check
    from ledger.audit.verify import Finding

# Each belongs to the tables' owner alone.
_REBASES = ("ledger_rebase", "webhooks_relay_rebase")

app = typer.Typer(help="Look at the books.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LiveMode = Annotated[bool, typer.Option("--live", help="Live mode; test mode otherwise.")]


@app.callback()
def group() -> None:
    """Look at the books."""


@app.command()
def verify(
    as_json: AsJson = False,
    since: Annotated[
        str | None,
        typer.Option(help="Leave out entries and seals that are older, e.g. 2026-11-01T00:00."),
    ] = None,
    head: Annotated[
        list[str] | None,
        typer.Option(
            help="The head of a seal that you kept elsewhere: nothing under it has changed, or "
            "this is found. May be given several times."
        ),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(
            help="A file of heads that you kept elsewhere, each after the number of its seal: a "
            "copy of the file of this home, or lines of the daily mail."
        ),
    ] = None,
) -> None:
    """Recompute the books from their postings. Exit code 9 if anything does not hold.

    The result is kept, and shown in the admin.
    """
    running.enter("ledger verify")
    from django.utils import timezone

    from ledger.audit import seals
    from ledger.audit import verify as verifier

    begin = read_moment(since)
    given = [read_head(text) for text in head or ()]
    kept = _read_anchors(heads) if heads else []
    check_all = partial(
        verifier.carry_out,
        verifier.begin(at=timezone.now(), asked_by=running.who(), since=begin),
        clock=timezone.now,
        heads=given,
        anchors_kept=kept,
    )
    if as_json:
        findings = check_all()
        report = {
            "ok": not findings,
            "findings": [f.as_dict() for f in findings],
            "seal_head": seals.head(),
        }
        print(json.dumps(report))
    else:
        table = Table("Check", "What must hold", "Found", title="The books")
        with _progress() as progress:
            bar = progress.add_task("Recomputing the books", total=len(verifier.all_checks()))

            def show(check: "Check", found: int) -> None:
                verdict = f"[red]{found} wrong[/]" if found else "[green]ok[/]"
                table.add_row(check.name, check.claim, verdict)
                progress.advance(bar)

            findings = check_all(on_check=show)
        console.print(table)
        _print_findings(findings, seals.head())
    if findings:
        raise typer.Exit(problems.BOOKS_WRONG)


def _print_findings(findings: "Sequence[Finding]", last_seal: str | None) -> None:
    for finding in findings[:50]:
        console.print(f"  {finding.check} {finding.id}: {finding.detail}", markup=False)
    if len(findings) > 50:
        console.print(f"  and {len(findings) - 50} more; --json prints all of them")
    if last_seal:
        console.print(f"  Last seal: {last_seal}", markup=False)


@app.command()
def prove(
    account: Annotated[str, typer.Argument(help="acct_…")],
    currency: Annotated[str | None, typer.Option(help="One currency; all otherwise.")] = None,
    at: Annotated[str | None, typer.Option(help="A past moment, e.g. 2026-11-01T00:00.")] = None,
    live: LiveMode = False,
    as_json: AsJson = False,
) -> None:
    """Show every line behind a balance, by the object that caused it, with its seal."""
    running.enter("ledger prove")
    from core.money import Money
    from ledger.audit import balance_proof

    moment = read_moment(at)
    _require_account(account, currency)
    totals: dict[str, int] = {}
    for group in balance_proof.prove(owner=account, livemode=live, currency=currency, at=moment):
        of = group.currency
        totals[of] = totals.get(of, 0) + group.total
        if not as_json:
            _say(f"{group.group}  {Money(group.total, of)}")
        for line in group.lines:
            if as_json:
                print(json.dumps({"object": group.group, "currency": of} | line.as_dict()))
                continue
            _say(
                f"  {Money(line.amount, of)!s:>16}  {line.code:9}  {line.kind}  {line.source}  "
                f"{line.entry_id}  {line.request_id or '-'}  seal {line.seal or '-'}"
            )
    if as_json:
        print(json.dumps({"account": account, "totals": totals}))
        return
    for of, total in sorted(totals.items()):
        _say(f"{Money(total, of)} in all: pending and available, which includes what is held")
    if not totals:
        when = f"by {moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "yet"
        of = f" in {currency}" if currency else ""
        _say(f"Nothing was posted for {account}{of} {when} in {'live' if live else 'test'} mode.")


@app.command()
def clearing(as_json: AsJson = False) -> None:
    """Show what is on its way and has not arrived, the oldest first."""
    running.enter("ledger clearing")
    from core.money import Money
    from ledger.posting.clearing import clearing_ageing

    rows = clearing_ageing(most=100_000)
    if as_json:
        print(json.dumps([row.as_dict() for row in rows]))
        return
    table = Table("Since", "Object", "Account", "Owner", "Amount", "Mode", title="On its way")
    for row in rows:
        table.add_row(
            f"{row.since:%Y-%m-%d %H:%M}" if row.since else "unreadable",
            row.group,
            row.code,
            row.owner,
            str(Money(row.amount, row.currency)),
            "live" if row.livemode else "test",
        )
    console.print(table if rows else "Nothing is on its way: every clearing account is at zero.")


@app.command()
def limit(
    account: Annotated[str, typer.Argument(help="acct_…")],
    currency: Annotated[str, typer.Argument(help="Of its available balance, e.g. usd.")],
    amount: Annotated[int, typer.Argument(min=0, help="Minor units below zero, from 0 up.")],
    live: LiveMode = False,
) -> None:
    """Say how far below zero an account may be asked to go, such as by a refund."""
    running.enter("ledger limit")
    from core.money import Money
    from ledger.posting import owner_settings

    _require_account(account, currency)
    owner_settings.set_negative_limit(
        owner=account, currency=currency, amount=amount, by=running.who(), livemode=live
    )
    console.print(f"{account} may be asked to go to {Money(-amount, currency)}.", markup=False)


@app.command()
def rebase(as_json: AsJson = False) -> None:
    """Begin anew after a restore into another PostgreSQL cluster, whose numbering differs.

    Adds up all postings again, and lets the relay look again at the last hour's events. Harmless
    when it was not needed.
    """
    owner_url = running.owner_url()
    running.enter("ledger rebase")
    from accounts.audit import trail
    from core.database.transactions import atomic

    # Before: it is the owner's connection that acts.
    with atomic():
        trail.record("ledger.rebased")
    counts = {}
    with psycopg.connect(owner_url) as owner:
        for function in _REBASES:
            if owner.execute("SELECT to_regproc(%s)", [function]).fetchone() == (None,):
                continue
            row = owner.execute(sql.SQL("SELECT {}()").format(sql.Identifier(function))).fetchone()
            counts[function] = row[0] if row else 0
    if as_json:
        print(json.dumps(counts))
        return
    for function, count in counts.items():
        console.print(f"{function}: {count} rows. The relay goes on by itself.", markup=False)


def _require_account(account: str, currency: str | None) -> None:
    from accounts.models import Account
    from core.currencies import CODES

    if not Account.objects.filter(id=account).exists():
        raise Problem(f"There is no account {account}.", problems.USAGE)
    if currency and currency not in CODES:
        raise Problem(f"{currency} is not a currency; use a lower-case ISO code.", problems.USAGE)


def read_head(text: str) -> str:
    head = text.strip().lower()
    if len(head) != 64 or set(head) - set("0123456789abcdef"):
        raise Problem(f"{text} is not the head of a seal: 64 hexadecimal digits.", problems.USAGE)
    return head


def _read_anchors(file: Path) -> "list[Anchor]":
    from ledger.audit import anchors

    try:
        found = anchors.read(file)
    except (OSError, UnicodeDecodeError, anchors.UnreadableAnchors) as error:
        raise Problem(f"{file} cannot be read: {error}", problems.USAGE) from error
    if not found:
        raise Problem(f"{file} has no head of a seal.", problems.USAGE)
    return found


def _say(text: str) -> None:
    # A line is a line, however wide the screen is: people cut and search them.
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
    )


def read_moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            f"{text} is not a moment; write it like 2026-11-01T00:00 (UTC).", problems.USAGE
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
