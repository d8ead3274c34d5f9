"""What tests of webhooks do again and again."""

import time
from datetime import timedelta

import psycopg
from django.db import connection

from core.database.transactions import atomic
from core.ids import new_id
from core.tenant import Tenant
from tests.databases import address_in_use
from tests.factories import now
from webhooks.engine import engine
from webhooks.models import Delivery, Endpoint, Event, Resend
from webhooks.services import endpoints, events, relay

PAID = "payment_intent.succeeded"


def an_endpoint(tenant: Tenant, url: str, *types: str, is_connect: bool = False) -> Endpoint:
    return endpoints.create(
        tenant=tenant,
        url=url,
        enabled_events=list(types) or [PAID],
        is_connect=is_connect,
        at=now(),
    )[0]


def an_event(tenant: Tenant, object_id: str = "cus_1", type: str = "customer.created") -> Event:
    with atomic():
        event = events.event(
            type,
            tenant=tenant,
            resource={"id": object_id, "object": "customer"},
            previous_attributes={} if type.endswith(".updated") else None,
            at=now(),
        )
        event.save(force_insert=True)
    return event


def a_resend_of(endpoint: Endpoint, *, status: str = "done") -> Resend:
    """One that has nothing left to send."""
    at = now()
    return Resend.objects.create(
        account_id=endpoint.account_id,
        livemode=endpoint.livemode,
        endpoint=endpoint,
        status=status,
        since=at,
        after=new_id("dlv"),
        until=new_id("dlv"),
        total=0,
        created_at=at,
        ended_at=None if status == "running" else at,
    )


def relayed() -> None:
    """Relay until nothing is left; other databases of the server may hold the horizon back."""
    deadline = time.monotonic() + 30
    while relay.run_once(at=now()) or _unsettled():
        assert time.monotonic() < deadline, "Somebody holds the commit horizon back."
        time.sleep(0.01)


def wait_for_the_horizon() -> None:
    """Wait until everything that was written lies below it."""
    deadline = time.monotonic() + 30
    while _query(
        "SELECT EXISTS (SELECT FROM webhooks_event WHERE xid >= "
        "pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    ):
        assert time.monotonic() < deadline, "Somebody holds the commit horizon back."
        time.sleep(0.01)


def a_due_delivery(tenant: Tenant, url: str) -> Delivery:
    an_endpoint(tenant, url, "customer.created")
    event = an_event(tenant)
    relayed()
    return Delivery.objects.get(event=event)


def try_all(*, after: timedelta = timedelta()) -> None:
    """Deliver all that is due, and what falls due at once of it."""
    at = now() + after
    engine.drain_until_idle(lambda: at)


def as_owner(statement: str) -> None:
    with psycopg.connect(address_in_use("rialto_owner"), autocommit=True) as owner:
        owner.execute(statement)


def _unsettled() -> bool:
    return _query(
        "SELECT EXISTS (SELECT FROM webhooks_event e, webhooks_relaycursor c "
        "WHERE (e.xid, e.id) > (c.xid, c.event_id))"
    )


def _query(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return bool(cursor.fetchone()[0])
