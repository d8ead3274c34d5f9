"""`python -m config.bench.webhooks.deliveries PID COUNT`: the engine, beside a bare loop.

The bare loop posts the same bytes to the same receiver with as many requests in flight, and does
nothing else: it signs nothing, reads nothing from a database and writes nothing down.
"""

import asyncio
import json
import multiprocessing
import os
import sys
import time
from typing import Final

import aiohttp

from config.bench.webhooks import receiver
from core.types import JsonObject

_ENDPOINTS: Final = (1, 10, 1_000)
# As many as one host is sent at once, and one endpoint.
_MOST_AT_ONCE: Final = 75
_MOST_PER_ENDPOINT: Final = 8
_LONGEST_SECONDS: Final = 120


def main(engine: int, count: int) -> JsonObject:
    import django

    django.setup()
    found: JsonObject = {}
    with receiver.running() as there:
        port = there.port
        for number in _ENDPOINTS:
            at_once = min(_MOST_PER_ENDPOINT * number, _MOST_AT_ONCE)
            sent = _send(engine, port, endpoints=number, count=count)
            bare = _bare(port, at_once=at_once, count=count)
            found[str(number)] = {
                "per_second": round(sent["per_second"], 1),
                "per_core": round(sent["per_core"], 1),
                "bare_per_second": round(bare["per_second"], 1),
                "bare_per_core": round(bare["per_core"], 1),
                "to_bare": round(sent["per_core"] / bare["per_core"], 3),
            }
    return found


def _send(engine: int, port: int, *, endpoints: int, count: int) -> dict[str, float]:
    """Give the engine so many deliveries at once, and wait until all are written down."""
    from config.bench.webhooks import rows
    from core.database.transactions import atomic
    from webhooks.services import hints

    with atomic():
        made = rows.make_endpoints([f"http://127.0.0.1:{port}"] * endpoints)
        rows.make_deliveries(made, count=count)
        hints.publish_after_commit(hints.DELIVERIES)
    begun, computed = time.monotonic(), _cpu_seconds(engine)
    while time.monotonic() < begun + _LONGEST_SECONDS:
        if rows.count_delivered(made) == count:
            break
        time.sleep(0.05)
    else:
        raise TimeoutError("The engine has not delivered everything.")
    seconds, computed = time.monotonic() - begun, _cpu_seconds(engine) - computed
    rows.delete_endpoints(made)
    return {"per_second": count / seconds, "per_core": count / computed}


def _cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _bare(port: int, *, at_once: int, count: int) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[dict[str, float]] = context.Queue()
    process = context.Process(target=_post_all, args=(port, at_once, count, results))
    process.start()
    found = results.get(timeout=_LONGEST_SECONDS)
    process.join(10)
    return found


def _post_all(
    port: int, at_once: int, count: int, results: "multiprocessing.Queue[dict[str, float]]"
) -> None:
    begun, computed = time.monotonic(), time.process_time()
    asyncio.run(_post_with(port, at_once, count))
    results.put(
        {
            "per_second": count / (time.monotonic() - begun),
            "per_core": count / (time.process_time() - computed),
        }
    )


async def _post_with(port: int, at_once: int, count: int) -> None:
    left = iter(range(count))
    body, url = receiver.BODY.encode(), f"http://127.0.0.1:{port}/"
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> None:
            for _ in left:
                async with session.post(url, data=body, headers=headers) as response:
                    await response.read()

        await asyncio.gather(*(post() for _ in range(at_once)))


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
