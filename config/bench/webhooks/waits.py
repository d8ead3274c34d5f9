"""`python -m config.bench.webhooks.waits PID PER_SECOND SECONDS`: how long webhooks are under way.

A hundred endpoints are sent so many in a second: first all of them answer, then one hangs, and then
half of them are down. What is measured is the time from the commit to the first byte's arrival.
"""

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from config.bench.webhooks import receiver
from config.bench.webhooks.receiver import Receiver
from core.types import JsonObject

_ENDPOINTS: Final = 100
_EVERY_SECONDS: Final = 0.1
_WARM_UP_SECONDS: Final = 1.0
# What came last is waited for so long.
_PATIENCE_SECONDS: Final = 10.0


def main(engine: int, per_second: int, seconds: float) -> JsonObject:
    """Return p50 and p95 in ms of those that answer.

    Of the time while half are down also what the engine's memory grew by, in MB.
    """
    import django

    django.setup()
    found: JsonObject = {"per_second": per_second}
    waits: dict[str, list[float]] = {}
    with receiver.running() as there, _hanging() as silent, _closed() as away:
        good = f"http://127.0.0.1:{there.port}"
        # Other hosts: what a host is sent at once is limited, too.
        bad = {
            "warm_up": [],
            "all": [],
            "one_hangs": [f"http://127.0.0.2:{silent}"],
            "all_again": [],
            "half_down": [f"http://127.0.0.3:{away}"] * (_ENDPOINTS // 2),
        }
        for name, those in bad.items():
            before = _resident_mb(engine)
            addresses = those + [good] * (_ENDPOINTS - len(those))
            lasting = _WARM_UP_SECONDS if name == "warm_up" else seconds
            waits[name] = _stream(
                there, addresses, len(those), per_second=per_second, seconds=lasting
            )
            grown = round(_resident_mb(engine) - before, 1)
    # What is measured before and after is the other side of the ratio.
    waits["all"] = sorted(waits["all"] + waits["all_again"])
    for name in ("all", "one_hangs", "half_down"):
        taken = waits[name]
        found[name] = {
            "p50_ms": round(taken[len(taken) // 2] * 1000, 1),
            "p95_ms": round(taken[len(taken) * 95 // 100] * 1000, 1),
        }
    found["half_down"]["grown_mb"] = grown
    found["growth"] = round(found["one_hangs"]["p95_ms"] / found["all"]["p95_ms"], 2)
    return found


def quiet_p50(*, per_second: int, seconds: float) -> float:
    """Return p50 in ms from the commit to the arrival at a hundred endpoints that all answer."""
    with receiver.running() as there:
        addresses = [f"http://127.0.0.1:{there.port}"] * _ENDPOINTS
        taken = _stream(there, addresses, 0, per_second=per_second, seconds=seconds)
    return round(taken[len(taken) // 2] * 1000, 3)


def _stream(
    there: Receiver, addresses: list[str], bad: int, *, per_second: int, seconds: float
) -> list[float]:
    """Make deliveries for a while, and return how long those to the good endpoints took, sorted.

    Args:
        there: Where they arrive.
        addresses: Of the endpoints.
        bad: How many of the first do not answer.
        per_second: How many deliveries.
        seconds: For how long.
    """
    from config.bench.webhooks import rows
    from core.database.transactions import atomic
    from webhooks.services import hints

    with atomic():
        made = rows.make_endpoints(addresses)
    each = round(per_second * _EVERY_SECONDS)
    committed: dict[str, float] = {}
    begun = time.monotonic()
    for number in range(round(seconds / _EVERY_SECONDS)):
        time.sleep(max(0.0, begun + number * _EVERY_SECONDS - time.monotonic()))
        # In turns: whose turn it is goes on from batch to batch.
        shift = number * each % len(made)
        endpoints = made[shift:] + made[:shift]
        with atomic():
            ids = rows.make_deliveries(endpoints, count=each)
            hints.publish_after_commit(hints.DELIVERIES)
        now = time.monotonic()
        good = set(made[bad:])
        committed |= {
            id: now for place, id in enumerate(ids) if endpoints[place % len(made)] in good
        }
    deadline = time.monotonic() + _PATIENCE_SECONDS
    came = there.arrivals()
    while not committed.keys() <= came.keys():
        if time.monotonic() > deadline:
            raise TimeoutError("The engine has not delivered everything.")
        time.sleep(_EVERY_SECONDS)
        came = there.arrivals()
    rows.delete_endpoints(made)
    # The hint may be there before this process knows that it has committed.
    return sorted(max(came[id] - at, 0.0) for id, at in committed.items())


@contextmanager
def _hanging() -> Iterator[int]:
    """Take connections and never say a word; yield the port."""
    with socket.create_server(("127.0.0.2", 0), backlog=1_024) as listening:
        yield int(listening.getsockname()[1])


@contextmanager
def _closed() -> Iterator[int]:
    """Yield a port at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.3", 0))
        yield int(bound.getsockname()[1])


def _resident_mb(pid: int) -> float:
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
