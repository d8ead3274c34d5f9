"""Unapplied payments that go back to their payers: decided, asked for at the rail, recorded."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from accounts.audit import trail
from core.errors import InvalidRequest
from core.money import Money
from core.types import JsonObject
from operations import polling
from operations.unit_of_work import UnitOfWork
from payments.charges.services import unresolved_requests
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied import queries, resources
from payments.unapplied.services import return_requests, unapplied_entries, unapplied_locks
from processors import registry
from processors.protocols.base import (
    NOT_FINAL,
    REFUSED,
    Outcome,
    OutcomeStatus,
    UnknownReason,
    unknown,
)

logger = logging.getLogger(__name__)


def give_back(*, unapplied_id: str, at: datetime) -> UnappliedPayment:
    """Give an unapplied payment back to its payer.

    Runs as two transactions with the processor's call between them: once it is on its way back
    nobody can decide otherwise, and while the processor has not said that it is done it stays in
    suspense.

    Args:
        unapplied_id: `unp_...`.
        at: The moment of the decision.

    Returns:
        The payment: returned; still returning without a last word; open again if it was refused.

    Raises:
        Missing: If there is no such payment.
        InvalidRequest: If it is decided already, or its processor gives nothing back.
    """
    with UnitOfWork(at=at) as work:
        row = unapplied_locks.lock(unapplied_id)
        unapplied_locks.check_open(row)
        check_can_be_returned(row)
        work.tenant = row.tenant
        before = resources.unapplied_payment(row)
        work.change(row, status=UnappliedStatus.RETURNING, decided_at=at, pending_since=at)
        trail.record("unapplied_payment.returned", row, changes={"amount": (None, row.amount)})
        _tell(work, row, before)
    return settle(row.id, return_requests.send(row), at=at)


def check_can_be_returned(row: UnappliedPayment) -> None:
    """Refuse what the processor cannot do.

    Raises:
        InvalidRequest: If it gives nothing back.
    """
    if not can_be_returned(row):
        raise InvalidRequest(
            f"{row.charge.processor} gives no money back. Give it to the owner of "
            f"{row.charge_id}, who can pay the payer another way.",
            param="id",
        )


def can_be_returned(row: UnappliedPayment) -> bool:
    """Tell whether the processor gives money back."""
    return registry.find(row.charge.processor).capabilities.refunds


def settle(unapplied_id: str, outcome: Outcome, *, at: datetime) -> UnappliedPayment:
    """Record what a rail says of a return; safe to call again, and late.

    Args:
        unapplied_id: `unp_...`.
        outcome: The rail's answer about the last try. One that is not the last word changes
            nothing, and neither does one about another amount: the rail is asked again.
        at: The moment of the answer.
    """
    with UnitOfWork(at=at) as work:
        row = unapplied_locks.lock(unapplied_id)
        work.tenant = row.tenant
        wrong = _differs(row, outcome)
        if wrong or outcome.status in NOT_FINAL:
            if row.pending_since:
                unresolved_requests.note(return_requests.describe(row), wrong or outcome, at=at)
        else:
            _record(work, row, outcome)
    return row


def poll(row: UnappliedPayment, *, at: datetime) -> UnappliedPayment:
    """Ask the rail about a return without a last word, and record the outcome.

    Args:
        row: The payment, with its charge and the charge's payment method.
        at: The moment.
    """
    if row.pending_since is None:
        return row
    return settle(row.id, return_requests.find_or_send(row, at=at), at=at)


def refresh(return_key: str, *, at: datetime) -> UnappliedPayment | None:
    """Fetch and record what became of a return, even after its last word.

    Args:
        return_key: What a notice or a line of a statement names.
        at: The moment.

    Returns:
        The payment that was to go back; None if it is the key of no return, or of an older try.
    """
    row = find(return_key)
    if row is None or row.return_key != return_key:
        return None
    outcome = return_requests.find(row)
    return settle(row.id, outcome, at=at) if outcome else row


def find(return_key: str) -> UnappliedPayment | None:
    """Return what a try was to give back, an older one as well; None if it is no try's key."""
    id, is_key, _ = return_key.partition("_return")
    rows = UnappliedPayment.objects.select_related("charge__payment_method")
    return rows.filter(id=id).first() if is_key else None


