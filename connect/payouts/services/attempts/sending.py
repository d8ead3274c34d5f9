"""Sending payouts to their rail, polling it, and recording its answers."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Max

from accounts.models import Account
from connect.models import Payout, PayoutAttempt
from connect.payouts import account_numbers, resources, statements
from connect.payouts.services import payouts, schedules
from connect.payouts.services.attempts import attempt_records, outcomes
from connect.states import PayoutStatus
from core.ids import new_id
from operations import polling
from operations.unit_of_work import UnitOfWork
from processors import gateway
from processors.protocols.base import (
    NOT_FINAL,
    Action,
    Inquiry,
    Outcome,
    OutcomeStatus,
)
from processors.protocols.payouts import PayoutRequest

logger = logging.getLogger(__name__)

_SOME: Final = 200


def send_due(*, at: datetime) -> int:
    """Send the payouts that are due.

    Args:
        at: The moment, in UTC.

    Returns:
        The number of payouts that were sent.
    """
    due = Payout.objects.filter(send_at__lte=at).order_by("send_at")
    return polling.each(
        due.values_list("id", flat=True)[:_SOME],
        lambda payout_id: send(payout_id, at=at) is not None,
        failure="%s could not be sent; it stays as it is.",
    )


def send(payout_id: str, *, at: datetime) -> Payout | None:
    """Send one payout to its bank.

    It is written down that it may be on its way before the bank is asked: from then on it cannot
    be canceled, and is asked after until the bank has said what became of it.

    Args:
        payout_id: `po_...`.
        at: The moment.

    Returns:
        The payout; None if it is not due, or may not be sent now.
    """
    with UnitOfWork(at=at) as work:
        payout = payouts.lock(payout_id)
        if payout.send_at is None or payout.send_at > at or not _may_be_sent(payout, at):
            return None
        last = payout.attempts.aggregate(last=Max("number"))["last"] or 0
        attempt = PayoutAttempt(
            id=new_id("poa"),
            payout=payout,
            number=last + 1,
            sent_at=at,
            next_poll_at=at + attempt_records.WAITS[0],
        )
        work.tenant = payout.tenant
        work.insert(attempt)
        if payout.status == PayoutStatus.PENDING:
            before = resources.payout(payout)
            work.change(payout, status=PayoutStatus.IN_TRANSIT, send_at=None)
            work.emit("payout.updated", payout.tenant, resources.payout(payout), before=before)
        else:
            work.change(payout, send_at=None)
    outcome = gateway.payout(payout.processor, _request(payout, attempt))
    return settle(attempt.id, outcome, at=at)


def poll_due(*, at: datetime) -> int:
    """Poll the rails about the payouts that are due for it.

    Args:
        at: The moment, in UTC.

    Returns:
        The number of payouts that are settled.
    """
    due = PayoutAttempt.objects.filter(next_poll_at__lte=at).order_by("next_poll_at")

    def poll_one(attempt: PayoutAttempt) -> bool:
        settled = poll(attempt, at=at)
        return not settled.attempts.filter(next_poll_at__isnull=False).exists()

    attempts = due.select_related("payout__destination")[:_SOME]
    return polling.each(attempts, poll_one, failure=polling.NOT_SETTLED)


def poll(attempt: PayoutAttempt, *, at: datetime) -> Payout:
    """Poll the rail about an attempt, send it again if it never arrived, and record the answer.

    Args:
        attempt: An attempt with its payout and the payout's destination.
        at: The moment.
    """
    payout = attempt.payout
    outcome = gateway.find_or_send(
        payout.processor,
        Inquiry(Action.PAYOUT, attempt.id, attempt.id, attempt.reference),
        lambda: gateway.payout(payout.processor, _request(payout, attempt)),
        sent_at=attempt.sent_at,
        at=at,
    )
    return settle(attempt.id, outcome, at=at, due=attempt.next_poll_at)


def settle(
    attempt_id: str, outcome: Outcome, *, at: datetime, due: datetime | None = None
) -> Payout:
    """Record the rail's answer about an attempt. Safe to call again, and late.

    An answer that is not final changes no money, and neither does one about another amount: the
    rail is polled again, and an operator is told. If the time to poll has changed meanwhile,
    somebody has learned something since, such as an operator that a bank's line was not about it:
    the answer may be older, and is dropped.

    Args:
        attempt_id: `poa_...`.
        outcome: The rail's answer.
        at: The moment of the answer.
        due: The attempt's time to poll before the rail was asked; None to record the answer in
            any case.
    """
    if outcome.status is OutcomeStatus.DECLINED and outcome.settled_amount is not None:
        due = _confirm_first(attempt_id, outcome, at=at, due=due)
    with UnitOfWork(at=at) as work:
        unlocked = PayoutAttempt.objects.select_related("payout").get(id=attempt_id)
        # First the schedule, then the payout, as everybody does.
        schedule = schedules.lock(unlocked.payout.tenant, at=at)
        payout = payouts.lock(unlocked.payout_id, tenant=unlocked.payout.tenant)
        attempt = PayoutAttempt.objects.select_for_update(of=("self",)).get(id=attempt_id)
        if attempt.next_poll_at is None:
            return payout
        if due is not None and attempt.next_poll_at != due:
            # Which of the two is newer nobody knows: the next round asks.
            PayoutAttempt.objects.filter(id=attempt_id, next_poll_at__gt=at).update(next_poll_at=at)
            return payout
        work.tenant = payout.tenant
        mismatch = polling.differs(
            payout.id, requested=(payout.amount, payout.currency), outcome=outcome
        )
        if mismatch or outcome.status in NOT_FINAL:
            attempt_records.record_pending(work, attempt, mismatch or outcome)
        else:
            status = outcomes.record(work, schedule, payout, attempt, outcome)
            attempt_records.record_final(work, attempt, status, outcome)
    return payout


def _confirm_first(
    attempt_id: str, outcome: Outcome, *, at: datetime, due: datetime | None
) -> datetime | None:
    """Mark a returned payout as sent first, if its confirmation was never received.

    Returns:
        The attempt's time to poll now, if `due` is given.
    """
    attempt = PayoutAttempt.objects.select_related("payout").get(id=attempt_id)
    if attempt.next_poll_at is None or attempt.payout.status != PayoutStatus.IN_TRANSIT:
        return due
    confirmed = replace(outcome, status=OutcomeStatus.SUCCEEDED, decline=None, is_final=False)
    payout = settle(attempt_id, confirmed, at=at, due=due)
    return at if due is not None and payout.status == PayoutStatus.PAID else due


def _may_be_sent(payout: Payout, at: datetime) -> bool:
    """Tell whether a payout may still be sent, though its account may be blocked by now."""
    target = payout.destination
    is_held = target.left_at is not None or (target.held_until or at) > at
    if is_held and payout.status == PayoutStatus.PENDING:
        return False
    account = Account.objects.only("payouts_enabled", "opened_by_id").get(id=payout.account_id)
    return account.opened_by_id is None or account.payouts_enabled


def _request(payout: Payout, attempt: PayoutAttempt) -> PayoutRequest:
    return PayoutRequest(
        key=attempt.id,
        amount=payout.amount,
        currency=payout.currency,
        payee=account_numbers.payee(payout.destination),
        is_instant=payout.method == "instant",
        text=payout.statement_descriptor or statements.default(payout) or payout.id,
        livemode=payout.livemode,
    )
