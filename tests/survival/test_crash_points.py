"""Every operation is cut off at every point: done once, or not at all, and never half."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from connect.models import ExternalAccount, Payout, PayoutAttempt
from ledger import queries
from ledger.models import BalanceTransaction
from payments.models import (
    Authentication,
    Charge,
    Dispute,
    PaymentIntent,
    Refund,
    SetupAttempt,
    SetupIntent,
    UnappliedPayment,
)
from processors.models import SimulatedRequest
from tests.checkers import assert_all_is_well
from tests.processors import accounts_there
from tests.survival import (
    code_operations,
    dispute_operations,
    operations,
    payout_operations,
    seller_operations,
    session_operations,
)
from tests.survival.crashing import distinct_points, run
from tests.survival.operations import OPERATIONS, beat, later
from tests.survival.worlds import Ask, World
from webhooks.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What looks for work in all worlds, or begins with something that a round ends.
ONE_BY_ONE = {
    operations.a_pending_refund, operations.a_canceled_refund, operations.a_debit,
    operations.an_expiry, operations.a_refund_that_fails_late, operations.a_debit_that_is_paid,
    operations.a_debit_that_is_taken_back, dispute_operations.a_dispute,
    dispute_operations.a_won_dispute,
    operations.a_repair, *payout_operations.ONE_BY_ONE, *seller_operations.ONE_BY_ONE,
    *code_operations.ONE_BY_ONE, *session_operations.ONE_BY_ONE,
}  # fmt: skip
_MODELS = (
    PaymentIntent, SetupIntent, Charge, Refund, Dispute, Authentication, Payout, UnappliedPayment,
)  # fmt: skip


def money(world: World) -> dict[str, Any]:
    """Return what platform and seller have, and what is ordered."""
    found: dict[str, Any] = {"orders": session_operations.standing(world)}
    for role, tenant in (("platform", world.platform), ("seller", world.seller)):
        balance = queries.balance(owner=tenant.account_id, livemode=False)
        found[role] = (
            balance.available,
            balance.pending,
            balance.refunds_in_transit,
            balance.payouts_in_transit,
        )
    return found


def picture(world: World) -> dict[str, Any]:
    """Return all there is of a world, without ids and moments."""
    mine = (world.platform.account_id, world.seller.account_id)
    charges = Charge.objects.filter(account_id__in=mine)
    counted: Counter[Any] = Counter()
    for model in _MODELS:
        rows = model._default_manager.filter(account_id__in=mine)
        counted.update((model.__name__, status) for status in rows.values_list("status", flat=True))
    for account, *line in BalanceTransaction.objects.filter(account_id__in=mine).values_list(
        "account_id", "type", "amount", "fee"
    ):
        counted[("platform" if account == mine[0] else "seller", *line)] += 1
    events = Event.objects.filter(account_id__in=mine).exclude(type="payment_intent.processing")
    counted.update(events.values_list("type", flat=True))
    asked = SimulatedRequest.objects.filter(charge_key__in=charges.values("id"))
    counted.update(asked.exclude(action="lost").values_list("action", flat=True))
    attempts = PayoutAttempt.objects.filter(payout__account_id__in=mine)
    counted.update(("attempt", status) for status in attempts.values_list("status", flat=True))
    destinations = ExternalAccount.objects.filter(account_id__in=mine)
    counted.update(("destination", row.is_default, bool(row.held_until)) for row in destinations)
    sent = SimulatedRequest.objects.filter(key__in=attempts.values("id"))
    counted.update(sent.values_list("action", flat=True))
    return {"money": money(world), "counted": counted}


def send_until_heard(ask: Ask) -> None:
    """Send a request again and again, until it is not said to be running."""
    for _ in range(100):
        if ask() != 409:
            return
        # On a busy machine it takes the database a moment to see that a connection is gone.
        time.sleep(0.02)
    raise AssertionError("The first request is said to be running for ever.")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.__name__)
def test_cut_off_anywhere_it_is_done_once(operation: Callable[[World], Ask]) -> None:
    _cut_off_anywhere(operation)


def test_a_payment_that_an_account_refuses_is_tried_at_another_one_once() -> None:
    with accounts_there.kinds(refusing=accounts_there.Refusing):
        accounts_there.add("refusing", "refusing", is_first=True)

        _cut_off_anywhere(operations.a_split_charge)

    charges = Charge.objects.values_list("processor", "status")
    assert set(charges) <= {("refusing", "failed"), ("simulator", "succeeded")}


def test_a_card_that_is_set_up_at_a_processor_that_asks_its_payer_is_set_up_once() -> None:
    with accounts_there.kinds(asking=accounts_there.Asking):
        accounts_there.add("asking", "asking", is_first=True)

        _cut_off_anywhere(operations.a_setup_that_asks)
        assert set(SetupIntent.objects.values_list("status", flat=True)) == {"requires_action"}
        asked = list(SetupIntent.objects.values_list("id", flat=True))
        _cut_off_anywhere(operations.a_payer_who_is_back)

    # Whether the payer's browser came again or not.
    back = SetupIntent.objects.exclude(id__in=asked)
    assert set(back.values_list("status", flat=True)) == {"succeeded"}
    ended = SetupAttempt.objects.exclude(setup_intent__in=asked)
    assert ended.count() == back.count()
    assert set(ended.values_list("status", flat=True)) == {"succeeded"}


def _cut_off_anywhere(operation: Callable[[World], Ask]) -> None:
    uncut = World()
    points = run(operation(uncut)).points
    beat(later())
    expected = picture(uncut)
    assert len(points) >= 2

    cut = []
    for point in (distinct := distinct_points(points)):
        name = points[point]
        again, left = World(), World()
        for world in (again, left):
            ask = operation(world)
            before = money(world)
            assert run(ask, until=point).is_cut_off, name
            if world is again:
                # Whoever asked asks again, with the same key.
                send_until_heard(ask)
        cut.append((name, again, left, before))
        if operation in ONE_BY_ONE or point == distinct[-1]:
            beat(later())
            while cut:
                name, again, left, before = cut.pop()
                assert picture(again) == expected, f"Cut off {name}, and asked again."
                assert money(left) in (before, expected["money"]), f"Cut off {name}, and left."
    assert_all_is_well(at=later())
