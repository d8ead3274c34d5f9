"""The ways of shipping that a session offers."""

from collections.abc import Sequence

from checkout import queries
from checkout.catalog.services import shipping_rates
from checkout.models import CheckoutSession, ShippingRate
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields
from operations.unit_of_work import UnitOfWork


def offer(
    work: UnitOfWork, tenant: Tenant, session: CheckoutSession, options: Sequence[Fields]
) -> None:
    """Set the ways of shipping that the payer chooses from; the first is chosen until then.

    Args:
        work: The unit of work, which gets the rates that are described.
        tenant: The merchant.
        session: The session, locked or new.
        options: What the request says of each.

    Raises:
        Missing: If the merchant has no such rate.
        InvalidRequest: If it has no amount in the session's currency, or is not active.
    """
    named = {one["shipping_rate"] for one in options if "shipping_rate" in one}
    rows = queries.shipping_rates(tenant).filter(id__in=named) if named else ()
    known = {row.id: row for row in rows}
    kept = []
    for number, one in enumerate(options):
        path = f"shipping_options[{number}]"
        if ("shipping_rate" in one) == ("shipping_rate_data" in one):
            raise InvalidRequest(
                f"Send one of {path}[shipping_rate] and {path}[shipping_rate_data].",
                code="parameters_exclusive" if one else "parameter_missing",
                param=f"{path}[shipping_rate]",
            )
        if "shipping_rate" in one and one["shipping_rate"] not in known:
            raise missing("shipping rate", one["shipping_rate"], param=f"{path}[shipping_rate]")
        if "shipping_rate" in one:
            row = known[one["shipping_rate"]]
        else:
            row = _describe(work, tenant, one["shipping_rate_data"], path)
        amount = _amount(row, str(session.currency), path)
        kept.append({"shipping_rate": row.id, "shipping_amount": amount})
    session.shipping_options = kept
    session.shipping_rate_id = str(kept[0]["shipping_rate"]) if kept else None


def _describe(work: UnitOfWork, tenant: Tenant, data: Fields, path: str) -> ShippingRate:
    if "fixed_amount" not in data:
        param = f"{path}[shipping_rate_data][fixed_amount]"
        raise InvalidRequest(
            f"Missing required param: {param}.", code="parameter_missing", param=param
        )
    details = {name: value for name, value in data.items() if name != "type"}
    return shipping_rates.add(work, tenant, id=new_id("shr"), **details)


def _amount(row: ShippingRate, currency: str, path: str) -> int:
    if not row.is_active:
        raise InvalidRequest(f"{row.id} is not active. Activate it.", param=path)
    if row.currency == currency:
        return row.amount
    option = row.currency_options.get(currency)
    if option is None:
        raise InvalidRequest(f"{row.id} has no amount in {currency}.", param=path)
    return int(option["amount"])
