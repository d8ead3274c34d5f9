"""Reading what webhooks owns."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.errors import missing
from core.tenant import Tenant
from webhooks.models import Delivery, Endpoint, Event
from webhooks.states import DeliveryStatus


def listening(account_ids: Iterable[str]) -> dict[tuple[str, bool], list[Endpoint]]:
    """Return the enabled endpoints of some accounts, by (account, mode), in one query."""
    found: dict[tuple[str, bool], list[Endpoint]] = {}
    rows = Endpoint.objects.filter(
        account_id__in=set(account_ids), is_enabled=True, deleted_at=None
    )
    for row in rows:
        found.setdefault((row.account_id, row.livemode), []).append(row)
    return found


def events(tenant: Tenant) -> QuerySet[Event]:
    """Return all events of an account."""
    return Event.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def event(tenant: Tenant, event_id: str) -> Event:
    """Return an account's event.

    Raises:
        Missing: If there is none.
    """
    row = events(tenant).filter(id=event_id).first()
    if row is None:
        raise missing("event", event_id)
    return row


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


def endpoints(tenant: Tenant) -> QuerySet[Endpoint]:
    """Return all endpoints of an account that are not deleted."""
    return Endpoint.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    )


def endpoint(tenant: Tenant, endpoint_id: str) -> Endpoint:
    """Return an account's endpoint.

    Raises:
        Missing: If there is none.
    """
    row = endpoints(tenant).filter(id=endpoint_id).first()
    if row is None:
        raise missing("webhook_endpoint", endpoint_id)
    return row


@dataclass(frozen=True, slots=True)
class Conservation:
    """Every delivery is in exactly one of these: nothing is ever lost between them."""

    deliveries: int
    delivered: int
    pending: int
    exhausted: int
    canceled: int

    @property
    def holds(self) -> bool:
        """Tell whether the parts add up to the whole."""
        return self.deliveries == self.delivered + self.pending + self.exhausted + self.canceled


def conservation() -> Conservation:
    """Count deliveries by what became of them."""
    waiting = Q(status__in=[DeliveryStatus.PENDING, DeliveryStatus.FAILING])
    counts = Delivery.objects.aggregate(
        deliveries=Count("id"),
        delivered=Count("id", filter=Q(status=DeliveryStatus.DELIVERED)),
        pending=Count("id", filter=waiting),
        exhausted=Count("id", filter=Q(status=DeliveryStatus.EXHAUSTED)),
        canceled=Count("id", filter=Q(status=DeliveryStatus.CANCELED)),
    )
    return Conservation(**counts)


def by_success(rows: QuerySet[Event], *, succeeded: bool) -> QuerySet[Event]:
    """Keep the events whose deliveries have all succeeded, or those that have one that did not."""
    failed = Delivery.objects.filter(event_id=OuterRef("pk")).exclude(
        status=DeliveryStatus.DELIVERED
    )
    return rows.exclude(Exists(failed)) if succeeded else rows.filter(Exists(failed))


def delivery_ids(event: Event, tenant: Tenant, *, endpoint_id: str | None = None) -> list[str]:
    """Return the deliveries of an event to an account's endpoints, or to one of them."""
    rows = Delivery.objects.filter(event=event, account_id=tenant.account_id)
    if endpoint_id:
        rows = rows.filter(endpoint_id=endpoint_id)
    return list(rows.values_list("id", flat=True))
