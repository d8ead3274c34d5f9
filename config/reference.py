"""`make docs`: writes the reference pages that are made from the tables in the code.

With `--check` it writes nothing and fails when a page is stale.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTICE = "<!-- Made by `make docs` from {source}. Edit that, not this. -->"


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    stale = []
    for name, text in _files():
        page = FOLDER / name
        if page.exists() and page.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
            print(f"  wrote docs/reference/{name}")
    if stale and "--check" in arguments:
        print(f"docs/reference: stale: {', '.join(stale)}. Run `make docs`.", file=sys.stderr)
        return 1
    return 0


def _files() -> Iterable[tuple[str, str]]:
    from config import openapi

    for name, (title, source, body) in PAGES.items():
        lines = [f"# {title}", "", NOTICE.format(source=source), "", *body(), ""]
        yield name, "\n".join(lines)
    yield "openapi.json", openapi.text()


def _states() -> Iterable[str]:
    from connect import states as connect
    from payments import states as payments
    from processors import states as processors
    from webhooks import states as webhooks

    for machine in (
        *payments.MACHINES,
        *connect.MACHINES,
        *webhooks.MACHINES,
        *processors.MACHINES,
    ):
        yield from _drawing(machine)


def _drawing(machine: Any) -> Iterable[str]:
    yield from (f"## {machine.name}", "", "```mermaid", "stateDiagram-v2")
    for old, followers in machine.moves.items():
        yield from (f"    {old} --> {new}" for new in sorted(followers))
        if not followers:
            yield f"    {old} --> [*]"
    yield from ("```", "")


def _events() -> Iterable[str]:
    from webhooks.catalog import EVENT_TYPES

    return _table(("Type", "Sent when"), ((f"`{t}`", told) for t, told in EVENT_TYPES.items()))


def _errors() -> Iterable[str]:
    from api.errors import status_of
    from core import errors

    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RialtoError) and kind is not errors.RialtoError
    ]
    rows = (
        (f"`{kind.type}`", f"`{kind.default_code or ''}`".replace("``", ""),
         str(status_of(kind(""))), (inspect.getdoc(kind) or "").splitlines()[0])
        for kind in sorted(kinds, key=lambda kind: (kind.type, status_of(kind(""))))
    )  # fmt: skip
    yield from _table(("`type`", "Usual `code`", "Status", "Meaning"), rows)
    yield ""
    yield "A missing object is 404 when the URL names it, and 400 when a parameter does."


def _ledger() -> Iterable[str]:
    from ledger.chart import CHART
    from ledger.rules import RULES

    yield from ("## Chart of accounts", "")
    accounts = (
        (f"`{line.code}`", line.name.replace("{}", "…"), str(line.side),
         "guarded" if line.is_guarded else "open", line.meaning)
        for line in CHART.values()
    )  # fmt: skip
    yield from _table(("Code", "Name", "Grows on", "Kind", "Meaning"), accounts)
    yield from ("", "## Rules", "")
    yield "One amount moves from the side that is debited to the side that is credited."
    yield ""
    rules = (
        (rule.number, f"`{rule.kind}`", ", ".join(f"`{c}`" for c in rule.debits),
         ", ".join(f"`{c}`" for c in rule.credits), rule.meaning)
        for rule in RULES
    )  # fmt: skip
    yield from _table(("No.", "Kind", "Debits", "Credits", "Meaning"), rules)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = (" ".join(cell.split()).replace("|", "&#124;") for cell in row)
        yield f"| {' | '.join(cells)} |"


Body = Callable[[], Iterable[str]]

PAGES: dict[str, tuple[str, str, Body]] = {
    "states.md": ("States", "each room's `states.py`", _states),
    "events.md": ("Events", "`webhooks/catalog.py`", _events),
    "errors.md": ("Errors", "`core/errors.py` and `api/errors.py`", _errors),
    "ledger.md": ("The ledger", "`ledger/chart.py` and `ledger/rules.py`", _ledger),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
