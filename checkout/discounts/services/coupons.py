"""Coupons: what is off, for how long, and for what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from checkout import queries, resources
from checkout.models import Coupon
from core import money, request_context
from core.database import uniqueness
from core.database.locking import lock_rows
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply, previous_values
from operations import recovery
from operations.unit_of_work import UnitOfWork

# How many of the key's last characters, which are random, name a coupon that has no other name.
_LENGTH: Final = 8
_LONGEST_WAIT: Final = timedelta(days=5 * 365 + 2)


def create(
    *,
    tenant: Tenant,
    applies_to: Fields | None = None,
    currency_options: Mapping[str, Fields] | None = None,
    at: datetime,
    **details: object,
) -> Coupon:
    """Add a coupon.

    Args:
        tenant: The merchant.
        applies_to: `products`: the ids of those that it is for.
        currency_options: Currency → `amount_off` in it.
        at: The moment of the request.
        details: Columns.

    Raises:
        InvalidRequest: If it is neither a percentage nor an amount of a currency, or both; its
            duration or last day cannot be; or the merchant has a coupon of that id.
        Missing: If the merchant has no such product.
    """
    key = request_context.reserved_id("coupon")
    if done := recovery.resume(lambda: Coupon.objects.filter(id=key).first()):
        return done
    row = Coupon(
        id=key,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        created_at=at,
        **{"public_id": key[-_LENGTH:], **details},
    )
    _check_amount(row)
    _check_time(row, at)
    row.currency_options = _options(row, currency_options or {})
    if applies_to is not None:
        row.product_ids = _products(tenant, applies_to.get("products", []))
    with UnitOfWork(tenant, at=at) as work:
        work.insert(row)
        work.explain(uniqueness.explain("coupon_id_is_unique", _taken(row.public_id)))
        work.emit("coupon.created", tenant, resources.coupon(row, at=at))
    return row


def update(*, tenant: Tenant, coupon_id: str, changes: JsonObject, at: datetime) -> Coupon:
    """Change a coupon's name and metadata, or add currencies. What is off stays.

    Raises:
        Missing: If the merchant has no such coupon.
        InvalidRequest: If it has an amount in one of the currencies already.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, coupon_id)
        before = _all_of(row, at)
        changes = dict(changes)
        if options := changes.pop("currency_options", None):
            changes["currency_options"] = {**row.currency_options, **_options(row, options)}
        apply(row, changes)
        if previous := previous_values(before, _all_of(row, at)):
            work.update(row, *changes)
            work.emit("coupon.updated", tenant, resources.coupon(row, at=at), previous)
    return row


def delete(*, tenant: Tenant, coupon_id: str, at: datetime) -> Coupon:
    """Delete a coupon: nobody can redeem it any more. What was redeemed stays.

    Raises:
        Missing: If the merchant has no such coupon.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, coupon_id)
        last = resources.coupon(row, at=at)
        work.change(row, deleted_at=at)
        work.emit("coupon.deleted", tenant, last)
    return row


def lock(tenant: Tenant, coupon_id: str, *, param: str = "id") -> Coupon:
    """Return a merchant's coupon, locked until the transaction ends.

    Raises:
        Missing: If there is none, or it was deleted.
    """
    row = lock_rows(queries.coupons(tenant)).filter(public_id=coupon_id).first()
    if row is None:
        raise missing("coupon", coupon_id, param=param)
    return row


def _all_of(row: Coupon, at: datetime) -> JsonObject:
    options = {"currency_options": resources.coupon_currency_options(row)}
    return resources.coupon(row, at=at) | options


def _check_amount(row: Coupon) -> None:
    if (row.percent_off_bps is None) == (row.amount_off is None):
        raise InvalidRequest(
            "Send either percent_off or amount_off.",
            code="parameter_missing" if row.amount_off is None else "parameters_exclusive",
            param="percent_off" if row.amount_off is None else "amount_off",
        )
    if row.percent_off_bps == 0:
        raise InvalidRequest("Nothing would be off: it must be above 0.", param="percent_off")
    if row.amount_off is None:
        # A percentage is of any currency.
        row.currency = None
        return
    if row.currency is None:
        raise InvalidRequest(
            "Missing required param: currency.", code="parameter_missing", param="currency"
        )
    money.check_step(row.amount_off, row.currency, param="amount_off")


def _check_time(row: Coupon, at: datetime) -> None:
    if (row.duration == "repeating") != (row.duration_in_months is not None):
        raise InvalidRequest(
            "duration_in_months goes with the duration `repeating`, and only with it.",
            code="parameter_missing" if row.duration == "repeating" else "parameters_exclusive",
            param="duration_in_months",
        )
    if row.redeem_by and not at < row.redeem_by <= at + _LONGEST_WAIT:
        raise InvalidRequest(
            "The last moment must be in the future, and at most five years away.",
            param="redeem_by",
        )


def _options(row: Coupon, options: Mapping[str, Fields]) -> JsonObject:
    if options and row.amount_off is None:
        raise InvalidRequest(
            "A percentage is the same in each currency. Leave currency_options out.",
            code="parameters_exclusive",
            param="currency_options",
        )
    for currency, option in options.items():
        where = f"currency_options[{currency}]"
        if currency == row.currency or currency in row.currency_options:
            raise InvalidRequest(
                f"The coupon has an amount in {currency} already, which stays.", param=where
            )
        money.check_step(option["amount_off"], currency, param=f"{where}[amount_off]")
    return {currency: option["amount_off"] for currency, option in options.items()}


def _products(tenant: Tenant, ids: list[str]) -> list[str]:
    rows = queries.products(tenant).filter(public_id__in=ids)
    known = set(rows.values_list("public_id", flat=True))
    for place, id in enumerate(ids):
        if id not in known:
            raise missing("product", id, param=f"applies_to[products][{place}]")
    return list(dict.fromkeys(ids))


def _taken(public_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"There is a coupon {public_id} already. Choose another id, or leave it out.",
        code="resource_already_exists",
        param="id",
    )
