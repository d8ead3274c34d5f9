"""`python -m config.bench.webhooks.room OWNER_URL PORT COUNT`: how many bytes a payment takes.

Payments of a new merchant, all of whose events go to one endpoint. What stays after thirty days is
what lies in no partition that is dropped by then.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import psycopg

from core.types import JsonObject

# Tables with their indexes; of those in partitions, all of these.
_SIZES: Final = """
    SELECT coalesce(i.inhparent, c.oid)::regclass::text,
        sum(pg_total_relation_size(c.oid))::bigint
    FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1
"""
_MONTH: Final = timedelta(days=30)
# Each index grows by a page at a time: so many payments fill some of each.
_WARMING_UP: Final = 50
_PATIENCE_SECONDS: Final = 60


def main(owner_url: str, port: int, count: int) -> JsonObject:
    """Return bytes a payment: in all, of webhooks, and of what stays after thirty days."""
    import django

    django.setup()
    from django.utils import timezone

    from config.bench import grown
    from config.bench.turns import Shop
    from config.bench.webhooks import receiver
    from core.tenant import Tenant
    from webhooks.services import endpoints

    owner, key = grown.a_merchant()
    shop = Shop(port, key)
    with psycopg.connect(owner_url, autocommit=True) as tables, receiver.running() as there:
        endpoint, _ = endpoints.create(
            tenant=Tenant(owner, livemode=False),
            url=f"http://127.0.0.1:{there.port}/",
            enabled_events=["*"],
            at=timezone.now(),
        )
        return measure(tables, pay=shop.pay, settle=lambda: _settle(endpoint.id), count=count)


def measure(
    tables: psycopg.Connection,
    *,
    pay: Callable[[], object],
    settle: Callable[[], object],
    count: int,
) -> JsonObject:
    """Pay so often, and return by how much the tables have grown a payment.

    Args:
        tables: A connection of their owner or of a superuser.
        pay: Makes one payment.
        settle: Waits until all events are delivered.
        count: How many payments.
    """
    for _ in range(_WARMING_UP):
        pay()
    settle()
    before = _sizes(tables)
    for _ in range(count):
        pay()
    settle()
    grown = {name: size - before.get(name, 0) for name, size in _sizes(tables).items()}
    told = [size for name, size in grown.items() if name.startswith("webhooks_")]
    kept = [size for name, size in grown.items() if not _goes(name)]
    return {
        "bytes": round(sum(grown.values()) / count),
        "of_webhooks": round(sum(told) / count),
        "after_a_month": round(sum(kept) / count),
    }


def _goes(table: str) -> bool:
    from django.conf import settings

    return bool(settings.KEPT_FOR.get(table, 2 * _MONTH) <= _MONTH)


def _sizes(tables: psycopg.Connection) -> dict[str, int]:
    return dict(tables.execute(_SIZES).fetchall())


def _settle(endpoint_id: str) -> None:
    """Wait until nothing waits for an endpoint, and the relay has had the time to find more."""
    from webhooks import queries

    deadline, quiet = time.monotonic() + _PATIENCE_SECONDS, 0
    while quiet < 4:
        if time.monotonic() > deadline:
            raise TimeoutError("The events of payments are not delivered.")
        quiet = 0 if queries.waiting(endpoint_id).exists() else quiet + 1
        time.sleep(0.5)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
