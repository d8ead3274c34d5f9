"""What a check of an account found, printed for people and for programs."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from config.launcher.progress import console

if TYPE_CHECKING:
    from processors.protocols.kinds import CheckLine


def show_new(name: str, kind: str, lines: Sequence["CheckLine"]) -> None:
    """Print that an account is added, where its notices go, and what its first check found."""
    from processors.accounts import checks
    from processors.accounts.kinds import KINDS

    console.print(f"{name} is added, and encrypted.")
    if KINDS[kind].notice_secret is not None:
        console.print(f"Its notices go to {checks.address_of_notices(name)}", soft_wrap=True)
    show(lines, is_good=checks.is_good(tuple(lines)), as_json=False)


def show(lines: Sequence["CheckLine"], *, is_good: bool, as_json: bool) -> None:
    """Print the lines of a check, in English.

    Args:
        lines: What was found.
        is_good: True if nothing must be mended.
        as_json: True for programs.
    """
    if as_json:
        rows = [{"name": x.name, "is_good": x.is_good, "words": x.text} for x in lines]
        print(json.dumps({"is_good": is_good, "lines": rows}))
        return
    for line in lines:
        mark = {True: "good", False: "WRONG", None: "?"}[line.is_good]
        console.print(f"{mark:<6}{line.name}: {line.text}", markup=False, soft_wrap=True)
