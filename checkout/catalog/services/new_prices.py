"""Making a price as a step of something larger."""

from typing import Final

from checkout import queries, resources
from checkout.catalog.services import unit_amounts
from checkout.models import Price, Product
from core.database import uniqueness
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.ids import new_id
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork

# Three years, which is the longest that a recurring price may wait.
_MOST_INTERVALS: Final = {"day": 1_095, "week": 156, "month": 36, "year": 3}


def add(
    work: UnitOfWork,
    product: Product,
    *,
    currency: str,
    id: str | None = None,
    transfer_lookup_key: bool = False,
    **params: object,
) -> Price:
    """Add a price of a product, within a unit of work.

    Args:
        work: The unit of work.
        product: What it is the price of; new, or locked.
        currency: Lower-case ISO code.
        id: A reserved id; None for a new one.
        transfer_lookup_key: True to take the lookup key from the price that has it.
        params: What is said of it besides: one of the amounts, and columns.

    Raises:
        InvalidRequest: If it has no amount, or several. When the work is written, if another
            price has its lookup key.
    """
    columns: JsonObject = dict(params)
    amounts = unit_amounts.columns(columns, currency)
    options = unit_amounts.currency_options(columns.pop("currency_options", {}), currency)
    recurring = _recurring(columns.pop("recurring", None))
    if recurring and amounts["custom_unit_amount"]:
        raise InvalidRequest(
            "What payers choose themselves is paid once. Leave recurring out.",
            code="parameters_exclusive",
            param="recurring",
        )
    row = Price(
        id=id or new_id("price"),
        account_id=product.account_id,
        livemode=product.livemode,
        product=product,
        currency=currency,
        currency_options=options,
        recurring=recurring,
        created_at=work.at,
        **{**columns, **amounts},
    )
    name(work, row, is_taken_over=transfer_lookup_key)
    work.insert(row)
    work.emit("price.created", row.tenant, resources.price(row))
    return row


def name(work: UnitOfWork, row: Price, *, is_taken_over: bool) -> None:
    """Let a price alone have its lookup key.

    Args:
        work: The unit of work in which the price is written.
        row: The price, with its key.
        is_taken_over: True to take the key from the price that has it.
    """
    if row.lookup_key is None:
        return
    if is_taken_over:
        others = queries.prices(row.tenant).filter(lookup_key=row.lookup_key).exclude(id=row.id)
        for other in lock_rows(others):
            previous = {"lookup_key": other.lookup_key}
            other.lookup_key = None
            # The constraint is checked with every statement: the key is free before it is given.
            other.save(update_fields=["lookup_key"])
            work.emit("price.updated", row.tenant, resources.price(other), previous)
    taken = InvalidRequest(
        f"A price with the lookup key `{row.lookup_key}` exists already. Send "
        "transfer_lookup_key=true to take it from that price.",
        code="resource_already_exists",
        param="lookup_key",
    )
    work.explain(uniqueness.explain("price_lookup_key_is_unique", taken))


def _recurring(params: object) -> JsonObject | None:
    if not isinstance(params, dict):
        return None
    interval, count = params["interval"], params.get("interval_count", 1)
    if count > _MOST_INTERVALS[interval]:
        raise InvalidRequest(
            f"A recurring price waits for three years at most: {_MOST_INTERVALS[interval]} times "
            f"a {interval}.",
            code="parameter_invalid_integer",
            param="recurring[interval_count]",
        )
    return {
        "interval": interval,
        "interval_count": count,
        "meter": None,
        "trial_period_days": params.get("trial_period_days"),
        "usage_type": "licensed",
    }
