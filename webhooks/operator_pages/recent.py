"""The last deliveries of an endpoint, as its page shows them."""

from collections.abc import Iterable
from typing import Final

from core.admin import page_of
from core.types import JsonObject
from webhooks.models import Attempt, Delivery
from webhooks.operator_pages import words
from webhooks.states import UNACCEPTED, DeliveryStatus

MOST_SHOWN: Final = 20
# A rare type is looked for among as many.
MOST_SEARCHED: Final = 5_000


def deliveries(endpoint_id: str, *, only_failed: bool, type: str) -> list[JsonObject]:
    """Return an endpoint's newest deliveries with their last try, in two queries.

    Args:
        endpoint_id: `we_...`.
        only_failed: Whether to leave out what was accepted or waits for its first try.
        type: Only those of a type of event; empty for all.
    """
    rows = Delivery.objects.filter(endpoint_id=endpoint_id).order_by("-id")
    if only_failed:
        rows = rows.filter(status__in=[one.value for one in UNACCEPTED])
    if type:
        newest = rows.values("pk")[:MOST_SEARCHED]
        rows = Delivery.objects.filter(pk__in=newest, event__type=type).order_by("-id")
    shown = list(rows.select_related("event").defer("body", "event__data")[:MOST_SHOWN])
    tries = _last_tries(row.id for row in shown)
    return [_render(row, tries.get(row.id)) for row in shown]


def _last_tries(delivery_ids: Iterable[str]) -> dict[str, Attempt]:
    rows = Attempt.objects.filter(delivery_id__in=list(delivery_ids))
    last = rows.order_by("delivery_id", "-number").distinct("delivery_id")
    return {row.delivery_id: row for row in last}


def _render(row: Delivery, last: Attempt | None) -> JsonObject:
    word, look = words.DELIVERIES[DeliveryStatus(row.status)]
    return {
        "id": row.id,
        "page": page_of("webhooks_delivery", row.id),
        "type": row.event.type,
        "event_page": page_of("webhooks_event", row.event_id),
        "object": row.event.object_id,
        "word": word,
        "look": look,
        "tries": row.attempt_count,
        "answer": words.answer(last.status_code) if last else "",
        "error": last.error if last else "",
        "body": last.response_body if last else "",
        "milliseconds": f"{last.latency_ms:,} ms" if last else "",
        "at": last.created_at if last else row.created_at,
        "next_at": row.next_attempt_at if row.status == DeliveryStatus.FAILING else None,
    }
