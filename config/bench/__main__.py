"""`python -m config.bench [--quick]`: start a stack, measure it, print, write `bench.json`."""

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.bench import clients, memory, report, searches, silent, stack, turns
from config.bench.clients import Result
from config.bench.stack import Stack
from config.bench.turns import Merchant
from config.bench.yardsticks import function, hordak
from config.bench.yardsticks.tpcb import Yardstick
from config.launcher.home import ROOT
from config.launcher.progress import complain, console, step
from core.types import JsonObject


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each measurement lasts, in seconds."""

    rounds: int
    tpcb: int
    plain: float
    destination: float
    ledger: float
    warm_up: float
    settle: float
    # Postings on one account, for reading.
    sizes: tuple[int, ...]
    # Payments of one account, few and many; and how often each call is measured.
    payments: tuple[int, int]
    turns: int
    # Sellers of a run of payouts, few and many.
    sellers: tuple[int, int]
    # Events of four weeks, few and many.
    events: tuple[int, int]
    # Webhooks, each time; and for how long they are sent at half of that pace.
    deliveries: int
    waits: float
    with_hordak: bool


_FULL = Lengths(
    rounds=3,
    tpcb=8,
    plain=8,
    destination=5,
    ledger=8,
    warm_up=4,
    settle=6,
    sizes=(1_000, 100_000, 1_000_000),
    payments=(1_000, 1_000_000),
    turns=150,
    sellers=(1_000, 10_000),
    events=(10_000, 1_000_000),
    deliveries=20_000,
    waits=20,
    with_hordak=True,
)
_QUICK = Lengths(
    rounds=1,
    tpcb=4,
    plain=4,
    destination=3,
    ledger=1.5,
    warm_up=2,
    settle=1,
    sizes=(1_000, 20_000),
    payments=(1_000, 20_000),
    turns=40,
    sellers=(200, 1_000),
    events=(10_000, 100_000),
    deliveries=3_000,
    waits=5,
    with_hordak=False,
)


def main(
    quick: Annotated[bool, typer.Option(help="A few minutes: shorter, no fresh install.")] = False,
    output: Annotated[Path, typer.Option(help="Where the figures go.")] = ROOT / "bench.json",
) -> None:
    """Measure Rialto on this machine, beside pgbench's TPC-B on the same server."""
    lengths = _QUICK if quick else _FULL
    started = time.monotonic()
    console.print(f"[bold]Rialto bench[/] on {os.cpu_count()} cores")
    try:
        with stack.folder() as room:
            first = None if quick else _first_start(room)
            console.print("  Starting a stack to measure")
            with stack.start(room / "home") as here:
                figures = _measure(here, room, lengths)
            with step("Starting it again"), stack.start(room / "home") as again:
                pass
    except (stack.DidNotStart, clients.Refused, subprocess.SubprocessError, OSError) as error:
        complain(str(error))
        raise typer.Exit(1) from error
    figures["start"] = {
        "first_charge_seconds": round(first or here.seconds, 1),
        "is_fresh": first is not None,
        "again_seconds": round(again.seconds, 1),
    }
    figures |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "is_quick": quick}
    figures["machine"] = _machine()
    figures["goals_met"] = report.goals_met(figures)
    figures["seconds"] = round(time.monotonic() - started, 1)
    output.write_text(json.dumps(figures, indent=2) + "\n")
    console.print()
    console.print(report.table(figures))
    console.print(f"  Written to {output}", markup=False, soft_wrap=True)


def _first_start(room: Path) -> float:
    what = "Timing `make up` in a fresh copy until its first charge"
    with step(what), stack.fresh_checkout(room) as first:
        return first.seconds


def _measure(here: Stack, room: Path, lengths: Lengths) -> JsonObject:
    plain = here.target()
    seller = here.credentials["connected_accounts"][0]
    shared = here.target(application_fee_amount="123", **{"transfer_data[destination]": seller})
    with step("Weighing it while it is idle"):
        time.sleep(lengths.settle)
        idle = memory.megabytes(here.pid)
    with step("Counting queries and commits"):
        counted = _child(here, "queries", here.credentials["platform"]["secret_key"], seller)
    yardstick = Yardstick(here)
    with step("Filling pgbench's tables and warming up"):
        yardstick.fill()
        clients.run(plain, seconds=lengths.warm_up)
        clients.run(shared, seconds=lengths.warm_up)
    sold = clients.session(
        port=here.home.port, secret_key=here.credentials["platform"]["secret_key"]
    )
    targets = {"plain": plain, "destination": shared, "sessions": sold}
    tpcb, results = _rounds(yardstick, targets, lengths)
    sessions = results.pop("sessions")
    ledger = _post(here, lengths)
    with step("Choosing accounts of payments"):
        chosen = _child(here, "routing", str(results["plain"].percentile(50)))
    time.sleep(lengths.settle)
    after_load = memory.megabytes(here.pid)
    if lengths.with_hordak:
        _beside_hordak(here, room, lengths, ledger)
    with step("Reading accounts that have seen much"):
        ledger["scale"] = _child(here, "scale", here.superuser_url, *map(str, lengths.sizes))
    with step(f"Paying out {lengths.sellers[0]:,} and {lengths.sellers[1]:,} sellers"):
        payouts = _child(here, "payouts", here.superuser_url, *map(str, lengths.sellers))
    return {
        "payouts": payouts,
        **_deliver(here, lengths),
        "silent": _silent(plain, lengths),
        "tpcb": {"per_second": round(tpcb, 1), "scale": 20, "clients": clients.CLIENTS},
        "payments": {kind: _payments(result, tpcb) for kind, result in results.items()},
        "sessions": _payments(sessions, tpcb)
        | {"to_plain": round(sessions.per_second / results["plain"].per_second, 3)},
        "database": counted,
        "routing": chosen,
        "ledger": ledger,
        "grown": _measure_growth(here, room, lengths),
        "memory": {
            "idle_mb": _round(idle),
            "after_load_mb": _round(after_load),
        },
    }


