"""Paying again what failed, to the bank account that stands there now."""

from datetime import datetime

from accounts.audit import trail
from connect.models import ExternalAccount, Payout, PayoutLine
from connect.payouts import queries
from connect.payouts.services import allocations, destinations, fees, orders, payouts, schedules
from connect.payouts.services.orders import Order
from connect.states import ExternalAccountStatus, PayoutStatus
from core import ids
from core.database.lookups import one
from core.errors import InvalidRequest
from operations.unit_of_work import UnitOfWork


def find_target(failed: Payout, *, at: datetime) -> ExternalAccount:
    """Return the bank account to which a failed payout can be paid again.

    Args:
        failed: Whoever's.
        at: The moment.

    Raises:
        InvalidRequest: If it has not failed, was dealt with, or its money was paid out meanwhile;
            or if the account, or its bank account of now, may not be paid.
    """
    if failed.status != PayoutStatus.FAILED:
        raise InvalidRequest(
            f"Only a payout that failed is paid again. This one is {_say(failed.status)}."
        )
    if failed.resolved_at:
        raise InvalidRequest(
            "This payout was dealt with already. Its money is in the balance: pay that out."
        )
    released = PayoutLine.objects.filter(payout=failed, is_released=True)
    later = PayoutLine.objects.filter(
        transaction_id__in=released.values("transaction_id"),
        payout_id__gt=failed.id,
        is_released=False,
    )
    if other := later.values_list("payout_id", flat=True).first():
        raise InvalidRequest(
            f"Money of this payout was paid out by {other} already. Pay out what is available "
            "instead."
        )
    usable = queries.external_accounts(failed.tenant).filter(currency=failed.currency)
    usable = usable.exclude(status=ExternalAccountStatus.ERRORED)
    # The default, or else what the owner named last.
    target = usable.order_by("-is_default", "-id").values_list("id", flat=True).first()
    return destinations.choose(
        failed.tenant, target, currency=failed.currency, method=failed.method, at=at
    )


def send_again(*, payout_id: str, suffix: str, at: datetime) -> Payout:
    """Pay a failed payout again, once, to the bank account that stands there now.

    Args:
        payout_id: The one that failed.
        suffix: What the new one's id ends with: the same form sent twice pays once.
        at: The moment.

    Raises:
        Missing: If there is no such payout.
        InvalidRequest: If it cannot be paid again, as `find_target` says.
        BalanceInsufficient: If its money is not there any more. Nothing was posted.
    """
    new_id = ids.with_prefix("po", suffix)
    if made := Payout.objects.filter(id=new_id).first():
        return made
    tenant = one(Payout.objects.all(), payout_id, kind="payout").tenant
    with UnitOfWork(tenant, at=at) as work:
        schedule = schedules.lock(tenant, at=at)
        failed = payouts.lock(payout_id, tenant=tenant)
        # The other click may have been faster.
        if made := Payout.objects.filter(id=new_id).first():
            return made
        target = find_target(failed, at=at)
        allocations.collect(schedule)
        order = Order(
            failed.amount,
            target,
            failed.method,
            details={
                "description": failed.description,
                "statement_descriptor": failed.statement_descriptor,
                "metadata": failed.metadata,
            },
        )
        payout = orders.build(work, schedule, order, payout_id=new_id)
        work.explain(fees.explain(payout))
        work.change(failed, resolved_at=at)
        trail.record("payout.sent_again", failed, changes={"sent_again": (None, payout.id)})
    return payout


def _say(status: str) -> str:
    return status.replace("_", " ")
