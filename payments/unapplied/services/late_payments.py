"""Payments that come after their charge has ended: noticed, and booked as unapplied, once."""

import logging
from datetime import datetime

from core import currencies
from core.ids import new_id
from core.money import Money
from operations.unit_of_work import UnitOfWork
from payments.charges.services import fee_schedules
from payments.charges.services.actions import deadlines
from payments.models import Charge, UnappliedPayment
from payments.states import ChargeStatus, UnappliedStatus
from payments.unapplied import resources
from payments.unapplied.services import unapplied_entries
from processors import gateway
from processors.protocols.base import Action, Inquiry, Outcome, OutcomeStatus

logger = logging.getLogger(__name__)


def look(charge: Charge, *, at: datetime) -> UnappliedPayment | None:
    """Ask the rail of a charge that has failed whether its payer has paid after all.

    What the rail says now is later than the charge's end, so that no older answer is taken for
    it. Money that it has goes to suspense: the charge and its intent stay as they are.

    Args:
        charge: The charge, read before, outside a transaction.
        at: The moment.

    Returns:
        What came too late; None if nothing has, as far as the rail says.
    """
    if charge.status != ChargeStatus.FAILED:
        return None
    inquiry = Inquiry(Action.CHARGE, charge.id, charge.id, charge.processor_reference)
    outcome = gateway.find(charge.processor, inquiry)
    with UnitOfWork(charge.tenant, at=at) as work:
        # Whoever hears it at the same moment waits here, and finds the row.
        fee_schedules.lock_pricing(charge.id, at)
        locked = Charge.objects.select_related("payment_intent").get(id=charge.id)
        row = UnappliedPayment.objects.filter(charge=locked).first()
        if row is not None:
            _compare(row, outcome)
            work.change(locked, next_poll_at=None)
        elif outcome is not None and outcome.status is OutcomeStatus.SUCCEEDED:
            row = _receive(work, locked, outcome)
        else:
            work.change(locked, next_poll_at=deadlines.next_late_poll_at(locked, at=at))
    return row


def ask_soon(charge: Charge, *, at: datetime) -> None:
    """Have the rail of a charge that has failed asked within seconds: its payer is back."""
    rows = Charge.objects.filter(id=charge.id, status=ChargeStatus.FAILED, unapplied_payment=None)
    rows.exclude(next_poll_at__lte=at).update(next_poll_at=at)


def _receive(work: UnitOfWork, charge: Charge, outcome: Outcome) -> UnappliedPayment | None:
    """Book what the rail has, whatever was asked for; of what is no money nothing is guessed."""
    is_held = charge.payment_intent.capture_method == "manual"
    is_money = outcome.amount > 0 and outcome.currency in currencies.CODES
    if is_held or not is_money:
        logger.error(
            "%s has failed, and its rail says that %s %s is %s as %s. Nothing is booked: look "
            "there.",
            charge.id,
            outcome.amount,
            outcome.currency,
            "held" if is_held else "taken",
            outcome.reference,
        )
        work.change(charge, next_poll_at=deadlines.next_late_poll_at(charge, at=work.at))
        return None
    row = UnappliedPayment(
        id=new_id("unp"),
        account_id=charge.account_id,
        livemode=charge.livemode,
        charge=charge,
        amount=outcome.amount,
        currency=outcome.currency,
        processor_reference=outcome.reference or charge.processor_reference,
        created_at=work.at,
    )
    logger.warning(
        "%s of %s came after the charge had ended: it is unapplied as %s.",
        Money(row.amount, row.currency),
        charge.id,
        row.id,
    )
    work.change(charge, next_poll_at=None)
    work.insert(row)
    work.post(unapplied_entries.receipt(row))
    work.emit("unapplied_payment.created", row.tenant, resources.unapplied_payment(row))
    return row


def _compare(row: UnappliedPayment, outcome: Outcome | None) -> None:
    """Raise the alarm if a rail takes back, or changes, what it said of a late payment."""
    if outcome is None or outcome.status is OutcomeStatus.UNKNOWN:
        return
    now = (outcome.status, outcome.amount, outcome.currency)
    if row.status == UnappliedStatus.VOIDED:
        if outcome.status is OutcomeStatus.SUCCEEDED:
            logger.error("%s never came, and its rail says that it has: look there.", row.id)
    elif now != (OutcomeStatus.SUCCEEDED, row.amount, row.currency):
        logger.error(
            "%s was booked as %s, and its rail says %s of %s %s now: look there before it is "
            "decided.",
            row.id,
            Money(row.amount, row.currency),
            outcome.status.value,
            outcome.amount,
            outcome.currency,
        )
