"""Payouts, as what is there before and what is asked. See `operations`."""

from datetime import timedelta
from typing import Any

from connect.models import Payout, PayoutPrice, PayoutRun
from connect.payouts.services import payouts, runs
from connect.payouts.services.attempts import sending
from processors.models import SimulatedRequest
from tests.factories import a_bank_account, a_paid_intent, now
from tests.survival.worlds import Ask, World

# Its bank takes payouts on and never says what became of them.
_SILENT = "000777777773"


def a_payout(world: World) -> Ask:
    """Ask to be paid out."""
    _funded(world, _SILENT)
    world.acts_for = world.seller
    return lambda: world.post("payouts", amount=60_00, currency="usd")


def a_payout_with_a_fee(world: World) -> Ask:
    """Ask to be paid out at once, for the platform's price."""
    _priced(world, _SILENT)
    world.acts_for = world.seller
    return lambda: world.post("payouts", amount=60_00, currency="usd", method="instant")


def a_canceled_payout_with_a_fee(world: World) -> Ask:
    """Stop an instant payout: its fee comes back too."""
    _priced(world, _SILENT)
    payout = _instant(world)
    world.acts_for = world.seller
    return lambda: world.post(f"payouts/{payout.id}/cancel")


def a_refused_payout_with_a_fee(world: World) -> Ask:
    """Hear that an instant payout's bank refused it: its fee comes back too."""
    _priced(world, "000111111116")
    payout = _instant(world)
    sending.send(payout.id, at=now())
    _age(world, seconds=10)
    return lambda: sending.poll_due(at=now() + timedelta(minutes=1))


def a_canceled_payout(world: World) -> Ask:
    """Stop a payout that has not been sent."""
    payout = _make(world, _SILENT, at=now())
    world.acts_for = world.seller
    return lambda: world.post(f"payouts/{payout.id}/cancel")


def a_sent_payout(world: World) -> Ask:
    """Send a payout to its bank."""
    _make(world, _SILENT, at=now() - timedelta(minutes=10))
    return lambda: sending.send_due(at=now())


def a_paid_payout(world: World) -> Ask:
    """Hear that a payout has arrived."""
    return _answer(world, "000123456789")


def a_refused_payout(world: World) -> Ask:
    """Hear that a payout's bank refused it."""
    return _answer(world, "000111111116")


def a_returned_payout(world: World) -> Ask:
    """Hear that a payout came back after it was paid, less what a bank kept."""
    ask = _answer(world, "000777777772")
    ask()
    _age(world, seconds=3_600)
    return lambda: sending.poll_due(at=now() + timedelta(minutes=2))


def a_payout_run(world: World) -> Ask:
    """Pay everybody whose day has come."""
    _funded(world, _SILENT)
    at = now() + timedelta(days=8)
    for livemode in (False, True):
        PayoutRun.objects.get_or_create(
            livemode=livemode, day=at.date(), defaults={"started_at": at}
        )
    return lambda: runs.run_due(at=at)


def _funded(world: World, number: str) -> None:
    a_paid_intent(
        world.platform,
        payment_method="pm_card_bypassPending",
        transfer_amount=100_00,
        transfer_destination=world.seller.account_id,
    )
    a_bank_account(world.seller, number)


def _priced(world: World, number: str) -> None:
    _funded(world, number)
    PayoutPrice.objects.create(
        account_id=world.platform.account_id, livemode=False, currency="usd", bps=150
    )


def _instant(world: World) -> Payout:
    return payouts.create(
        tenant=world.seller, amount=60_00, currency="usd", method="instant", at=now()
    )


def _make(world: World, number: str, *, at: Any) -> Payout:
    _funded(world, number)
    return payouts.create(tenant=world.seller, amount=60_00, currency="usd", at=at)


def _answer(world: World, number: str) -> Ask:
    payout = _make(world, number, at=now() - timedelta(minutes=10))
    sending.send(payout.id, at=now() - timedelta(minutes=5))
    _age(world, seconds=10)
    return lambda: sending.poll_due(at=now() + timedelta(minutes=1))


def _age(world: World, *, seconds: int) -> None:
    """Let what the bank does late become due."""
    mine = Payout.objects.filter(account_id=world.seller.account_id).values("attempts__id")
    SimulatedRequest.objects.filter(key__in=mine).update(
        created_at=now() - timedelta(seconds=seconds)
    )


OPERATIONS = [
    a_payout, a_canceled_payout, a_sent_payout, a_paid_payout, a_refused_payout,
    a_returned_payout, a_payout_run, a_payout_with_a_fee, a_canceled_payout_with_a_fee,
    a_refused_payout_with_a_fee,
]  # fmt: skip
ONE_BY_ONE = {
    a_sent_payout,
    a_paid_payout,
    a_refused_payout,
    a_returned_payout,
    a_payout_run,
    a_refused_payout_with_a_fee,
}
