"""`make docs`: writes the reference pages that are made from the tables in the code.

With `--check` it writes nothing and fails when a page is stale.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.wire.params import Param
    from core.state_machine import Machine

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
NOTICE = "<!-- Made by `make docs` from {source}. Edit that, not this. -->"


def main(arguments: list[str], *, folder: Path = FOLDER) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    stale = []
    for name, text in _files():
        page = folder / name
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
    from config.documents import openapi

    for name, (title, source, body) in PAGES.items():
        lines = [f"# {title}", "", NOTICE.format(source=source), "", *body(), ""]
        yield name, "\n".join(lines)
    yield "openapi.json", openapi.text()


def _states() -> Iterable[str]:
    from accounts import states as accounts
    from connect import states as connect
    from payments import states as payments
    from processors import states as processors
    from webhooks import states as webhooks

    for machine in (
        *accounts.MACHINES,
        *payments.MACHINES,
        *connect.MACHINES,
        *webhooks.MACHINES,
        *processors.MACHINES,
    ):
        yield from _drawing(machine)


def _versions() -> Iterable[str]:
    from api.older.moved_parameters import MOVED
    from api.older.versions import CHANGES, INSIDE

    yield from (
        "Requests are answered in the version of their `Stripe-Version`, or of their account;",
        "events in the version of their endpoint, or of its account. Who speaks a version from",
        "before a date below gets what was there before, and may say it as it was said then (or",
        "now); since that date the old name is refused with the new one. Versions are dates from",
        "2011-01-01 until",
        "today, those from 2024-09-30 on with the name of their release. Transfers and payouts are",
        "apart in every version, as they are since 2017-04-06.",
        "",
    )
    rows = [(change.version, change.title) for change in CHANGES]
    rows += [(change.version, change.title) for change in MOVED]
    rows += [
        (one.version, f"Each `{one.kind}` no longer has `{one.field}` inside of it unasked.")
        for one in INSIDE
    ]
    rows += [
        ("2024-04-10", "Payment intents are made with `capture_method=automatic_async`."),
        ("2023-08-16", "Intents are made with automatic payment methods, no longer with cards."),
    ]
    titles: dict[tuple[str, str], None] = dict.fromkeys(rows)
    yield from _table(("From", "What changed"), sorted(titles, reverse=True))
    yield from (
        "",
        "`include[]=total_count` or `expand[]=total_count` counts a list, in every version.",
    )


def _drawing(machine: "Machine[Any]") -> Iterable[str]:
    yield from (f"## {machine.name}", "", "```mermaid", "stateDiagram-v2")
    for old, followers in machine.moves.items():
        yield from (f"    {old} --> {new}" for new in sorted(followers))
        if not followers:
            yield f"    {old} --> [*]"
    yield from ("```", "")


def _events() -> Iterable[str]:
    from config.documents import event_samples
    from webhooks.catalog import EVENT_TYPES, NEVER_SENT, THIN_ONLY

    every = {**EVENT_TYPES, **THIN_ONLY}
    yield from _table(("Type", "Sent when"), ((f"`{t}`", told) for t, told in every.items()))
    yield ""
    yield (
        f"Endpoints may also name the {len(NEVER_SENT)} other types that the official packages "
        "know. They are never sent here."
    )
    yield ""
    yield from event_samples.section()


def _errors() -> Iterable[str]:
    from api.answers.errors import status_of
    from core import errors
    from core.error_codes import CODES

    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RialtoError) and kind is not errors.RialtoError
    ]
    rows = (
        (
            f"`{kind.type}`",
            f"`{kind.default_code or ''}`".replace("``", ""),
            str(status_of(kind(""))),
            (inspect.getdoc(kind) or "").splitlines()[0],
        )
        for kind in sorted(kinds, key=lambda kind: (kind.type, status_of(kind(""))))
    )
    yield from _table(("`type`", "Usual `code`", "Status", "Meaning"), rows)
    yield ""
    yield "A missing object is 404 when the URL names it, and 400 when a parameter does."
    yield from ("", "## Codes", "")
    yield "`doc_url` of an error leads to its code on the server's own page, `/docs/errors/`."
    yield ""
    codes = ((f'<a id="{code}"></a>`{code}`', told) for code, told in sorted(CODES.items()))
    yield from _table(("`code`", "Meaning"), codes)


def _licences() -> Iterable[str]:
    from config.documents import components

    yield from (
        "Rialto is under the Apache License 2.0. An instance of it runs on these packages, each",
        "under its own licence, as SPDX writes it. `make sbom` writes the same list with hashes",
        "and with who asks for whom, as a CycloneDX document. `rialto[adyen]` adds Adyen's own",
        "package (MIT), and what writes papers for it: reportlab and pypdf (BSD), pillow (MIT-CMU)",
        "and Sarabun, a font (OFL). No other instance needs them.",
        "",
    )
    yield from _table(*components.page())


def _detectors() -> Iterable[str]:
    from config.documents import detector_page

    yield from (*detector_page.NOTES, "")
    yield from _table(*detector_page.detectors())


def _ledger() -> Iterable[str]:
    from ledger.chart import CHART
    from ledger.rules import RULES

    yield from ("## Chart of accounts", "")
    accounts = (
        (
            f"`{line.code}`",
            line.name.replace("{}", "…"),
            str(line.side),
            "guarded" if line.is_guarded else "open",
            line.meaning,
        )
        for line in CHART.values()
    )
    yield from _table(("Code", "Name", "Grows on", "Kind", "Meaning"), accounts)
    yield from ("", "## Rules", "")
    yield "One amount moves from the side that is debited to the side that is credited."
    yield ""
    rules = (
        (
            rule.number,
            f"`{rule.kind}`",
            ", ".join(f"`{c}`" for c in rule.debits),
            ", ".join(f"`{c}`" for c in rule.credits),
            rule.meaning,
        )
        for rule in RULES
    )
    yield from _table(("No.", "Kind", "Debits", "Credits", "Meaning"), rules)


def _parameters() -> Iterable[str]:
    from api.refused.parameters import REFUSALS

    yield "A parameter that the wire has is taken, or is in one of these two tables. One that the "
    yield "wire does not have is refused as `parameter_unknown`."
    yield from ("", "## Refused", "")
    yield "With 400 `feature_not_supported`, the parameter's name and the reason; nothing changes."
    yield ""
    rows = (
        (
            ", ".join(f"`{name}`" for name in row.params),
            row.why,
            ", ".join(f"`{call}`" for call in row.calls),
        )
        for row in REFUSALS
    )
    yield from _table(("Parameter", "Why, and what to do instead", "Of"), rows)
    yield from ("", "## Understood, without effect", "")
    yield from _table(("Parameter", "Why"), sorted((f"`{n}`", why) for n, why in _no_effect()))


def _no_effect() -> set[tuple[str, str]]:
    """Return the parameters of all endpoints that change nothing, with the reason."""
    from drf_spectacular.generators import EndpointEnumerator

    from api.wire.params import Ignored, Table

    found: set[tuple[str, str]] = set()

    def walk(fields: "Mapping[str, Param]", before: str) -> None:
        for name, param in fields.items():
            where = f"{before}[{name}]" if before else name
            if isinstance(param, Ignored):
                found.add((where, param.why))
            elif isinstance(param, Table):
                walk(param.fields, where)

    endpoints = EndpointEnumerator().get_api_endpoints()  # type: ignore[no-untyped-call]
    for _, _, method, callback in endpoints:
        taken = callback.cls.params.get(method)
        walk(taken.fields if taken else {}, "")
    return found


def _countries() -> Iterable[str]:
    from config.documents import country_page

    yield from country_page.body(_table)


def _methods() -> Iterable[str]:
    from config.documents import method_page

    yield from method_page.body(_table)


def _roles() -> Iterable[str]:
    from config.documents import role_page

    yield from _table(*role_page.pages())
    yield from ("", "## What each may do", "")
    yield from _table(*role_page.rights())
    yield from ("", *role_page.NOTES)


def _rails() -> Iterable[str]:
    from config.documents import rail_page

    yield from (*rail_page.NOTES, "")
    yield from _table(*rail_page.capabilities())
    yield from ("", "## What opens an account", "")
    yield from _table(*rail_page.credentials())


def _data_classes() -> Iterable[str]:
    from config.documents import data_page

    yield from (*data_page.NOTES, "")
    yield from _table(*data_page.meanings())
    for title, rows in data_page.tables():
        yield from ("", f"## {title}", "")
        yield from _table(*rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = (" ".join(cell.split()).replace("|", "&#124;") for cell in row)
        yield f"| {' | '.join(cells)} |"


Body = Callable[[], Iterable[str]]

PAGES: dict[str, tuple[str, str, Body]] = {
    "countries.md": ("Countries", "the tables in `connect/onboarding/countries/data`", _countries),
    "payment-methods.md": ("Payment methods", "`payments/method_types`", _methods),
    "states.md": ("States", "each room's `states.py`", _states),
    "events.md": ("Events", "`webhooks/catalog.py`", _events),
    "api-versions.md": ("Versions", "`api/older/versions.py`", _versions),
    "errors.md": (
        "Errors",
        "`core/errors.py`, `api/answers/errors.py` and `core/error_codes.py`",
        _errors,
    ),
    "parameters.md": (
        "Parameters without effect",
        "`api/refused/parameters.py` and each room's `params`",
        _parameters,
    ),
    "rail-capabilities.md": (
        "What each rail can do",
        "each rail's `about.py` and class, by `processors/accounts/kinds.py`",
        _rails,
    ),
    "licences.md": (
        "Licences",
        "`requirements.lock` and `config/documents/components.py`",
        _licences,
    ),
    "data-classes.md": (
        "What every column holds",
        "the tables in `config/privacy/tables`",
        _data_classes,
    ),
    "detectors.md": ("Detectors", "`accounts/detection/detectors.py`", _detectors),
    "roles.md": ("Roles", "`core/security/roles.py`", _roles),
    "ledger.md": ("The ledger", "`ledger/chart.py` and `ledger/rules.py`", _ledger),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
