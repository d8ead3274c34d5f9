"""Charges: settled with their rail's answer, polled, changed."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef

from core.database.bulk_writes import RowsMissing
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from operations import locking, polling
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services import (
    charge_outcomes,
    charge_requests,
    delayed_outcomes,
    fee_schedules,
    intent_events,
    push_charges,
    receipts,
    unresolved_requests,
)
from payments.charges.services.actions import charge_actions
from payments.charges.services.charge_requests import describe_open_request
from payments.charges.services.routed import next_attempts
from payments.charges.services.started_charges import StartedCharge
from payments.models import Charge, EarlyFraudWarning
from processors import gateway
from processors.protocols.base import NOT_FINAL, REFUSED, Outcome


def poll(charge: Charge, *, at: datetime) -> Charge:
    """Poll the rail for a charge's open request, and record the outcome.

    Args:
        charge: The charge, with its intent and its payment method.
        at: The moment.

    Returns:
        The charge; its request is still open if there is no last word. If it was refused, and
        another account was asked at once, the charge there.
    """
    request = describe_open_request(charge)
    if request is None:
        return charge

    def send() -> Outcome:
        return charge_requests.send(charge, charge.payment_method, charge.payment_intent)

    if charge.open_request in push_charges.WITHDRAWALS:
        # Whoever withdraws again hears how it ended: to ask says only that the payer may go on.
        outcome = send()
    else:
        outcome = charge_actions.ask_completed(charge) or gateway.find_or_send(
            charge.processor, request.inquiry, send, sent_at=request.sent_at, at=at
        )
    settled = settle(charge.id, outcome, at=at)
    if follower_id := next_attempts.id_after(settled):
        return poll(next_attempts.load(follower_id), at=at)
    return settled


def settle(
    charge_id: str, outcome: Outcome, *, at: datetime, started: StartedCharge | None = None
) -> Charge:
    """Record the outcome of a charge's open request; safe to call again, and late.

    A slow method's charge that succeeded and is said to be declined has failed afterwards.

    Args:
        charge_id: `ch_...`.
        outcome: The rail's answer.
        at: The moment of the answer.
        started: What `started_charges.begin` returned, if the caller has it: nothing need be locked
            and read again, since rows are written only if nobody has written them meanwhile.

    Returns:
        The charge, with its intent, as they now are. Without a last word, or if the rail moved
        another amount than it was asked to, its request stays open and is asked after.
    """
    if started and _is_final(started.charge, outcome):
        with suppress(RowsMissing):
            tenant, since = started.charge.tenant, started.transaction_id
            with UnitOfWork(tenant, at=at, since=since) as work:
                charge_outcomes.record_last_word(work, started.charge, outcome, started.pricing)
            return started.charge
    with UnitOfWork(at=at) as work:
        pricing = fee_schedules.lock_pricing(charge_id, at)
        charge = Charge.objects.select_related("payment_intent").get(id=charge_id)
        work.tenant = charge.tenant
        if charge.open_request == "charge":
            pricing.name_on_statement(charge)
        request = describe_open_request(charge)
        if request is None:
            delayed_outcomes.record(work, charge, outcome)
            return charge
        is_taken_on = (
            delayed_outcomes.is_taken_on(charge, outcome)
            or push_charges.has_code(charge, outcome)
            or charge_actions.has_action(charge, outcome)
        )
        wrong = polling.differs(
            charge.id, requested=(request.amount, charge.currency), outcome=outcome
        )
        if wrong or (outcome.status in NOT_FINAL and not is_taken_on):
            # Its rail is polled at growing intervals.
            columns = charge_actions.process_on(work, charge, outcome)
            is_news = unresolved_requests.note(request, wrong or outcome, at=at)
            if charge.open_request == "charge" and outcome.reference:
                charge.processor_reference = outcome.reference
                columns.append("processor_reference")
            if columns:
                work.update(charge, *columns)
            if charge.open_request == "charge" and is_news:
                intent_events.emit("payment_intent.processing", charge.payment_intent, work)
        else:
            charge_outcomes.record_last_word(work, charge, outcome, pricing)
    return charge


def update(*, tenant: Tenant, charge_id: str, changes: JsonObject, at: datetime) -> Charge:
    """Change a charge's details.

    Raises:
        Missing: If the merchant has no such charge.
    """
    with UnitOfWork(tenant, at=at) as work:
        charge = lock(tenant, charge_id)
        before = resources.charge(charge)
        apply(charge, changes)
        if changes:
            after = resources.charge(charge)
            columns = set(changes)
            if changes.get("receipt_email"):
                receipts.schedule(work, charge)
                columns.add("receipt_number")
            work.update(charge, *sorted(columns))
            work.emit("charge.updated", tenant, after, before=before)
    return charge


def lock(tenant: Tenant, charge_id: str, *, param: str = "id") -> Charge:
    """Return a merchant's charge, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    warnings = EarlyFraudWarning.objects.filter(charge_id=OuterRef("pk"))
    rows = Charge.objects.select_related("payment_method").annotate(has_warnings=Exists(warnings))
    return locking.lock(rows, tenant, charge_id, kind="charge", param=param)


def _is_final(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether an answer can be recorded without locking and comparing first."""
    has_moved_all = (outcome.amount, outcome.currency) == (charge.amount, charge.currency)
    return outcome.status not in NOT_FINAL and (has_moved_all or outcome.status in REFUSED)
