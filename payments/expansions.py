"""Loaders of payments' objects, for `expand`."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from accounts.models import TenantModel
from api.answers import expand
from api.lists.pagination import wire_list
from connect.expansions import payment_refunds
from connect.transfers import queries as transfer_queries
from core.tenant import Tenant
from core.types import Fields, JsonObject
from payments import queries, resources
from payments.methods import capabilities

_INSIDE = 10
_Row = TypeVar("_Row", bound=TenantModel)


def register() -> None:
    """Register the loaders, once the app is ready."""
    for prefix, loader, resource in (
        ("pi", _intents, "payment_intents"),
        ("ch", _loader(queries.charges, resources.charge), "charges"),
        ("seti", _setup_intents, "setup_intents"),
        ("setatt", _loader(queries.setup_attempts, resources.setup_attempt), "setup_intents"),
        ("mandate", _loader(queries.mandates, resources.mandate), "mandates"),
        ("re", _loader(queries.refunds, resources.refund), "refunds"),
        ("cus", _loader(queries.all_customers, resources.customer), "customers"),
        ("pm", _loader(queries.payment_methods, resources.payment_method), "payment_methods"),
    ):
        expand.register([prefix], loader, resource=resource)
    expand.register(["du"], _disputes, resource="disputes")
    expand.register_field("charge", "refunds", _refunds, resource="refunds")
    expand.register_field(
        "payment_intent", "charges", _charges_of_intents, resource="charges", is_former=True
    )
    for field, load in (("subscriptions", _no("subscriptions")), ("tax_ids", _tax_ids)):
        expand.register_field("customer", field, load, resource="customers")
    expand.register_field("customer", "sources", _sources, resource="customers")
    expand.register_field(
        "customer",
        "default_source",
        _default_sources,
        resource="customers",
        prefixes=("card", "ba", "src"),
    )
    tax = _loader(queries.all_customers, resources.tax_of)
    expand.register_field("customer", "tax", tax, resource="customers")
    expand.register_field("customer", "invoice_credit_balance", _nothing({}), resource="customers")
    expand.register_field("customer", "cash_balance", _nothing(None), resource="customers")
    # What the wire leaves out of an object where there is none, and who expands it sees as null.
    for kind, field, resource in (
        ("charge", "transfer", "transfers"),
        ("refund", "failure_balance_transaction", "balance_transactions"),
    ):
        expand.register_field(kind, field, _nothing(None), resource=resource)


def _loader(
    rows: Callable[[Tenant], QuerySet[_Row]], render: Callable[[_Row], JsonObject | None]
) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        return {row.pk: render(row) for row in rows(tenant).filter(id__in=ids)}

    return load


def _intents(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.payment_intents(tenant).filter(id__in=ids)
    return {row.id: resources.payment_intent(row) for row in capabilities.refresh(rows)}


def _setup_intents(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.setup_intents(tenant).filter(id__in=ids)
    return {row.id: resources.setup_intent(row) for row in capabilities.refresh(rows)}


def _disputes(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.disputes(tenant).filter(id__in=ids)
    return {row.id: resources.dispute(row, at=at) for row in rows}


def _nothing(value: JsonObject | None) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        return {id: copy(value) for id in ids}

    return load


def _no(field: str) -> expand.Loader:
    """Return a loader of empty lists, for what customers do not have here."""

    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        return {
            id: wire_list([], dict, has_more=False, url=f"/v1/customers/{id}/{field}") for id in ids
        }

    return load


def _charges_of_intents(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    found: dict[str, list[JsonObject]] = {id: [] for id in ids}
    for row in queries.charges(tenant).filter(payment_intent_id__in=ids).order_by("-id"):
        found[row.payment_intent_id].append(resources.charge(row))
    return {
        id: wire_list(
            charges[:_INSIDE],
            dict,
            has_more=len(charges) > _INSIDE,
            url=f"/v1/charges?payment_intent={id}",
        )
        for id, charges in found.items()
    }


def _refunds(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    found: dict[str, list[JsonObject]] = {id: [] for id in ids}
    for row in queries.refunds(tenant).filter(charge_id__in=ids).order_by("-id"):
        found[row.charge_id].append(resources.refund(row))
    # A seller's side of a transfer is a charge on the wire too.
    of_sellers = {
        row.destination_payment_refund_id: str(row.transfer.destination_payment_id)
        for row in transfer_queries.payment_refunds_of(tenant, *ids)
    }
    rendered = payment_refunds(list(of_sellers), tenant, at) if of_sellers else {}
    for id in sorted(rendered, reverse=True):
        found[of_sellers[id]].append(rendered[id])
    return {
        id: {
            "object": "list",
            "data": refunds[:_INSIDE],
            "has_more": len(refunds) > _INSIDE,
            "url": f"/v1/charges/{id}/refunds",
        }
        for id, refunds in found.items()
    }


def _sources(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    found: dict[str, list[JsonObject]] = {id: [] for id in ids}
    rows = queries.payment_methods(tenant).filter(customer_id__in=ids, type__in=resources.SOURCES)
    for row in rows.order_by("-id"):
        found[str(row.customer_id)].append(resources.source(row))
    return _lists_of_customers(found, "sources")


def _tax_ids(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    found: dict[str, list[JsonObject]] = {id: [] for id in ids}
    for row in queries.tax_ids(tenant).filter(customer_id__in=ids).order_by("-id"):
        found[str(row.customer_id)].append(resources.tax_id(row))
    return _lists_of_customers(found, "tax_ids")


def _lists_of_customers(found: Mapping[str, Sequence[JsonObject]], name: str) -> Fields:
    """Return the first page of what each customer has, with the list's `url`."""
    return {
        id: wire_list(
            theirs[:_INSIDE],
            dict,
            has_more=len(theirs) > _INSIDE,
            url=f"/v1/customers/{id}/{name}",
        )
        for id, theirs in found.items()
    }


def _default_sources(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    defaults = dict(
        queries.all_customers(tenant).filter(id__in=ids).values_list("id", "default_source_id")
    )
    method_ids = [resources.method_id_of(id) for id in defaults.values() if id]
    rows = queries.payment_methods(tenant).filter(id__in=method_ids) if method_ids else ()
    sources = {resources.source_id_of(row): resources.source(row) for row in rows}
    return {id: sources.get(defaults.get(id) or "") for id in ids}
