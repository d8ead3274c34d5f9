"""Corrections of payouts that a statement line was wrongly matched with."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Account
from connect.models import Payout, PayoutAttempt, PayoutSchedule
from connect.payouts import resources
from connect.payouts.services import allocations, payouts, schedules
from connect.states import AttemptStatus, ExternalAccountStatus, PayoutStatus
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from ledger import queries as ledger_queries
from ledger import rules
from ledger.posting import corrections
from ledger.rules import Rule
from operations.unit_of_work import UnitOfWork


def undo_match(keys: Sequence[str], *, unsent: Sequence[str], livemode: bool, at: datetime) -> None:
    """Reverse what a wrongly matched statement line has booked of payouts.

    Each is as it was before, by entries that name those that they reverse, and its bank is asked
    again.

    Args:
        keys: The attempts that the line was matched with.
        unsent: Those of them that the bank has not even confirmed as sent.
        livemode: The mode of all of them.
        at: The moment.

    Raises:
        InvalidRequest: If the money of one was paid out again meanwhile.
    """
    require_transaction()
    work = UnitOfWork(at=at)
    attempts = PayoutAttempt.objects.filter(id__in=keys).select_related("payout").order_by("id")
    for attempt in attempts:
        work.tenant = attempt.payout.tenant
        schedule = schedules.lock(work.tenant, at=at)
        payout = payouts.lock(attempt.payout_id, tenant=work.tenant)
        before = resources.payout(payout)
        if payout.status == PayoutStatus.FAILED and attempt.status == AttemptStatus.RETURNED:
            _undo_return(work, schedule, payout)
        if attempt.id in unsent:
            _undo_payment(payout, at=at)
        is_paid = payout.status == PayoutStatus.PAID
        status = AttemptStatus.PAID if is_paid else AttemptStatus.ACCEPTED
        work.change(attempt, status=status, next_poll_at=at, tries=0)
        if payout.status != before["status"]:
            work.update(
                payout,
                "status",
                "processor_reference",
                "failure_code",
                "failure_message",
                "failure_balance_transaction_id",
            )
            work.emit("payout.updated", payout.tenant, resources.payout(payout), before=before)
    work.write_within()


def entry_source(payout: Payout, rule: Rule, fresh: str) -> str:
    """Return the source of a payout's entry: the payout, unless such an entry was reversed.

    Args:
        payout: A locked payout.
        rule: The rule of the entry.
        fresh: A new id, for the second time.
    """
    return fresh if ledger_queries.is_posted(payout.id, rule.kind) else payout.id


def _undo_payment(payout: Payout, *, at: datetime) -> None:
    if payout.status != PayoutStatus.PAID:
        return  # nobody has asked since
    _reverse(payout, rules.PAYOUT_CONFIRMED, at)
    payout.move_to(PayoutStatus.IN_TRANSIT)
    payout.processor_reference = None


def _undo_return(work: UnitOfWork, schedule: PayoutSchedule, payout: Payout) -> None:
    if not allocations.reattach(payout):
        raise InvalidRequest(
            f"The money of {payout.id} has been paid out again, in part or whole: this cannot be "
            "taken back.",
            param="line",
        )
    for rule in (rules.PAYOUT_RETURN_COST, rules.PAYOUT_RETURNED):
        _reverse(payout, rule, work.at)
    payout.move_to(PayoutStatus.PAID)
    payout.failure_code = payout.failure_message = None
    payout.failure_balance_transaction_id = None
    target = payout.destination
    if target.status == ExternalAccountStatus.ERRORED:
        work.change(target, status=ExternalAccountStatus.NEW)
        account = Account.objects.get(id=payout.account_id)
        schedules.resume(schedule, account, at=work.at)


def _reverse(payout: Payout, rule: Rule, at: datetime) -> None:
    # What payouts do to the balance is not paid out; what makes a cost good is.
    type = "adjustment" if rule is rules.PAYOUT_RETURN_COST else "payout"
    description = f"Payout {payout.id} was not returned"
    corrections.reverse_last(payout.id, rule, at=at, description=description, type=type)
