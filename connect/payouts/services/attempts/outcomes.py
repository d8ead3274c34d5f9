"""Outcomes of payouts: what is booked when a bank confirms, refuses or returns one."""

from datetime import timedelta
from typing import Final

from accounts.models import Account
from connect.models import Payout, PayoutAttempt, PayoutSchedule
from connect.payouts import resources
from connect.payouts.services import allocations, fees, payout_entries, schedules
from connect.payouts.services.attempts import corrections, owner_letters
from connect.states import AttemptStatus, ExternalAccountStatus, PayoutStatus
from core.database.transactions import require_transaction
from core.ids import new_id
from ledger import rules
from ledger.chart import AVAILABLE, BANK, PAYOUTS_IN_TRANSIT, PROCESSOR
from ledger.entries import Entry, Line, Part
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.protocols.base import Outcome, OutcomeStatus

# After these the account itself may be right: it is not called errored.
_NOT_THE_ACCOUNTS_FAULT: Final = frozenset({"could_not_process", "insufficient_funds"})
# A rail that could not even send it is asked so many times, so far apart.
MOST_ATTEMPTS: Final = 3
_NEXT_ATTEMPT: Final = timedelta(minutes=5)


def record(
    work: UnitOfWork,
    schedule: PayoutSchedule,
    payout: Payout,
    attempt: PayoutAttempt,
    outcome: Outcome,
) -> AttemptStatus:
    """Book the final outcome of a payout, once.

    Args:
        work: The unit of work.
        schedule: The account's locked schedule.
        payout: A locked payout.
        attempt: Its last attempt, locked.
        outcome: The bank's answer, which may be late, and may come again.

    Returns:
        The status of the attempt.
    """
    require_transaction()
    if outcome.status is OutcomeStatus.SUCCEEDED:
        if payout.status == PayoutStatus.IN_TRANSIT:
            _pay(work, payout, outcome)
        return AttemptStatus.PAID
    if payout.status == PayoutStatus.PAID:
        _return(work, schedule, payout, outcome)
        return AttemptStatus.RETURNED
    if outcome.status is OutcomeStatus.ERRORED and attempt.number < MOST_ATTEMPTS:
        # Nothing has moved, and nobody refused it: it is sent again, as another attempt.
        work.change(payout, send_at=work.at + _NEXT_ATTEMPT)
    else:
        _fail(work, schedule, payout, outcome)
    return AttemptStatus.FAILED


def _pay(work: UnitOfWork, payout: Payout, outcome: Outcome) -> None:
    work.change(payout, status=PayoutStatus.PAID, processor_reference=outcome.reference)
    assets, rule, source = PROCESSOR, rules.PAYOUT_CONFIRMED_BY_PROCESSOR, payout.id
    if _leaves_our_bank(payout):
        assets, rule = BANK, rules.PAYOUT_CONFIRMED
        source = corrections.entry_source(payout, rule, new_id("poa"))
    work.post(
        Entry(
            rule=rule,
            source=source,
            group=payout.id,
            currency=payout.currency,
            debit_owner=payout.account_id,
            credit_owner=payout.processor,
            debits=(Part(PAYOUTS_IN_TRANSIT, payout.amount),),
            credits=(Part(assets, payout.amount),),
        )
    )
    work.emit("payout.paid", payout.tenant, resources.payout(payout))
    if payout.is_automatic:
        work.emit("payout.reconciliation_completed", payout.tenant, resources.payout(payout))


def _leaves_our_bank(payout: Payout) -> bool:
    """Tell whether a payout is sent from our own account at a bank."""
    return registry.get_for_payouts(payout.processor).capabilities.pays_from_bank


def _fail(work: UnitOfWork, schedule: PayoutSchedule, payout: Payout, outcome: Outcome) -> None:
    """Return the money of a payout that was never sent."""
    _mark_failed(work, schedule, payout, outcome)
    work.post(payout_entries.build_return(payout, type="payout_failure", at=work.at))
    fees.refund(work, payout)


def _return(work: UnitOfWork, schedule: PayoutSchedule, payout: Payout, outcome: Outcome) -> None:
    """Book a returned payout, less what banks on the way kept."""
    _mark_failed(work, schedule, payout, outcome)
    back = payout.amount if outcome.settled_amount is None else outcome.settled_amount
    if back:
        assets, rule = BANK if _leaves_our_bank(payout) else PROCESSOR, rules.PAYOUT_RETURNED
        work.post(
            Entry(
                rule=rule,
                source=corrections.entry_source(payout, rule, _line_id(payout)),
                group=payout.id,
                currency=payout.currency,
                debit_owner=payout.processor,
                credit_owner=payout.account_id,
                debits=(Part(assets, back),),
                credits=(Part(AVAILABLE, back),),
                lines=(
                    payout_entries.build_return_line(
                        payout, back, type="payout_failure", at=work.at
                    ),
                ),
            )
        )
    fees.refund(work, payout)
    kept = payout.amount - back
    platform = _cost_bearer(payout)
    if kept > 0 and platform:
        work.post(_build_cost_entry(work, payout, platform, kept))


def _mark_failed(
    work: UnitOfWork, schedule: PayoutSchedule, payout: Payout, outcome: Outcome
) -> None:
    decline = outcome.decline
    message = decline.message if decline else "The bank could not process this payout."
    work.change(
        payout,
        status=PayoutStatus.FAILED,
        failure_code=decline.code if decline else "could_not_process",
        failure_message=message,
        failure_balance_transaction_id=new_id("txn"),
    )
    allocations.release(payout)
    if payout.failure_code not in _NOT_THE_ACCOUNTS_FAULT:
        target = payout.destination
        before = resources.external_account(target)
        work.change(target, status=ExternalAccountStatus.ERRORED)
        work.emit(
            "account.external_account.updated",
            payout.tenant,
            resources.external_account(target),
            before=before,
        )
        schedules.pause(schedule, message, at=work.at)
    owner_letters.write_alert(payout, at=work.at)
    work.emit("payout.failed", payout.tenant, resources.payout(payout))


def _cost_bearer(payout: Payout) -> str | None:
    """Return the platform that bears the account's fees; None if the account does."""
    account = Account.objects.only("opened_by_id", "controller").get(id=payout.account_id)
    payer = account.controller.get("fees", {}).get("payer")
    return account.opened_by_id if payer == "application" else None


def _line_id(payout: Payout) -> str:
    assert payout.failure_balance_transaction_id is not None
    return payout.failure_balance_transaction_id


def _build_cost_entry(work: UnitOfWork, payout: Payout, platform: str, kept: int) -> Entry:
    day = work.at.date()
    description = f"What a bank kept of the returned payout {payout.id}"
    rule = rules.PAYOUT_RETURN_COST
    return Entry(
        rule=rule,
        source=corrections.entry_source(payout, rule, _line_id(payout)),
        group=payout.id,
        currency=payout.currency,
        debit_owner=platform,
        credit_owner=payout.account_id,
        debits=(Part(AVAILABLE, kept),),
        credits=(Part(AVAILABLE, kept),),
        lines=(
            Line(
                owner=platform,
                type="adjustment",
                amount=-kept,
                source=payout.id,
                available_on=day,
                description=description,
            ),
            Line(
                owner=payout.account_id,
                type="adjustment",
                amount=kept,
                source=payout.id,
                available_on=day,
                description=description,
            ),
        ),
    )