def record_outside(*, charge_id: str, outcome: Outcome, at: datetime) -> UnappliedPayment | None:
    """Record that somebody gave all of a late payment back at the processor, by hand.

    Args:
        charge_id: `ch_...`.
        outcome: What the rail says of the refund, with its own reference.
        at: The moment of the notice.

    Returns:
        The payment; None if the refund is of something else.
    """
    found = UnappliedPayment.objects.filter(charge=charge_id).first()
    if found is None or outcome.status is not OutcomeStatus.SUCCEEDED:
        return None
    with UnitOfWork(found.tenant, at=at) as work:
        row = unapplied_locks.lock(found.id)
        if row.status == UnappliedStatus.RETURNED and row.return_reference == outcome.reference:
            return row
        is_all = (outcome.amount, outcome.currency) == (row.amount, row.currency)
        if row.status != UnappliedStatus.OPEN or not is_all:
            return None
        before = resources.unapplied_payment(row)
        work.change(
            row,
            status=UnappliedStatus.RETURNED,
            decided_at=at,
            return_reference=outcome.reference,
            failure_reason=None,
        )
        work.post(unapplied_entries.give_back(row))
        _tell(work, row, before)
    return row


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=5)) -> int:
    """Ask the rails about returns without a last word, at growing intervals.

    Args:
        at: The moment, in UTC.
        older_than: The age at which one is asked about.

    Returns:
        How many have their answer now.
    """
    waiting = (
        UnappliedPayment.objects.filter(pending_since__lt=at - older_than)
        .exclude(id__in=unresolved_requests.waiting_ids(at))
        .select_related("charge__payment_method")
        .order_by("pending_since")
    )
    return polling.each(
        waiting[:100],
        lambda row: poll(row, at=at).pending_since is None,
        failure=polling.NOT_SETTLED,
    )


def return_due(*, at: datetime) -> int:
    """Give back what nobody has decided in time, if that is beyond doubt.

    What is of another amount than was asked for, and what could not be given back once, waits
    for a person.

    Args:
        at: The moment, in UTC.

    Returns:
        How many are on their way back, or there.
    """
    days = settings.UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS
    if not days:
        return 0
    due = queries.undecided().filter(
        created_at__lte=at - timedelta(days=days),
        failed_returns=0,
        amount=F("charge__amount"),
        currency=F("charge__currency"),
    )

    def go(row: UnappliedPayment) -> bool:
        if not can_be_returned(row):
            return False
        return give_back(unapplied_id=row.id, at=at).status != UnappliedStatus.OPEN

    return polling.each(
        due.select_related("charge")[:100], go, failure="%s could not be given back; it stays."
    )


def _differs(row: UnappliedPayment, outcome: Outcome) -> Outcome | None:
    """Return what is to be believed if the rail gave back another amount: nothing."""
    wrong = polling.differs(row.id, requested=(row.amount, row.currency), outcome=outcome)
    if wrong or outcome.settled_amount in (None, row.amount):
        return wrong
    taken = Money(outcome.settled_amount or 0, row.currency)
    return unknown(UnknownReason.AMOUNT_DIFFERS, f"The rail took {taken} for it.")


def _record(work: UnitOfWork, row: UnappliedPayment, outcome: Outcome) -> None:
    before = resources.unapplied_payment(row)
    is_refused = outcome.status in REFUSED
    if row.status == UnappliedStatus.RETURNING and not is_refused:
        work.change(
            row,
            status=UnappliedStatus.RETURNED,
            return_reference=outcome.reference,
            failure_reason=None,
            pending_since=None if outcome.is_final else row.pending_since,
        )
        work.post(unapplied_entries.give_back(row))
    elif row.status == UnappliedStatus.RETURNED and not is_refused:
        if outcome.is_final and row.pending_since:
            work.change(row, pending_since=None)
        return
    elif row.status == UnappliedStatus.RETURNING:
        _open_again(work, row, outcome)
    elif row.status == UnappliedStatus.RETURNED:
        work.post(unapplied_entries.failed_return(row))
        _open_again(work, row, outcome)
    else:
        return
    _tell(work, row, before)


def _tell(work: UnitOfWork, row: UnappliedPayment, before: JsonObject) -> None:
    after = resources.unapplied_payment(row)
    work.emit("unapplied_payment.updated", row.tenant, after, before=before)


def _open_again(work: UnitOfWork, row: UnappliedPayment, outcome: Outcome) -> None:
    """Let somebody decide again on what could not be given back, or has come back."""
    code = outcome.decline.code if outcome.decline else OutcomeStatus.ERRORED.value
    logger.error("%s could not be given back to its payer: %s.", row.id, code)
    work.change(
        row,
        status=UnappliedStatus.OPEN,
        decided_at=None,
        pending_since=None,
        failed_returns=row.failed_returns + 1,
        failure_reason=code[:60],
    )
