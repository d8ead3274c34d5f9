"""Orders of payouts: what a request or a schedule wants, with the money set aside for it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from connect.models import ExternalAccount, Payout, PayoutRun, PayoutSchedule
from connect.payouts import calendar, resources
from connect.payouts.services import (
    allocations,
    fees,
    liquidity,
    payout_entries,
)
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.registry import NoRail

# Source: what banks' standard credits take. An instant one is there on the same day.
BANK_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Order:
    """A payout that a request, or a schedule, orders.

    Args:
        amount: Minor units.
        destination: The external account; its currency is the payout's.
        method: `"standard"` or `"instant"`.
        run: The day's run, if a schedule ordered it.
        earned_until: The last day whose earnings are paid.
        details: More columns of the payout.
    """

    amount: int
    destination: ExternalAccount
    method: str = "standard"
    run: PayoutRun | None = None
    earned_until: date = date.max
    details: JsonObject = field(default_factory=dict)


def build(
    work: UnitOfWork, schedule: PayoutSchedule, order: Order, *, payout_id: str | None = None
) -> Payout:
    """Add a payout and its allocations to the unit of work.

    Args:
        work: The unit of work.
        schedule: The account's locked schedule, with its lines collected.
        order: The payout that is ordered.
        payout_id: A reserved id, `po_...`; None for a new one.

    Raises:
        LocationShort: If a bank sends it, and its location holds too little.
    """
    require_transaction()
    at, target = work.at, order.destination
    is_instant = order.method == "instant"
    send_at = at if is_instant else at + timedelta(seconds=settings.PAYOUTS_WAIT_SECONDS)
    if target.held_until is not None:
        send_at = max(send_at, target.held_until)
    payout = Payout(
        id=payout_id or new_id("po"),
        account_id=schedule.account_id,
        livemode=schedule.livemode,
        amount=order.amount,
        currency=target.currency,
        method=order.method,
        is_automatic=order.run is not None,
        destination=target,
        run=order.run,
        processor=_choose_rail(
            livemode=schedule.livemode, currency=target.currency, is_instant=is_instant
        ),
        send_at=send_at,
        arrival_date=calendar.arrival_date(
            sent=send_at.date() if target.held_until else at.date(),
            country=target.country,
            bank_days=0 if is_instant else BANK_DAYS,
        ),
        balance_transaction_id=new_id("txn"),
        created_at=at,
        **order.details,
    )
    if liquidity.is_needed(payout.processor):
        liquidity.reserve(payout.tenant, amount=payout.amount, currency=payout.currency)
    allocations.attach(payout, today=at.date(), earned_until=order.earned_until)
    work.post(payout_entries.creation(payout, at))
    fees.charge_fee(work, payout)
    work.insert(payout)
    work.emit("payout.created", payout.tenant, resources.payout(payout))
    return payout


def _choose_rail(*, livemode: bool, currency: str, is_instant: bool) -> str:
    try:
        return registry.choose_for_payouts(
            livemode=livemode, currency=currency, is_instant=is_instant
        )
    except NoRail as error:
        raise InvalidRequest(str(error), code="payouts_not_allowed") from None
