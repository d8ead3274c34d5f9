"""Endpoints of the bench, and deliveries that are due to them at one moment."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from config.bench.webhooks.receiver import BODY
from core.ids import new_id
from webhooks import encryption

_ENDPOINT: Final = """
    INSERT INTO webhooks_endpoint (id, account_id, livemode, url, enabled_events, is_connect,
        is_enabled, disabled_reason, is_slow, timeouts_in_a_row, secret, metadata, created_at,
        keeps_order, failing_notices, missed_after, missed_until, is_thin, name)
    VALUES (%s, %s, false, %s, '["payout.paid"]', false, true, '', false, 0, %s, '{}', now(),
        false, 0, '', '', false, '')
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
    SELECT d.id, %s, false, d.event_id, d.endpoint_id, 'pending',
        replace(%s::text, '{id}', d.id), 0, 0, now(), now()
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS d (id, event_id, endpoint_id)
"""

_DELETE: Final = """
    UPDATE webhooks_endpoint SET deleted_at = now(), is_enabled = false WHERE id = ANY(%s)
"""
_DELIVERED: Final = """
    SELECT count(*) FROM webhooks_delivery WHERE endpoint_id = ANY(%s) AND status = 'delivered'
"""


def make_endpoints(addresses: Sequence[str]) -> list[str]:
    """Make endpoints, each at an address with its id behind it, and return their ids. A step.

    Args:
        addresses: Such as `http://127.0.0.1:8000`.
    """
    made, owner = [new_id("we") for _ in addresses], account()
    with connection.cursor() as db:
        for id, address in zip(made, addresses, strict=True):
            sealed = encryption.encrypt(encryption.new_secret(), row=id)
            db.execute(_ENDPOINT, [id, owner, f"{address}/{id}", sealed])
    return made


def make_deliveries(endpoints: Sequence[str], *, count: int) -> list[str]:
    """Make so many deliveries due to endpoints in turns, and return their ids. A step."""
    events = [new_id("evt") for _ in range(count)]
    ids = [new_id("dlv") for _ in range(count)]
    of_each = [endpoints[number % len(endpoints)] for number in range(count)]
    owner = account()
    with connection.cursor() as db:
        db.execute(_EVENTS, [events, owner])
        db.execute(_DELIVERIES, [owner, BODY, ids, events, of_each])
    return ids


def count_delivered(endpoints: Sequence[str]) -> int:
    """Count the deliveries to endpoints that are written down as delivered."""
    with connection.cursor() as db:
        db.execute(_DELIVERED, [list(endpoints)])
        return int(db.fetchone()[0])


def delete_endpoints(made: Sequence[str]) -> None:
    """Delete endpoints, so that nobody looks for events that they want."""
    with connection.cursor() as db:
        db.execute(_DELETE, [list(made)])


def account() -> str:
    """Return the account that they are made for: the first one."""
    with connection.cursor() as db:
        db.execute("SELECT id FROM accounts_account ORDER BY id LIMIT 1")
        return str(db.fetchone()[0])