def _post(here: Stack, lengths: Lengths) -> JsonObject:
    with step("Posting to the ledger, 16 writers"):
        ledger = _child(here, "books", str(lengths.ledger))
    with step("Calling the posting function from pgbench"):
        for name, at_once in (("one_by_one", 1), ("in_hundreds", 100)):
            alone = function.entries_per_second(here, at_once=at_once, seconds=lengths.ledger / 2)
            rates = ledger[name]
            rates["pgbench_per_second"] = round(alone, 1)
            rates["to_pgbench"] = round(rates["entries_per_second"] / alone, 3)
    return ledger


def _deliver(here: Stack, lengths: Lengths) -> JsonObject:
    engine = str(json.loads((here.home.run / "children.json").read_text())["deliveries"])
    with step(f"Delivering {lengths.deliveries:,} webhooks, beside a bare loop"):
        found = _child(here, "webhooks.deliveries", engine, str(lengths.deliveries))
    half = round(min(one["per_second"] for one in found.values()) / 2)
    with step("Delivering at half of that pace, while an endpoint hangs, and while half are down"):
        waits = _child(here, "webhooks.waits", engine, str(half), str(lengths.waits))
    with step(f"Listing and sending beside {lengths.events[1]:,} events of four weeks"):
        aged = _child(here, "webhooks.aged", here.superuser_url, *map(str, lengths.events))
    return {"deliveries": found, "waits": waits, "aged": aged}


def _silent(plain: clients.Target, lengths: Lengths) -> dict[str, float]:
    with step("Paying while a hundred clients are silent"):
        return silent.growth(plain, seconds=lengths.destination)


def _beside_hordak(here: Stack, room: Path, lengths: Lengths, ledger: JsonObject) -> None:
    with step("Posting with django-hordak in an environment of its own"):
        ledger["hordak"] = hordak.measure(here, room, seconds=lengths.ledger / 2)
    if other := ledger["hordak"].get("entries_per_second"):
        for key, kind in (("to_hordak", "in_hundreds"), ("to_hordak_singly", "one_by_one")):
            ledger[key] = round(ledger[kind]["entries_per_second"] / other, 1)


def _measure_growth(here: Stack, room: Path, lengths: Lengths) -> JsonObject:
    """Call a Rialto of few payments, started for this, and the one that has seen all the rest."""
    few, many = lengths.payments
    console.print("  Starting a second stack that has few payments")
    with stack.start(room / "few") as other:
        merchants = {}
        with step("Looking how much room a payment takes"):
            address = (other.superuser_url, str(other.home.port))
            taken = _child(other, "webhooks.room", *address, str(few))
        for size, where in ((few, other), (many, here)):
            with step(f"Giving an account {size:,} payments"):
                arguments = (where.superuser_url, str(where.home.port), str(size))
                merchants[size] = Merchant(**_child(where, "grown", *arguments))
        with step("Calling both in turns"):
            found = turns.measure(merchants, times=lengths.turns)
    found["room"] = taken
    with step("Reading while another account searches"):
        key = here.credentials["platform"]["secret_key"]
        found["searches"] = searches.growth(merchants[many], key, times=lengths.turns)
    with step("Finding and looking as operators do"):
        found["find"] = _child(here, "operators.finding", merchants[many].middle)
        found["home"] = _child(here, "operators.home")
    return found


def _rounds(
    yardstick: Yardstick, targets: dict[str, clients.Target], lengths: Lengths
) -> tuple[float, dict[str, Result]]:
    """Measure in turns, so that what slows the machine for a while slows all of them."""
    tpcb: list[float] = []
    results = {kind: Result() for kind in targets}
    lasting = dict.fromkeys(targets, lengths.destination) | {"plain": lengths.plain}
    for number in range(1, lengths.rounds + 1):
        with step(f"Round {number} of {lengths.rounds}: TPC-B, then payments"):
            tpcb.append(yardstick.measure(lengths.tpcb))
            for kind, target in targets.items():
                results[kind].add(clients.run(target, seconds=lasting[kind]))
    return sum(tpcb) / len(tpcb), results


def _payments(result: Result, tpcb: float) -> JsonObject:
    return {
        "per_second": round(result.per_second, 1),
        "to_tpcb": round(result.per_second / tpcb, 4),
        "p50_ms": round(result.percentile(50), 2),
        "p99_ms": round(result.percentile(99), 2),
        "count": len(result.latencies),
    }


def _child(here: Stack, name: str, *arguments: str) -> JsonObject:
    """Measure in a process that has loaded Django with the stack's databases."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", f"config.bench.{name}", *arguments],
        env=here.environment,
        cwd=ROOT,
        check=False,
        text=True,
        capture_output=True,
        timeout=600,
    )
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise subprocess.SubprocessError(f"Measuring {name} failed: {last}")
    found: JsonObject = json.loads(done.stdout)
    return found


def _round(megabytes: float | None) -> float | None:
    return None if megabytes is None else round(megabytes, 1)


def _machine() -> JsonObject:
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    typer.run(main)
