"""What opens an account at a processor, read from a person or a file and never from arguments."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.launcher import problems
from config.launcher.problems import Problem

if TYPE_CHECKING:
    from processors.protocols.kinds import Credential, RailKind

_NOTICE_SECRET = "notice_secret"  # noqa: S105  a word, not a secret


def read(rail: "RailKind", file: str, *, is_new: bool = True) -> tuple[dict[str, str], str]:
    """Return an account's credentials, and the secret of its notices, if one is given.

    Args:
        rail: Its kind.
        file: A path, or `-` for standard input; empty to ask.
        is_new: False if what is not given stays as it is.
    """
    if file:
        given = _load(file)
        return given, given.pop(_NOTICE_SECRET, "")
    wanted = [*rail.credentials, *([rail.notice_secret] if rail.notice_secret and is_new else [])]
    found = {one.name: _ask(one, may_skip=not (one.is_required and is_new)) for one in wanted}
    notice_secret = found.pop(_NOTICE_SECRET, "")
    return {name: text for name, text in found.items() if text}, notice_secret


def read_notice_secret(rail: "RailKind", file: str) -> str:
    """Return the new secret of an account's notices."""
    if file:
        return _load(file).get(_NOTICE_SECRET, "")
    if rail.notice_secret is None:
        raise Problem(f"{rail.title} signs no notices.", problems.USAGE)
    return _ask(rail.notice_secret, may_skip=False)


def _load(file: str) -> dict[str, str]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        given = json.loads(text)
    except (OSError, ValueError) as error:
        # What is in it is not repeated.
        raise Problem(f"{file} cannot be read as JSON.", problems.USAGE) from error
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise Problem(f"{file} must be an object of names and texts.", problems.USAGE)
    return given


def _ask(one: "Credential", *, may_skip: bool) -> str:
    if not sys.stdin.isatty():
        raise Problem("Nobody is there to ask: give --credentials-file.", problems.USAGE)
    typer.echo(one.how, err=True)
    more = " (empty to leave it)" if may_skip else ""
    answer: str = typer.prompt(
        f"{one.label}{more}",
        hide_input=one.is_secret,
        default="" if may_skip else None,
        show_default=False,
        err=True,
    )
    return answer.strip()
