"""The figures for people, beside what we wanted."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.table import Table

from core.types import JsonObject

GOALS = {
    "plain_to_tpcb": (">=", 0.12),
    "queries": ("<=", 14),
    "routing_ms": ("<=", 0.1),
    "hot_to_distinct": (">=", 0.9),
    "to_hordak": (">=", 10),
    "balance_growth": ("<=", 1.2),
    "statement_growth": ("<=", 1.2),
    "calls_growth": ("<=", 1.2),
    "run_growth": ("<=", 1.2),
    "file_growth": ("<=", 1.2),
    "silent_growth": ("<=", 2),
    "searches_growth": ("<=", 3),
    "find_ms": ("<=", 50),
    "room_kb": ("<=", 8),
    "deliveries_to_bare": (">=", 0.5),
    "hanging_growth": ("<=", 1.2),
    "events_growth": ("<=", 1.2),
    "idle_mb": ("<=", 600),
    "first_charge_seconds": ("<=", 30),
    "again_seconds": ("<=", 10),
}


class Row(NamedTuple):
    """A line of the table."""

    what: str
    value: str
    goal: str = ""


def table(figures: JsonObject) -> Table:
    """Render the figures as a table."""
    shown = Table(title="Rialto, measured", title_justify="left", header_style="bold")
    shown.add_column("What")
    shown.add_column("Measured", justify="right")
    shown.add_column("Goal", justify="right")
    for row in _rows(figures):
        shown.add_row(*row)
    return shown


def goals_met(figures: JsonObject) -> dict[str, bool | None]:
    """Return which goals are met; None for one that was not measured."""
    return {name: _is_met(name, _value(figures, name)) for name in GOALS}


def _rows(figures: JsonObject) -> Iterator[Row]:
    tpcb = figures["tpcb"]["per_second"]
    yield Row("pgbench TPC-B, scale 20, 8 clients, prepared", f"{tpcb:,.0f} /s")
    for kind in ("plain", "destination"):
        measured = figures["payments"][kind]
        goal = _goal(figures, "plain_to_tpcb") if kind == "plain" else ""
        yield Row(f"Payments, {kind}: create + confirm", f"{measured['per_second']:,.1f} /s")
        yield Row("  of TPC-B", f"{measured['to_tpcb']:.3f}", goal)
        yield Row("  p50 / p99", f"{measured['p50_ms']:.1f} / {measured['p99_ms']:.1f} ms")
        counted = figures["database"][kind]
        goal = _goal(figures, "queries") if kind == "plain" else ""
        yield Row("  queries", str(counted["queries"]), goal)
        yield Row("  commits", str(counted["commits"]))
    yield from _session_rows(figures)
    yield from _routing_rows(figures)
    for kind, growth in figures["silent"].items():
        what = kind.replace("_", " ")
        yield Row(f"A payment beside 100 silent clients ({what}) ÷ alone", f"{growth:.2f}")
    worst = max(figures["silent"].values())
    yield Row("  the one that grows most", f"{worst:.2f}", _goal(figures, "silent_growth"))
    yield from _ledger_rows(figures)
    yield from _growth_rows(figures)
    yield from _payout_rows(figures)
    yield from _delivery_rows(figures)
    idle = figures["memory"]["idle_mb"]
    yield Row(
        "Idle memory of the whole stack",
        f"{idle:,.0f} MB" if idle else "?",
        _goal(figures, "idle_mb"),
    )
    after = figures["memory"]["after_load_mb"]
    yield Row("  after the load", f"{after:,.0f} MB" if after else "?")
    start = figures["start"]
    from_what = "`make up`, nothing installed," if start["is_fresh"] else "start, all installed,"
    yield Row(
        f"From {from_what} to the first charge",
        f"{start['first_charge_seconds']:.1f} s",
        _goal(figures, "first_charge_seconds"),
    )
    yield Row("  started again", f"{start['again_seconds']:.1f} s", _goal(figures, "again_seconds"))


def _session_rows(figures: JsonObject) -> Iterator[Row]:
    sessions = figures["sessions"]
    yield Row("Checkout sessions: open + complete", f"{sessions['per_second']:,.1f} /s")
    yield Row("  of plain payments", f"{sessions['to_plain']:.3f}")
    yield Row("  p50 / p99", f"{sessions['p50_ms']:.1f} / {sessions['p99_ms']:.1f} ms")


def _routing_rows(figures: JsonObject) -> Iterator[Row]:
    routing = figures["routing"]
    among = f"{routing['accounts']} accounts by {routing['rules']} rules"
    for kind, taken in routing["by_strategy"].items():
        shown = f"{taken['p50_ms']:.3f} / {taken['p99_ms']:.3f} ms"
        yield Row(f"Choosing among {among}, {kind.replace('_', ' ')}, p50 / p99", shown)
    yield Row("  the slowest, p50", f"{routing['slowest_ms']:.3f} ms", _goal(figures, "routing_ms"))
    yield Row("  of a plain payment", f"{routing['to_payment']:.4f}")
    yield Row("  queries", str(routing["queries"]))


def _ledger_rows(figures: JsonObject) -> Iterator[Row]:
    ledger = figures["ledger"]
    for kind, what in (
        ("hot", "Ledger entries on one account, 16 writers"),
        ("distinct", "Ledger entries on an account each, 16 writers"),
        ("hot_guarded", "Ledger entries on one account with a floor, 16 writers"),
    ):
        measured = ledger[kind]
        yield Row(what, f"{measured['entries_per_second']:,.0f} /s")
        yield Row("  p50 / p99", f"{measured['p50_ms']:.1f} / {measured['p99_ms']:.1f} ms")
        if kind == "distinct":
            goal = _goal(figures, "hot_to_distinct")
            yield Row("  one account ÷ an account each", f"{ledger['hot_to_distinct']:.2f}", goal)
            others = ledger["hot_to_distinct_by_writers"]
            yield Row(
                "  … by 1, 16, 64 writers", ", ".join(f"{others[n]:.2f}" for n in ("1", "16", "64"))
            )
    for name, what in (("one_by_one", "one by one"), ("in_hundreds", "by the hundred")):
        measured = ledger[name]
        yield Row(f"Ledger entries {what}, 8 writers", f"{measured['entries_per_second']:,.0f} /s")
        yield Row("  of the function called by pgbench", f"{measured['to_pgbench']:.2f}")
    if (other := ledger.get("hordak")) is not None:
        figure = other.get("skipped") or f"{other['entries_per_second']:,.0f} /s"
        yield Row("django-hordak, the same, 8 writers", figure)
        if "to_hordak" in ledger:
            figure = f"{ledger['to_hordak_singly']:.1f}"
            yield Row("  ours one by one ÷ its", figure)
            figure = f"{ledger['to_hordak']:.1f}"
            yield Row("  ours by the hundred ÷ its", figure, _goal(figures, "to_hordak"))
    yield from _scale_rows(figures)


def _payout_rows(figures: JsonObject) -> Iterator[Row]:
    payouts = figures["payouts"]
    sizes = ", ".join(f"{int(size):,}" for size in payouts["run"])
    shown = ", ".join(f"{run['ms_per_seller']:.1f}" for run in payouts["run"].values())
    yield Row(f"A run of payouts, for each of {sizes} sellers", f"{shown} ms")
    yield Row("  many ÷ few", f"{payouts['run_growth']:.2f}", _goal(figures, "run_growth"))
    counts = ", ".join(f"{int(count):,}" for count in payouts["file_seconds"])
    shown = ", ".join(f"{seconds:.1f}" for seconds in payouts["file_seconds"].values())
    yield Row(f"A pain.001 file of {counts} payments", f"{shown} s")
    growth = f"{payouts['file_growth']:.2f}"
    yield Row("  a payment of many ÷ of few", growth, _goal(figures, "file_growth"))


def _delivery_rows(figures: JsonObject) -> Iterator[Row]:
    deliveries = figures["deliveries"]
    sizes = ", ".join(f"{int(number):,}" for number in deliveries)
    for name, what in (
        ("per_second", f"Webhooks delivered, to {sizes} endpoints"),
        ("per_core", "  for each second that the engine computes"),
        ("bare_per_core", "  of a bare aiohttp loop, the same"),
    ):
        yield Row(what, ", ".join(f"{one[name]:,.0f}" for one in deliveries.values()) + " /s")
    shown = ", ".join(f"{one['to_bare']:.2f}" for one in deliveries.values())
    yield Row("  ours ÷ the bare loop", shown, _goal(figures, "deliveries_to_bare"))
    waits = figures["waits"]
    named = (("all", "all answer"), ("one_hangs", "one hangs"), ("half_down", "half are down"))
    shown = " / ".join(f"{waits[name]['p95_ms']:.0f}" for name, _ in named)
    words = " / ".join(word for _, word in named)
    what = f"From commit to 100 endpoints at {waits['per_second']:,} /s, p95: {words}"
    yield Row(what, f"{shown} ms")
    yield Row(
        "  one hangs ÷ all answer", f"{waits['growth']:.2f}", _goal(figures, "hanging_growth")
    )
    grown = waits["half_down"]["grown_mb"]
    yield Row("  what the engine grew by while half were down", f"{grown:.1f} MB")
    aged = figures["aged"]
    sizes = ", ".join(f"{int(size):,}" for size in aged["p50_ms"])
    for name, what in (
        ("list", "Listing events"),
        ("fan_out", "Taking up one event"),
        ("deliver", "From commit to arrival"),
    ):
        shown = ", ".join(f"{taken[name]:.1f}" for taken in aged["p50_ms"].values())
        yield Row(f"{what}, p50, beside {sizes} events", f"{shown} ms")
    worst = max(aged["growth"].values())
    yield Row("  the one that grows most", f"{worst:.2f}", _goal(figures, "events_growth"))


def _scale_rows(figures: JsonObject) -> Iterator[Row]:
    scale = figures["ledger"]["scale"]
    sizes = ", ".join(f"{int(size):,}" for size in scale["read_ms"])
    for name, what in (
        ("balance", "Balance"),
        ("page", "First page of balance transactions"),
        ("statement", "Statement of 60 lines"),
    ):
        shown = ", ".join(f"{read[name]:.2f}" for read in scale["read_ms"].values())
        yield Row(f"{what}, p50, of {sizes} postings", f"{shown} ms")
        goal = "" if name == "page" else _goal(figures, f"{name}_growth")
        yield Row("  the largest ÷ the smallest", f"{scale['largest_to_smallest'][name]:.2f}", goal)
    yield Row("Folding a posting", f"{scale['fold_us_per_posting']:.1f} µs")
    yield Row("An entry on the disk, with indexes", f"{scale['bytes_per_entry']:,} bytes")


def _growth_rows(figures: JsonObject) -> Iterator[Row]:
    grown = figures["grown"]
    sizes = ", ".join(f"{int(size):,}" for size in grown["p50_ms"])
    for name in grown["growth"]:
        shown = ", ".join(f"{taken[name]:.1f}" for taken in grown["p50_ms"].values())
        what = name.replace("_", " ").capitalize()
        yield Row(f"{what}, p50, with {sizes} payments", f"{shown} ms")
        yield Row("  the largest ÷ the smallest", f"{grown['growth'][name]:.2f}")
    yield Row("A call whose table does not grow, the same", f"{grown['control']:.2f}")
    worst = max(grown["growth"].values())
    yield Row("  the one that grows most", f"{worst:.2f}", _goal(figures, "calls_growth"))
    room = grown["room"]
    shown = f"{room['bytes'] / 1024:.1f} KB"
    yield Row("What a payment with one endpoint takes on the disk", shown)
    yield Row("  of it for events and webhooks", f"{room['of_webhooks'] / 1024:.1f} KB")
    shown = f"{room['after_a_month'] / 1024:.1f} KB"
    yield Row("  what stays after thirty days", shown, _goal(figures, "room_kb"))
    yield Row(
        "A read beside six searches of another account ÷ alone",
        f"{grown['searches']:.2f}",
        _goal(figures, "searches_growth"),
    )
    for what, taken in grown["find"]["p95_ms"].items():
        yield Row(f"Finding {what} as an operator, p95", f"{taken:.1f} ms")
    worst = grown["find"]["worst_ms"]
    yield Row("  the slowest of them", f"{worst:.1f} ms", _goal(figures, "find_ms"))
    home = grown["home"]
    yield Row(
        "The console's first page, p50 / p95", f"{home['p50_ms']:.1f} / {home['p95_ms']:.1f} ms"
    )
    yield Row("  queries", str(home["queries"]))


def _goal(figures: JsonObject, name: str) -> str:
    how, limit = GOALS[name]
    sign = "≥" if how == ">=" else "≤"
    is_met = _is_met(name, _value(figures, name))
    color = {True: "green", False: "red", None: "dim"}[is_met]
    return f"[{color}]{sign} {limit:g}[/]"


def _is_met(name: str, value: float | None) -> bool | None:
    how, limit = GOALS[name]
    if value is None:
        return None
    return value >= limit if how == ">=" else value <= limit


def _value(figures: JsonObject, name: str) -> float | None:
    start = figures["start"]
    found: dict[str, float | None] = {
        "plain_to_tpcb": figures["payments"]["plain"]["to_tpcb"],
        "queries": figures["database"]["plain"]["queries"],
        "routing_ms": figures["routing"]["slowest_ms"],
        "hot_to_distinct": figures["ledger"]["hot_to_distinct"],
        "to_hordak": figures["ledger"].get("to_hordak"),
        "balance_growth": figures["ledger"]["scale"]["largest_to_smallest"]["balance"],
        "statement_growth": figures["ledger"]["scale"]["largest_to_smallest"]["statement"],
        "calls_growth": max(figures["grown"]["growth"].values()),
        "run_growth": figures["payouts"]["run_growth"],
        "file_growth": figures["payouts"]["file_growth"],
        "silent_growth": max(figures["silent"].values()),
        "searches_growth": figures["grown"]["searches"],
        "find_ms": figures["grown"]["find"]["worst_ms"],
        "room_kb": round(figures["grown"]["room"]["after_a_month"] / 1024, 2),
        "deliveries_to_bare": min(one["to_bare"] for one in figures["deliveries"].values()),
        "hanging_growth": figures["waits"]["growth"],
        "events_growth": max(figures["aged"]["growth"].values()),
        "idle_mb": figures["memory"]["idle_mb"],
        "first_charge_seconds": start["first_charge_seconds"] if start["is_fresh"] else None,
        "again_seconds": start["again_seconds"],
    }
    return found[name]
