"""What sellers give, get in their own currency, and have sent elsewhere. See `operations`."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Account
from connect.models import ExchangeRate, ExternalAccount
from connect.onboarding.services import external_accounts
from connect.payouts.services import destination_holds, payouts
from connect.transfers.services import account_debits, transfers
from core.errors import Missing
from payments.disputes.services import disputes
from payments.models import Dispute
from payments.refunds.services import refunds
from tests.factories import a_bank_account, a_paid_intent, a_seller, now
from tests.survival.worlds import Ask, World, time_passes

_AT_ONCE = "pm_card_bypassPending"
_FIRST, _SECOND = "000123456789", "000222222227"


def an_account_debit(world: World) -> Ask:
    """Collect from a seller."""
    _funded(world)
    world.acts_for = world.seller
    return lambda: world.post(
        "transfers", amount=30_00, currency="usd", destination=world.platform.account_id
    )


def a_returned_account_debit(world: World) -> Ask:
    """Give a seller back what was collected from it."""
    _funded(world)
    debit = account_debits.create(
        tenant=world.seller,
        platform_id=world.platform.account_id,
        amount=30_00,
        currency="usd",
        at=now(),
    )
    world.acts_for = world.seller
    return lambda: world.post(f"transfers/{debit.id}/reversals", amount=10_00)


def a_transfer_of_a_whole_charge(world: World) -> Ask:
    """Give a seller all of a charge, what its processing cost included."""
    a_paid_intent(world.platform)
    charge = world.charge().id
    return lambda: world.post(
        "transfers",
        amount=100_00,
        currency="usd",
        destination=world.seller.account_id,
        source_transaction=charge,
    )


def an_exchanged_transfer_of_a_whole_charge(world: World) -> Ask:
    """Give a seller abroad all of a charge."""
    _abroad(world)
    return a_transfer_of_a_whole_charge(world)


def an_exchanged_transfer(world: World) -> Ask:
    """Give a seller abroad money that is available."""
    _abroad(world)
    a_paid_intent(world.platform, payment_method=_AT_ONCE)
    return lambda: world.post(
        "transfers", amount=30_00, currency="usd", destination=world.seller.account_id
    )


def an_exchanged_charge_with_a_fee(world: World) -> Ask:
    """Pay, share with a seller abroad, and take a cut."""
    _abroad(world)
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_visa",
        application_fee_amount=10_00,
        transfer_data={"destination": world.seller.account_id},
        return_url="https://example.com",
    )


def an_exchanged_split_charge(world: World) -> Ask:
    """Pay, and share with a seller abroad and one at home."""
    other = a_seller(world.platform)
    _abroad(world)
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_visa",
        return_url="https://example.com",
        split=[
            {"destination": world.seller.account_id, "percent": 60},
            {"destination": other.account_id, "amount": 20_00},
        ],
    )


def a_refund_of_an_exchanged_charge(world: World) -> Ask:
    """Give back a part that a seller abroad bears, and of the platform's cut."""
    id = _share_abroad(world)
    return lambda: world.post(
        "refunds",
        payment_intent=id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
    )


def a_refund_of_an_exchanged_charge_that_fails_late(world: World) -> Ask:
    """Take back a refund that a seller abroad bore."""
    id = _share_abroad(world, payment_method="pm_card_refundFail")
    refunds.create(
        tenant=world.platform,
        intent_id=id,
        at=now(),
        reverse_transfer=True,
        refund_application_fee=True,
    )
    time_passes()
    return lambda: refunds.repair(at=now() + timedelta(minutes=1))


def a_reversal_of_an_exchanged_charge(world: World) -> Ask:
    """Take a seller's share abroad back, and return the cut of it."""
    _share_abroad(world)
    transfer = world.charge().transfer_id
    return lambda: world.post(
        f"transfers/{transfer}/reversals", amount=40_00, refund_application_fee=True
    )


def a_fee_refund_of_an_exchanged_charge(world: World) -> Ask:
    """Give a seller abroad a part of the platform's cut back."""
    _share_abroad(world)
    fee = world.charge().application_fee_id
    return lambda: world.post(f"application_fees/{fee}/refunds", amount=4_00)


