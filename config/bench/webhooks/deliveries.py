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
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp

from core.types import JsonObject

_ENDPOINTS: Final = (1, 10, 1_000)
# As many as one host is sent at once, and one endpoint.
_MOST_AT_ONCE: Final = 75
_MOST_PER_ENDPOINT: Final = 8
_LONGEST_SECONDS: Final = 120
_BODY: Final = json.dumps({"object": "event", "data": {"object": {"filler": "x" * 1_900}}})
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_END_OF_HEAD: Final = b"\r\n\r\n"

_ENDPOINT: Final = """
    INSERT INTO webhooks_endpoint (id, account_id, livemode, url, enabled_events, is_connect,
        is_enabled, disabled_reason, is_slow, timeouts_in_a_row, secret, metadata, created_at,
        keeps_order, failing_notices, missed_after, missed_until)
    VALUES (%s, %s, false, %s, '["payout.paid"]', false, true, '', false, 0, %s, '{}', now(),
        false, 0, '', '')
"""
# The relay has passed them already: what is measured is the sending.
_EVENTS: Final = """
    INSERT INTO webhooks_event (id, account_id, livemode, type, object_id, data, api_version,
        created_at, xid)
    SELECT unnest(%s::text[]), %s, false, 'payout.paid', 'po_bench', '{}', '2026-10-28.endive',
        now(), 0
"""
_DELIVERIES: Final = """
    INSERT INTO webhooks_delivery (id, account_id, livemode, event_id, endpoint_id, status, body,
        attempt_count, attempts_before_resend, next_attempt_at, created_at)
    SELECT d.id, %s, false, d.event_id, d.endpoint_id, 'pending', %s, 0, 0, now(), now()
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS d (id, event_id, endpoint_id)
"""

_DELETE: Final = """
    UPDATE webhooks_endpoint SET deleted_at = now(), is_enabled = false WHERE id = ANY(%s)
"""


def main(engine: int, count: int) -> JsonObject:
    import django

    django.setup()
    found: JsonObject = {}
    with _receiver() as port:
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
    from django.db import connection

    from core.database.transactions import atomic
    from webhooks.services import hints

    with atomic():
        made = insert(port, endpoints=endpoints, count=count)
        hints.publish_after_commit(hints.DELIVERIES)
    begun, computed = time.monotonic(), _cpu_seconds(engine)
    waiting = "SELECT count(*) FROM webhooks_delivery WHERE endpoint_id = ANY(%s) AND status = %s"
    while time.monotonic() < begun + _LONGEST_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(waiting, [made, "delivered"])
            if cursor.fetchone()[0] == count:
                break
        time.sleep(0.05)
    else:
        raise TimeoutError("The engine has not delivered everything.")
    seconds, computed = time.monotonic() - begun, _cpu_seconds(engine) - computed
    with connection.cursor() as cursor:
        # Whatever is measured next must not look for events that they want.
        cursor.execute(_DELETE, [made])
    return {"per_second": count / seconds, "per_core": count / computed}


def insert(port: int, *, endpoints: int, count: int) -> list[str]:
    """Write so many deliveries to endpoints of the receiver, and return the endpoints. A step."""
    from django.db import connection

    from core.ids import new_id
    from webhooks import encryption

    with connection.cursor() as db:
        db.execute("SELECT id FROM accounts_account ORDER BY id LIMIT 1")
        (account,) = db.fetchone()
        made = [new_id("we") for _ in range(endpoints)]
        for id in made:
            sealed = encryption.encrypt(encryption.new_secret(), row=id)
            db.execute(_ENDPOINT, [id, account, f"http://127.0.0.1:{port}/{id}", sealed])
        events = [new_id("evt") for _ in range(count)]
        db.execute(_EVENTS, [events, account])
        ids = [new_id("dlv") for _ in range(count)]
        of_each = [made[number % endpoints] for number in range(count)]
        db.execute(_DELIVERIES, [account, _BODY, ids, events, of_each])
    return made


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
    body, url = _BODY.encode(), f"http://127.0.0.1:{port}/"
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> None:
            for _ in left:
                async with session.post(url, data=body, headers=headers) as response:
                    await response.read()

        await asyncio.gather(*(post() for _ in range(at_once)))


@contextmanager
def _receiver() -> Iterator[int]:
    """Run a receiver in a process of its own that takes everything and costs next to nothing."""
    context = multiprocessing.get_context("spawn")
    ports: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_receive, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=20)
    finally:
        process.terminate()
        process.join(10)


def _receive(ports: "multiprocessing.Queue[int]") -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Answering, "127.0.0.1", 0, backlog=1_024)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class _Answering(asyncio.Protocol):
    """Answers each request once all of it is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._heard = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, rest = self._heard.partition(_END_OF_HEAD)
        if found:
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(rest) >= length:
                self._heard = rest[length:]
                self._transport.write(_ANSWER)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
