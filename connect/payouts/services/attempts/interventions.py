"""Interventions of operators in payouts that need attention."""

from datetime import datetime

from django.db import IntegrityError

from accounts.audit import trail
from connect.models import ExternalAccount, Payout
from connect.payouts.services import destination_holds, payouts
from connect.payouts.services.attempts import sending
from connect.states import PayoutStatus
from core import ids, request_context
from core.database.lookups import one
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from core.request_context import RequestContext
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork


def resolve(*, payout_id: str, at: datetime) -> Payout:
    """Mark a failed payout as dealt with.

    Raises:
        Missing: If it has not failed.
    """
    with UnitOfWork(at=at) as work:
        payout = payouts.lock(payout_id)
        if payout.status != PayoutStatus.FAILED:
            raise missing("payout", payout_id)
        before = payout.resolved_at
        work.change(payout, resolved_at=before or at)
        trail.record(
            "payout.resolved", payout, changes={"resolved_at": (before, payout.resolved_at)}
        )
    return payout


def cancel(*, payout_id: str, at: datetime) -> Payout:
    """Cancel a payout that has not been sent.

    Raises:
        Missing: If there is none.
        InvalidRequest: If it has been sent, or has ended.
    """
    tenant = one(Payout.objects.all(), payout_id, kind="payout").tenant
    return payouts.cancel(tenant=tenant, payout_id=payout_id, at=at)


def pay_now(
    *,
    account_id: str,
    livemode: bool,
    amount: int,
    currency: str,
    available: int,
    suffix: str,
    at: datetime,
) -> Payout:
    """Pay an account's balance out outside of its schedule, once.

    Args:
        account_id: Who is paid.
        livemode: In which mode.
        amount: Minor units.
        currency: Of the amount.
        available: What was available when it was decided.
        suffix: What the payout's id ends with: the same form sent twice pays once.
        at: The moment.

    Raises:
        InvalidRequest: If another amount is available now, or nothing may be paid.
        BalanceInsufficient: If the account does not have it. Nothing was posted.
    """
    # What an earlier sending of the same form has made is found by its id.
    context = RequestContext(id_suffix=suffix, is_recovery=True)
    with request_context.working_for(context):
        try:
            return payouts.create(
                tenant=Tenant(account_id, livemode),
                amount=amount,
                currency=currency,
                available_before=available,
                at=at,
            )
        except (IntegrityError, InvalidRequest):
            # If both clicks came at one moment, the other one has made it.
            made = Payout.objects.filter(id=ids.with_prefix("po", suffix)).first()
            if made is None:
                raise
            return made


def lift_hold(*, payout_id: str, at: datetime) -> ExternalAccount:
    """Release the hold of a payout's destination.

    Raises:
        Missing: If it is not held.
    """
    payout = Payout.objects.filter(id=payout_id, status=PayoutStatus.PENDING).first()
    if payout is None:
        raise missing("payout", payout_id)
    return destination_holds.lift(external_id=payout.destination_id, at=at)


def poll_now(*, payout_id: str, at: datetime) -> Payout:
    """Poll the rail about a payout now, without waiting for its time.

    Raises:
        Missing: If nothing is open about it.
    """
    payout = Payout.objects.filter(id=payout_id).first()
    attempt = (
        payout.attempts.filter(next_poll_at__isnull=False)
        .select_related("payout__destination")
        .first()
        if payout
        else None
    )
    if attempt is None:
        raise missing("payout", payout_id)
    # Before the rail is asked: nobody waits for it with a transaction open.
    with atomic():
        trail.record("payout.polled", payout)
    return sending.poll(attempt, at=at)
