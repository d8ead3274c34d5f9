"""The outside truth: what the simulated processor wrote down of what it did, against ours.

Each account has a book there that is written apart from our books, and nothing of ours changes it.
What is still unknown is left out: there nobody claims anything.
"""

from connect.models import Payout, PayoutAttempt
from payments.models import Charge, Refund, UnappliedPayment
from processors.models import ProcessorAccount, SimulatedRequest
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Action, Inquiry
from processors.simulator.rail import Simulator


def simulated_amounts() -> dict[tuple[str, str], int]:
    """Return what the processor says it took for each account and charge, in minor units.

    What it only holds, or let go, is 0.
    """
    taken: dict[tuple[str, str], int] = {}
    rows = SimulatedRequest.objects.filter(action__in=("charge", "authorize", "capture", "void"))
    for row in rows.order_by("created_at"):
        if _status(row) not in ("succeeded", "authorized"):
            continue
        is_taking, key = row.action in ("charge", "capture"), (row.account, row.charge_key)
        taken[key] = taken.get(key, 0) + row.amount * is_taking
    return taken


def _status(row: SimulatedRequest) -> str:
    """Return what became of a request; of a debit or a code, time decides, even after its end."""
    if row.outcome["status"] not in ("pending", "action_required", "declined"):
        return str(row.outcome["status"])
    rail = Simulator(RailAccount(row.account, "simulator"))
    found = rail.find(Inquiry(Action.CHARGE, row.key, row.charge_key))
    assert found is not None
    return found.status.value


def late_amounts(charge: Charge) -> tuple[int, int]:
    """Return what came of a charge after its end, and what of that went back, in minor units."""
    row = UnappliedPayment.objects.filter(charge=charge).first()
    if row is None:
        return 0, 0
    return row.amount, row.amount * (row.status == "returned")


def _accounts() -> set[str]:
    """Return the names of our accounts there."""
    ours = ProcessorAccount.objects.filter(kind="simulator").values_list("name", flat=True)
    return {"simulator", *ours, *SimulatedRequest.objects.values_list("account", flat=True)}


def assert_the_processor_agrees(**mine: object) -> None:
    """Fail unless each charge and refund is in its account's book once, with the same amount.

    Args:
        mine: Which charges to look at, as a filter; all without one.
    """
    charges = Charge.objects.filter(
        processor__in=_accounts(), open_request=None, next_poll_at=None, **mine
    )
    ours = {
        (row.processor, row.id): row.amount_captured for row in charges if row.status == "succeeded"
    }
    late = UnappliedPayment.objects.filter(charge__in=charges).select_related("charge")
    ours |= {(row.charge.processor, row.charge_id): row.amount for row in late}
    taken, known = simulated_amounts(), {(row.processor, row.id) for row in charges}
    theirs = {key: taken[key] for key in known & set(taken)}
    assert ours == theirs, f"Ours {ours}, the processor's {theirs}."
    if not mine:
        orphans = {key for _, key in taken} - set(Charge.objects.values_list("id", flat=True))
        assert not orphans, f"Nobody here knows of {orphans}."
    refunds = Refund.objects.filter(
        charge__in=charges, is_outside=False, pending_since__isnull=True
    )
    refunds = refunds.select_related("charge")
    given = {
        (row.charge.processor, row.id): row.amount for row in refunds if row.status == "succeeded"
    }
    back = late.filter(pending_since=None, failed_returns=0)
    given |= {
        (row.charge.processor, row.return_key): row.amount
        for row in back
        if row.status == "returned"
    }
    keys = [*(row.id for row in refunds), *(row.return_key for row in back)]
    book = SimulatedRequest.objects.filter(action="refund", key__in=keys)
    there = {
        (row.account, row.key): row.amount for row in book if row.outcome["status"] == "succeeded"
    }
    assert given == there, f"Ours {given}, the processor's {there}."
    assert_the_bank_agrees(**mine)


def assert_the_bank_agrees(**mine: object) -> None:
    """Fail unless the bank has each payout that it paid once, with the same amount, and no other.

    Args:
        mine: Whose payouts to look at, as a filter; all without one.
    """
    payouts = Payout.objects.filter(processor="simulator", **mine)
    attempts = PayoutAttempt.objects.filter(payout__in=payouts).select_related("payout")
    book = SimulatedRequest.objects.filter(action="payout")
    known = {row.key: row for row in book}
    for attempt in attempts:
        row = known.pop(attempt.id, None)
        if attempt.status in ("paid", "returned", "accepted"):
            assert row is not None, f"The bank knows nothing of {attempt.id}."
            assert (row.amount, row.currency) == (attempt.payout.amount, attempt.payout.currency)
    if not mine:
        assert not known, f"Nobody here knows of {known}."
    ended = attempts.filter(next_poll_at=None, payout__status__in=("paid", "failed"))
    for attempt in ended.order_by("payout_id", "-number").distinct("payout_id"):
        found = Simulator().find(Inquiry(Action.PAYOUT, attempt.id, attempt.id))
        state = found.status.value if found else "errored"
        is_paid = attempt.payout.status == "paid"
        assert (state == "succeeded") is is_paid, f"{attempt.payout_id}: the bank says {state}."
