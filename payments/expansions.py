"""How the ids of payments' objects become objects, for `expand`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api import expand
from core.tenant import Tenant
from payments import queries, resources

_INSIDE = 10


def register() -> None:
    """Tell the protocol. Called once, when the room is ready."""
    for prefix, (rows, render) in {
        "pi": (queries.payment_intents, resources.payment_intent),
        "ch": (queries.charges, resources.charge),
        "seti": (queries.setup_intents, resources.setup_intent),
        "setatt": (queries.setup_attempts, resources.setup_attempt),
        "mandate": (queries.mandates, resources.mandate),
        "re": (queries.refunds, resources.refund),
        "cus": (queries.all_customers, resources.customer),
        "pm": (queries.payment_methods, resources.payment_method),
    }.items():
        expand.register([prefix], _loader(rows, render))
    expand.register(["du"], _disputes)
    expand.register_field("charge", "refunds", _refunds)


def _loader(rows: Any, render: Any) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Mapping[str, Any]:
        return {row.id: render(row) for row in rows(tenant).filter(id__in=ids)}

    return load


def _disputes(ids: Sequence[str], tenant: Tenant, at: datetime) -> Mapping[str, Any]:
    rows = queries.disputes(tenant).filter(id__in=ids)
    return {row.id: resources.dispute(row, at=at) for row in rows}


def _refunds(ids: Sequence[str], tenant: Tenant, at: datetime) -> Mapping[str, Any]:
    rows = queries.refunds(tenant).filter(charge_id__in=ids).order_by("-id")
    found: dict[str, list[Any]] = {id: [] for id in ids}
    for row in rows:
        found[row.charge_id].append(resources.refund(row))
    return {
        id: {
            "object": "list",
            "data": refunds[:_INSIDE],
            "has_more": len(refunds) > _INSIDE,
            "url": f"/v1/charges/{id}/refunds",
        }
        for id, refunds in found.items()
    }
