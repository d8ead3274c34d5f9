"""Reading what webhooks owns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Connection
from core.database.lookups import one
from core.errors import missing
from core.tenant import Tenant
from webhooks.catalog import THIN_ONLY
from webhooks.models import Body, Delivery, Endpoint, Event, Resend
from webhooks.states import DeliveryStatus

# Events that only the platform hears of whose application they are about.
ABOUT_APPLICATIONS: Final = "account.application."


def listening(
    account_ids: Iterable[str], *, only: str | None = None
) -> dict[tuple[str, bool], list[Endpoint]]:
    """Return the enabled endpoints of accounts, with these, by (account, mode), in one query.

    Args:
        account_ids: Whose endpoints.
        only: One endpoint, if no other is meant.
    """
    found: dict[tuple[str, bool], list[Endpoint]] = {}
    rows = Endpoint.objects.filter(
        account_id__in=set(account_ids), is_enabled=True, deleted_at=None
    ).select_related("account")
    if only:
        rows = rows.filter(id=only)
    for row in rows:
        found.setdefault((row.account_id, row.livemode), []).append(row)
    return found


def all_endpoints() -> QuerySet[Endpoint]:
    """Return everybody's endpoints that are not deleted."""
    return Endpoint.objects.filter(deleted_at=None)


def enabled_endpoints(*, livemode: bool) -> QuerySet[Endpoint]:
    """Return everybody's endpoints of a mode that are sent events, the newest first."""
    return all_endpoints().filter(livemode=livemode, is_enabled=True).order_by("-id")


def failing_endpoints(rows: QuerySet[Endpoint], *, at: datetime) -> QuerySet[Endpoint]:
    """Leave the endpoints that do not take what is sent to them.

    Something is tried again, or nothing is sent for a while, or not at all, for how they answered.
    """
    # Whoever scans what waits for an endpoint scans an index of it.
    again = Delivery.objects.filter(
        endpoint_id=OuterRef("pk"), next_attempt_at__isnull=False, status=DeliveryStatus.FAILING
    )
    is_off = Q(is_enabled=False) & ~Q(disabled_reason="")
    return rows.filter(is_off | Q(paused_until__gt=at) | Exists(again))


def all_events(tenant: Tenant, *, since: datetime) -> QuerySet[Event]:
    """Return an account's events that happened at or after a moment."""
    return Event.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, created_at__gte=since
    )


def events(tenant: Tenant, *, since: datetime) -> QuerySet[Event]:
    """Return those of an account's events that have a snapshot."""
    return all_events(tenant, since=since).exclude(type__in=THIN_ONLY)


def any_event(tenant: Tenant, event_id: str, *, since: datetime) -> Event:
    """Return an account's event, also one without a snapshot.

    Raises:
        Missing: If there is none, or it happened before `since`.
    """
    return one(all_events(tenant, since=since), event_id, kind="event")


def event(tenant: Tenant, event_id: str, *, since: datetime) -> Event:
    """Return an account's event.

    Raises:
        Missing: If there is none, or it happened before `since`.
    """
    return one(events(tenant, since=since), event_id, kind="event")


def connected_account(platform: Tenant, account_id: str) -> Tenant:
    """Return an account that is connected to a platform and lets it hear of its events.

    Raises:
        Missing: If it is not, or does not.
    """
    if not _letting_hear(platform, account_id).exists():
        raise missing("account", account_id, param="account")
    return Tenant(account_id, platform.livemode)


def _letting_hear(platform: Tenant, account_id: str) -> QuerySet[Connection]:
    return Connection.objects.filter(
        Connection.letting("read", "events"),
        platform_id=platform.account_id,
        account_id=account_id,
        livemode=platform.livemode,
        ended_at=None,
    )


# A platform, an account and a mode: the account must let the platform hear of it.
Consent = tuple[str, str, bool]


def consent_for(endpoint: Endpoint, account_id: str, type: str) -> Consent | None:
    """Return whose consent an endpoint needs to receive an account's event; None if nobody's.

    Args:
        endpoint: The endpoint.
        account_id: Whose event it is.
        type: The event's type.
    """
    is_own = endpoint.account_id == account_id
    if is_own and endpoint.platform_id:
        return endpoint.platform_id, account_id, endpoint.livemode
    if is_own or type.startswith(ABOUT_APPLICATIONS):
        return None
    return endpoint.account_id, account_id, endpoint.livemode


