"""`python -m config.bench.books SECONDS`: how many entries one to sixty-four writers can post.

Each writer is a process with a connection of its own, so that what is measured is the
ledger and not one interpreter's lock. Every entry is a transaction of its own.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from core.types import JsonObject

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

WRITERS = 16
_AS_PGBENCH = 8
_HUNDRED = 100
_START_SECONDS = 1.5
_DAY = date(2030, 1, 1)


def main(seconds: float) -> JsonObject:
    import django

    django.setup()
    hot = _measure("hot", seconds)
    distinct = _measure("distinct", seconds)
    guarded = _measure("guarded", seconds / 2)
    # Other numbers of writers, for a shorter time.
    by_writers = {"16": round(hot["entries_per_second"] / distinct["entries_per_second"], 3)}
    for writers in (1, 64):
        pair = [_measure(kind, seconds / 2, writers=writers) for kind in ("hot", "distinct")]
        by_writers[str(writers)] = round(
            pair[0]["entries_per_second"] / pair[1]["entries_per_second"], 3
        )
    return {
        "hot_to_distinct_by_writers": by_writers,
        "one_by_one": _measure("distinct", seconds / 2, writers=_AS_PGBENCH),
        "in_hundreds": _measure("hundreds", seconds / 2, writers=_AS_PGBENCH),
        "hot": hot,
        "distinct": distinct,
        "hot_to_distinct": round(hot["entries_per_second"] / distinct["entries_per_second"], 3),
        # One account whose balance somebody may be refused for: its row is locked until each
        # commit is on the disk. Charges never do this; transfers and payouts do.
        "hot_guarded": guarded,
    }


def _measure(kind: str, seconds: float, *, writers: int = WRITERS) -> JsonObject:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[list[float]] = context.Queue()
    begin = time.monotonic() + _START_SECONDS
    processes = [
        context.Process(target=_write, args=(kind, number, begin, seconds, results), daemon=True)
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    latencies = sorted(second for _ in processes for second in results.get(timeout=seconds + 30))
    for process in processes:
        process.join(10)
    posted = len(latencies) * (_HUNDRED if kind == "hundreds" else 1)
    return {
        "entries_per_second": round(posted / seconds, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1000, 2),
        "p99_ms": round(latencies[int(len(latencies) * 0.99)] * 1000, 2),
    }


def _write(
    kind: str, number: int, begin: float, seconds: float, results: "Queue[list[float]]"
) -> None:
    post = _poster(kind, number)
    # Opens the connection, the accounts, and has the statement prepared.
    for _ in range(5):
        post()
    time.sleep(max(0.0, begin - time.monotonic()))
    latencies: list[float] = []
    while (now := time.monotonic()) < begin + seconds:
        post()
        latencies.append(time.monotonic() - now)
    results.put(latencies)


def _poster(kind: str, number: int) -> Callable[[], object]:
    from core.database.transactions import atomic
    from core.ids import new_id
    from ledger import rules
    from ledger.chart import AVAILABLE, PENDING, PROCESSOR
    from ledger.entries import Entry, Line, Part
    from ledger.posting import journal

    mine = f"_{number}" if kind in ("distinct", "hundreds") else ""
    owner, processor = f"acct_bench_{kind}{mine}", f"bench{mine}"
    code = AVAILABLE if kind == "guarded" else PENDING
    day = None if kind == "guarded" else _DAY

    def entry() -> Entry:
        charge = new_id("ch")
        line = Line(owner=owner, type="charge", amount=2000, source=charge, available_on=_DAY)
        return Entry(
            rules.CHARGE_CAPTURED,
            charge,
            charge,
            "usd",
            processor,
            owner,
            (Part(PROCESSOR, 2000),),
            (Part(code, 2000, day, charge if day else None),),
            (line,),
        )

    count = _HUNDRED if kind == "hundreds" else 1

    def post() -> None:
        entries = [entry() for _ in range(count)]
        with atomic():
            journal.post_many(entries, livemode=False, at=datetime.now(UTC))

    return post


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