def a_spread_refund_abroad(world: World) -> Ask:
    """Give back a part that a seller abroad bears to whom all of the charge was transferred."""
    _abroad(world)
    id = a_paid_intent(world.platform).id
    transfers.create(
        tenant=world.platform,
        amount=100_00,
        currency="usd",
        at=now(),
        destination=world.seller.account_id,
        source_transaction=world.charge().id,
    )
    return lambda: world.post(
        "refunds", payment_intent=id, amount=40_00, transfer_reversals="proportional"
    )


def a_reversal_after_a_dispute_abroad(world: World) -> Ask:
    """Take back from a seller abroad what a payer's bank took."""
    _share_abroad(world, payment_method="pm_card_createDispute")
    disputes.fetch(at=now())
    assert Dispute.objects.filter(account_id=world.platform.account_id).exists()
    transfer = world.charge().transfer_id
    return lambda: world.post(f"transfers/{transfer}/reversals", refund_application_fee=True)


def a_change_of_destination(world: World) -> Ask:
    """Have payouts sent elsewhere, which holds them."""
    _funded(world)
    a_bank_account(world.seller, _FIRST)
    return lambda: world.post(
        f"accounts/{world.seller.account_id}/external_accounts",
        default_for_currency=True,
        external_account={
            "object": "bank_account",
            "country": "US",
            "currency": "usd",
            "routing_number": "110000000",
            "account_number": _SECOND,
        },
    )


def a_payout_that_is_held(world: World) -> Ask:
    """Ask to be paid out to a destination that is held."""
    _hold(world)
    world.acts_for = world.seller
    return lambda: world.post("payouts", amount=60_00, currency="usd")


def a_lifted_hold(world: World) -> Ask:
    """Hold a destination's payouts no more."""
    row = _hold(world)
    payouts.create(tenant=world.seller, amount=60_00, currency="usd", at=now())

    def lift() -> None:
        # Whoever lifts a hold again is told that there is none.
        with suppress(Missing):
            destination_holds.lift(external_id=row.id, at=now())

    return lift


def an_ended_hold(world: World) -> Ask:
    """Find a hold over, and tell so."""
    row = _hold(world)
    payouts.create(tenant=world.seller, amount=60_00, currency="usd", at=now())
    ExternalAccount.objects.filter(id=row.id).update(held_until=now())
    return lambda: destination_holds.end_due(at=now() + timedelta(minutes=1))


def _funded(world: World) -> None:
    a_paid_intent(
        world.platform,
        payment_method=_AT_ONCE,
        transfer_amount=100_00,
        transfer_destination=world.seller.account_id,
    )


def _abroad(world: World) -> None:
    """Let the seller settle in euros, and say at which rate."""
    ExchangeRate.objects.create(sold="usd", bought="eur", rate=Decimal("0.92"), starts_at=now())
    world.seller = a_seller(world.platform, default_currency="eur")


def _share_abroad(world: World, **details: Any) -> str:
    _abroad(world)
    return a_paid_intent(
        world.platform,
        transfer_destination=world.seller.account_id,
        application_fee_amount=10_00,
        **details,
    ).id


def _hold(world: World) -> ExternalAccount:
    _funded(world)
    a_bank_account(world.seller, _FIRST)
    account = Account.objects.get(id=world.seller.account_id)
    params = {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": _SECOND,
    }
    return external_accounts.replace_default(
        tenant=world.seller, account=account, params=params, at=now()
    )


OPERATIONS = [
    an_account_debit, a_returned_account_debit, a_transfer_of_a_whole_charge,
    an_exchanged_transfer_of_a_whole_charge, an_exchanged_transfer,
    an_exchanged_charge_with_a_fee, an_exchanged_split_charge, a_refund_of_an_exchanged_charge,
    a_refund_of_an_exchanged_charge_that_fails_late, a_reversal_of_an_exchanged_charge,
    a_fee_refund_of_an_exchanged_charge, a_spread_refund_abroad,
    a_reversal_after_a_dispute_abroad, a_change_of_destination, a_payout_that_is_held,
    a_lifted_hold, an_ended_hold,
]  # fmt: skip
ONE_BY_ONE = {a_refund_of_an_exchanged_charge_that_fails_late, an_ended_hold}
