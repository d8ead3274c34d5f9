"""`rialto routing`: where payments go, why, and what other rules would have changed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

if TYPE_CHECKING:
    from processors.routing.rules import RuleSet

app = typer.Typer(
    help="See and change the rules by which payments find a processor account.",
    no_args_is_help=True,
)

RulesFile = Annotated[
    Path | None, typer.Option("--rules", help="A file of rules, as JSON; else the draft.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option(help="Why: it is kept with the version.")]


@app.command()
def show(
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
    as_json: Json = False,
) -> None:
    """Show the rules that count, as sentences; with --json as they are written in a file."""
    running.enter("routing")
    from processors.router import publishing

    row = publishing.published(version)
    if row is None and version is not None:
        raise Problem(f"There is no version {version}.", problems.FAILED)
    if as_json:
        print(json.dumps(row.document if row else {"rules": []}, indent=2))
        return
    if row is None:
        console.print("No rules are published: the first account that can takes a payment.")
        return
    console.print(f"Version {row.version}, published {row.published_at:%Y-%m-%d %H:%M %Z} by")
    console.print(f"{row.author}: {row.reason}", markup=False)
    _print_rules(publishing.read(row.document))


@app.command()
def explain(intent: Annotated[str, typer.Argument(metavar="PI_OR_CH")]) -> None:
    """Say why a payment went where it went, attempt by attempt."""
    running.enter("routing")
    from payments.charges import queries
    from payments.charges.services.routed import reasons

    intent_id = queries.intent_id_of(intent) if intent.startswith("ch_") else intent
    charges = list(queries.attempts_of(intent_id or ""))
    if not charges:
        raise Problem(f"There is no attempt to charge {intent}.", problems.FAILED)
    for charge in reversed(charges):
        console.print(f"{charge.id}: {reasons.explain(charge)}", markup=False, soft_wrap=True)


@app.command()
def check(rules: RulesFile = None) -> None:
    """Look for what keeps rules from being published."""
    running.enter("routing")
    from django.utils import timezone

    from payments.charges.services.routed import past_choices
    from processors.router import publishing

    found, at = _read(rules), timezone.now()
    wrong = publishing.check(found, past_choices.currencies_in_use(at=at), at=at)
    _print_rules(found)
    if wrong:
        raise Problem("\n".join(wrong), problems.FAILED)
    console.print("They can be published.")


@app.command()
def publish(
    reason: Reason,
    rules: RulesFile = None,
    again: Annotated[int | None, typer.Option(help="A version to publish again.")] = None,
) -> None:
    """Publish the draft, a file, or an older version: it counts at once, in all processes."""
    running.enter("routing")
    from django.utils import timezone

    from core.errors import RialtoError
    from payments.charges.services.routed import past_choices
    from processors.router import publishing

    at = timezone.now()
    currencies = past_choices.currencies_in_use(at=at)
    try:
        if again is not None:
            row = publishing.publish_again(again, reason=reason, currencies=currencies, at=at)
        else:
            row = publishing.publish(_read(rules), reason=reason, currencies=currencies, at=at)
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
    console.print(f"Version {row.version} counts from now on.")


@app.command()
def replay(
    since: Annotated[str, typer.Option(help="How far back, in days: 30d.")] = "30d",
    rules: RulesFile = None,
    live: Annotated[bool, typer.Option(help="Live payments instead of test payments.")] = False,
    most: Annotated[int, typer.Option(help="How many payments at most.")] = 1_000_000,
    as_json: Json = False,
) -> None:
    """Show what rules would have changed for payments that were made: an estimate."""
    running.enter("routing")
    from django.utils import timezone

    from payments.charges.services.routed import past_choices
    from processors.accounts import snapshot
    from processors.router import candidates
    from processors.routing.drafts import replays, reports

    days = since.removesuffix("d")
    if not days.isdecimal() or not 1 <= int(days) <= 366:
        raise Problem("Say how many days, such as --since 30d.", problems.USAGE)
    found, held = _read(rules), snapshot.current()
    begun = timezone.now() - timedelta(days=int(days))
    past = past_choices.first_attempts(livemode=live, since=begun, most=most)
    accounts = candidates.of(held, livemode=live)
    result = replays.replay(past, found, accounts, tallies=held.tallies)
    if as_json:
        print(json.dumps(reports.as_json(result), indent=2))
        return
    for line in reports.lines(result):
        console.print(line, markup=False, soft_wrap=True)


def _read(path: Path | None) -> "RuleSet":
    """Return the rules of a file, or the draft.

    Raises:
        Problem: If they cannot be read.
    """
    from core.errors import RialtoError
    from processors.router import publishing

    try:
        document = publishing.draft().document if path is None else json.loads(path.read_text())
        return publishing.read(document)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.", problems.USAGE) from error
    except json.JSONDecodeError as error:
        raise Problem(f"{path} is no JSON: {error}.", problems.USAGE) from error
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error


def _print_rules(rules: "RuleSet") -> None:
    from processors.routing import words

    for number, rule in enumerate(rules.rules, 1):
        text = f"{number}. {rule.name}: {words.rule(rule)}"
        console.print(text, markup=False, soft_wrap=True)
    console.print(f"After a refusal, {rules.retries} other accounts are tried at most.")