def consents(asked: Iterable[Consent]) -> set[Consent]:
    """Return which consents there are, of some, in one query."""
    wanted = set(asked)
    if not wanted:
        return set()
    rows = Connection.objects.filter(
        Connection.letting("read", "events"),
        platform_id__in={platform for platform, _, _ in wanted},
        account_id__in={account for _, account, _ in wanted},
        ended_at=None,
    ).values_list("platform_id", "account_id", "livemode")
    return wanted & set(rows)


def pending_counts(event_ids: Iterable[str]) -> dict[str, int]:
    """Return how many deliveries of each event have not succeeded yet, in one query."""
    rows = (
        Delivery.objects.filter(
            event_id__in=list(event_ids),
            status__in=[DeliveryStatus.PENDING, DeliveryStatus.FAILING],
        )
        .values("event_id")
        .annotate(count=Count("id"))
    )
    return {row["event_id"]: row["count"] for row in rows}


def endpoints(
    tenant: Tenant, *, made_by: str | None = None, has_thin: bool = True
) -> QuerySet[Endpoint]:
    """Return the endpoints of an account that are not deleted.

    Those that a command listens at are nobody's to change.

    Args:
        tenant: The account.
        made_by: Only those of one maker.
        has_thin: False for those alone that are sent snapshots.
    """
    rows = Endpoint.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None, listens_until=None
    )
    if not has_thin:
        rows = rows.filter(is_thin=False)
    return rows.filter(platform_id=made_by) if made_by else rows


def endpoint(
    tenant: Tenant, endpoint_id: str, *, made_by: str | None = None, has_thin: bool = True
) -> Endpoint:
    """Return an account's endpoint.

    Raises:
        Missing: If there is none, another one made it, or it is of the other kind.
    """
    rows = endpoints(tenant, made_by=made_by, has_thin=has_thin)
    return one(rows, endpoint_id, kind="webhook_endpoint")


# An event, and the key of one of its bodies.
BodyKey = tuple[str, int]


def bodies(wanted: Iterable[BodyKey]) -> dict[BodyKey, str]:
    """Return what some deliveries send, by their event and key, in one query."""
    keys = set(wanted)
    if not keys:
        return {}
    rows = Body.objects.filter(
        event_id__in={event_id for event_id, _ in keys}, key__in={key for _, key in keys}
    ).values_list("event_id", "key", "text")
    return {(event_id, key): text for event_id, key, text in rows if (event_id, key) in keys}


def body_of(row: Delivery) -> str:
    """Return what a delivery sends; empty if it is not kept any more."""
    if row.body is not None or row.body_key is None:
        return row.body or ""
    return bodies([(row.event_id, row.body_key)]).get((row.event_id, row.body_key), "")


def resends(endpoint: Endpoint) -> QuerySet[Resend]:
    """Return all resends of an endpoint."""
    return Resend.objects.filter(endpoint_id=endpoint.id)


def resend(endpoint: Endpoint, resend_id: str) -> Resend:
    """Return a resend of an endpoint.

    Raises:
        Missing: If the endpoint has no such resend.
    """
    return one(resends(endpoint), resend_id, kind="webhook_endpoint.resend")


def waiting(endpoint_id: str) -> QuerySet[Delivery]:
    """Return an endpoint's deliveries that are still to be tried."""
    return Delivery.objects.filter(endpoint_id=endpoint_id, next_attempt_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Conservation:
    """Events times the endpoints that asked for them, and what became of each.

    Args:
        events: How many events the relay says it took.
        events_there: How many there are in the stretches it took.
        expected: How many deliveries it says they called for.
        delivered: Deliveries that an endpoint accepted.
        pending: Those still to be tried, for the first time or again.
        exhausted: Those that no try is left for.
        canceled: Those whose endpoint was disabled or deleted.
    """

    events: int
    events_there: int
    expected: int
    delivered: int
    pending: int
    exhausted: int
    canceled: int

    @property
    def deliveries(self) -> int:
        """How many there are."""
        return self.delivered + self.pending + self.exhausted + self.canceled

    @property
    def holds(self) -> bool:
        """Return whether no event was skipped and no delivery lost."""
        return self.events == self.events_there and self.expected == self.deliveries


_RELAY_LAG: Final = """
    SELECT extract(epoch FROM clock_timestamp() - e.created_at)::float8
    FROM webhooks_event e, webhooks_relaycursor c
    WHERE c.id = 1 AND (e.xid, e.id) > (c.xid, c.event_id)
    ORDER BY e.xid, e.id LIMIT 1
"""


def relay_lag_seconds() -> float:
    """Return the age of the oldest event that is not fanned out; 0 if all are."""
    with connection.cursor() as cursor:
        cursor.execute(_RELAY_LAG)
        row = cursor.fetchone()
    return max(row[0], 0.0) if row else 0.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """Deliveries that could be tried now.

    Args:
        due: How many, counted up to a bound.
        oldest_seconds: How long the oldest of those that were counted has been due.
    """

    due: int
    oldest_seconds: float


_MOST_COUNTED: Final = 100_000


def backlog(*, at: datetime) -> Backlog:
    """Return how much is due of what enabled endpoints are owed."""
    ready = Endpoint.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=at), is_enabled=True, deleted_at=None
    )
    rows = Delivery.objects.filter(
        endpoint_id__in=ready.values("id"),
        status__in=[DeliveryStatus.PENDING, DeliveryStatus.FAILING],
        next_attempt_at__lte=at,
    )
    counted = rows.values("next_attempt_at")[:_MOST_COUNTED]
    with connection.cursor() as cursor:
        sql, params = counted.query.sql_with_params()
        cursor.execute(f"SELECT count(*), min(next_attempt_at) FROM ({sql}) AS due", params)  # noqa: S608
        count, oldest = cursor.fetchone()
    return Backlog(count, max((at - oldest).total_seconds(), 0.0) if oldest else 0.0)


# Each batch of the relay covers one stretch of (xid, id), and the stretches follow one another.
_CONSERVATION = """
    WITH batch AS MATERIALIZED (
        SELECT * FROM webhooks_fanout
        WHERE created_at >= coalesce(%s::timestamptz, '-infinity')
            AND created_at < coalesce(%s::timestamptz, 'infinity')
    ), event AS MATERIALIZED (
        SELECT e.id FROM batch b JOIN webhooks_event e
            ON (e.xid, e.id) > (b.after_xid, b.after_event_id)
            AND (e.xid, e.id) <= (b.until_xid, b.until_event_id)
    )
    SELECT (SELECT coalesce(sum(event_count), 0) FROM batch), (SELECT count(*) FROM event),
        (SELECT coalesce(sum(delivery_count), 0) FROM batch),
        count(d.id) FILTER (WHERE d.status = 'delivered'),
        count(d.id) FILTER (WHERE d.status IN ('pending', 'failing')),
        count(d.id) FILTER (WHERE d.status = 'exhausted'),
        count(d.id) FILTER (WHERE d.status = 'canceled')
    FROM event JOIN webhooks_delivery d ON d.event_id = event.id
"""


def conservation(*, since: datetime | None = None, until: datetime | None = None) -> Conservation:
    """Hold deliveries against what the relay wrote down when it fanned out.

    The law: events x endpoints that asked = delivered + pending + exhausted + canceled.

    Args:
        since: Only what was fanned out at or after this moment.
        until: Only what was fanned out before this moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONSERVATION, (since, until))
        return Conservation(*map(int, cursor.fetchone()))


def by_success(rows: QuerySet[Event], *, succeeded: bool) -> QuerySet[Event]:
    """Keep the events whose deliveries have all succeeded, or those that have one that did not."""
    failed = Delivery.objects.filter(event_id=OuterRef("pk")).exclude(
        status=DeliveryStatus.DELIVERED
    )
    return rows.exclude(Exists(failed)) if succeeded else rows.filter(Exists(failed))


def delivery_ids(
    event: Event,
    account_ids: Iterable[str],
    *,
    endpoint_id: str | None = None,
    only_listening: bool = False,
) -> list[str]:
    """Return the deliveries of an event to some accounts' endpoints, or to one of these.

    Args:
        event: The event.
        account_ids: Whose endpoints.
        endpoint_id: One that is named.
        only_listening: Whether only commands that listen are meant.

    Raises:
        Missing: If one is named that did not get the event.
    """
    rows = Delivery.objects.filter(
        event=event, account_id__in=set(account_ids), endpoint__deleted_at=None
    )
    # One that is named and disabled is refused where it is sent; of all, the others are meant.
    if endpoint_id:
        rows = rows.filter(endpoint_id=endpoint_id)
    else:
        rows = rows.filter(endpoint__is_enabled=True)
    if only_listening:
        rows = rows.filter(endpoint__listens_until__isnull=False)
    ids = list(rows.values_list("id", flat=True))
    if endpoint_id and not ids:
        raise missing("webhook_endpoint", endpoint_id, param="webhook_endpoint")
    return ids
