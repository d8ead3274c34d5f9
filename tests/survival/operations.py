"""Everything that moves money or keeps a promise, each as what is there before and what is asked.

They are asked for over HTTP with an idempotency key, or done by the tasks that run by themselves.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from connect.payouts.services import destination_holds, negative_balances
from connect.payouts.services.attempts import sending
from connect.transfers.services import transfers
from payments import pages
from payments.charges.services import receipts, unresolved_requests
from payments.disputes.services import dispute_answers, disputes
from payments.inbound.services import challenges, delayed_polling, notices
from payments.intents.services import cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Authentication, PaymentIntent
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from payments.unapplied.services import returns
from processors import registry
from tests.factories import a_paid_intent, a_seller, now
from tests.processors.accounts_there import Asking
from tests.survival import (
    code_operations,
    dispute_operations,
    payout_operations,
    seller_operations,
    session_operations,
)
from tests.survival.worlds import Ask, World, share, time_passes

_AGREED = ConfirmationOptions(customer_acceptance={"type": "offline"})


def beat(at: Any) -> None:
    """Do what runs by itself every few seconds."""
    payment_intents.repair(at=at)
    refunds.repair(at=at)
    setup_intents.repair(at=at)
    delayed_polling.poll_due(at=at)
    returns.repair(at=at)
    unresolved_requests.close_answered()
    disputes.fetch(at=at)
    dispute_answers.repair(at=at)
    notices.sweep(at=at)
    receipts.send_due(at=at)
    sending.send_due(at=at)
    sending.poll_due(at=at)
    negative_balances.reserve_and_cover(at=at)
    destination_holds.end_due(at=at)


def soon() -> Any:
    """Return a moment at which whatever was cut off is taken up."""
    return now() + timedelta(minutes=1)


def later() -> Any:
    """Return a moment at which whatever was cut off when it was taken up is taken up again."""
    return soon() + timedelta(minutes=1)


def a_charge(world: World) -> Ask:
    """Pay, and share with the seller."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_visa",
        application_fee_amount=10_00,
        transfer_data={"destination": world.seller.account_id},
        receipt_email="p@example.com",
        return_url="https://example.com",
    )


def a_split_charge(world: World) -> Ask:
    """Pay, and share with two sellers."""
    other = a_seller(world.platform)
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


def a_direct_charge(world: World) -> Ask:
    """Let a seller charge on its own account, and take a cut."""
    world.acts_for = world.seller
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_visa",
        application_fee_amount=10_00,
        return_url="https://example.com",
    )


def a_refund_of_a_direct_charge(world: World) -> Ask:
    """Give back a part that the seller took, and of the platform's cut."""
    world.acts_for = world.seller
    id = a_paid_intent(
        world.seller, application_fee_amount=10_00, platform_id=world.platform.account_id
    ).id
    return lambda: world.post(
        "refunds", payment_intent=id, amount=40_00, refund_application_fee=True
    )


def a_declined_charge(world: World) -> Ask:
    """Ask for a payment that the payer's bank declines."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_chargeDeclined",
        return_url="https://example.com",
    )


def a_charge_whose_answer_is_lost(world: World) -> Ask:
    """Pay with the card whose processor takes the money and says nothing."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_rialto_timeoutAfterCharge",
        return_url="https://example.com",
    )


def a_charge_without_an_intent(world: World) -> Ask:
    """Pay the old way."""
    return lambda: world.post("charges", amount=100_00, currency="usd", source="tok_visa")


def an_authorization(world: World) -> Ask:
    """Hold money on a card."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        capture_method="manual",
        payment_method="pm_card_visa",
        return_url="https://example.com",
    )


def _authorized(world: World) -> str:
    return a_paid_intent(world.platform, capture_method="manual", **share(world)).id


def a_capture(world: World) -> Ask:
    """Take a part of what is held, and share it."""
    id = _authorized(world)
    return lambda: world.post(f"payment_intents/{id}/capture", amount_to_capture=60_00)


def a_void(world: World) -> Ask:
    """Let go of what is held."""
    id = _authorized(world)
    return lambda: world.post(f"payment_intents/{id}/cancel")


def an_expiry(world: World) -> Ask:
    """Let go of what was held for too long."""
    id = _authorized(world)
    PaymentIntent.objects.filter(id=id).update(capture_before=now())
    return lambda: cancellation.expire(at=soon())


def a_refund(world: World) -> Ask:
    """Give back a part, of which the seller bears its share."""
    id = a_paid_intent(world.platform, **share(world)).id
    return lambda: world.post(
        "refunds",
        payment_intent=id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
    )


def a_spread_refund(world: World) -> Ask:
    """Give back a part that sellers bear to whom the charge was transferred."""
    id = a_paid_intent(world.platform).id
    for amount in (50_00, 20_00):
        transfers.create(
            tenant=world.platform,
            amount=amount,
            currency="usd",
            destination=world.seller.account_id,
            source_transaction=world.charge().id,
            at=now(),
        )
    return lambda: world.post(
        "refunds", payment_intent=id, amount=40_00, transfer_reversals="proportional"
    )


def a_pending_refund(world: World) -> Ask:
    """Give back what arrives late."""
    id = a_paid_intent(world.platform, payment_method="pm_card_pendingRefund").id
    return lambda: world.post("refunds", payment_intent=id)


def a_canceled_refund(world: World) -> Ask:
    """Stop a refund that has not arrived."""
    id = a_paid_intent(world.platform, payment_method="pm_card_pendingRefund").id
    refund = refunds.create(tenant=world.platform, intent_id=id, at=now())
    # However busy the machine is, it has not arrived yet.
    time_passes(seconds=-600)
    return lambda: world.post(f"refunds/{refund.id}/cancel")


def a_refund_that_fails_late(world: World) -> Ask:
    """Take a refund back that the payer's bank has sent back."""
    id = a_paid_intent(world.platform, payment_method="pm_card_refundFail", **share(world)).id
    refunds.create(
        tenant=world.platform,
        intent_id=id,
        at=now(),
        reverse_transfer=True,
        refund_application_fee=True,
    )
    time_passes()
    return lambda: refunds.repair(at=soon())


def a_setup(world: World) -> Ask:
    """Keep a card for later."""
    return lambda: world.post(
        "setup_intents",
        confirm=True,
        payment_method="pm_card_visa",
        return_url="https://example.com",
    )


def a_setup_that_asks(world: World) -> Ask:
    """Have a card kept by a processor that asks its payer first."""
    return lambda: world.post(
        "setup_intents",
        confirm=True,
        payment_method="pm_card_visa",
        return_url="https://example.com",
    )


def a_payer_who_is_back(world: World) -> Ask:
    """Come back from a processor that has asked the payer of a card that is to be kept."""
    intent = setup_intents.create(
        tenant=world.platform,
        confirm=True,
        payment_method="pm_card_visa",
        return_url="https://example.com",
        at=now(),
    )
    attempt_id = str(intent.latest_attempt_id)
    Asking(registry.listed("asking").rail).act(attempt_id)
    path = urlsplit(pages.action_address(attempt_id)).path
    return lambda: Client().get(f"{path}/return", {"r": "1"})


def a_challenged_charge(world: World) -> Ask:
    """Satisfy the payer's bank, and pay."""
    a_paid_intent(
        world.platform,
        payment_method="pm_card_threeDSecureRequired",
        return_url="https://example.com",
        **share(world),
    )

    def satisfy() -> None:
        row = Authentication.objects.get(account_id=world.platform.account_id)
        challenges.answer(row, challenges.Answer.AUTHENTICATED, at=now())

    return satisfy


def a_debit(world: World) -> Ask:
    """Debit a bank account."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_usBankAccount_success",
        payment_method_types=["us_bank_account"],
        mandate_data={"customer_acceptance": {"type": "offline"}},
        transfer_data={"destination": world.seller.account_id},
        application_fee_amount=10_00,
    )


def _debited(world: World, token: str, *, seconds: int = 60) -> None:
    a_paid_intent(world.platform, payment_method=token, session=_AGREED, **share(world))
    time_passes(seconds)


def a_debit_that_is_paid(world: World) -> Ask:
    """Hear that a payer's bank has paid."""
    _debited(world, "pm_usBankAccount_success")
    return lambda: delayed_polling.poll_due(at=soon())


def a_debit_that_is_taken_back(world: World) -> Ask:
    """Hear that a payer's bank has taken its money back, and take it from the seller."""
    _debited(world, "pm_usBankAccount_rialto_takenBack", seconds=5)
    delayed_polling.poll_due(at=soon())
    time_passes()
    return lambda: delayed_polling.poll_due(at=soon() + timedelta(minutes=5))


def a_transfer(world: World) -> Ask:
    """Give a seller a part of a charge."""
    a_paid_intent(world.platform)
    charge = world.charge().id
    return lambda: world.post(
        "transfers",
        amount=30_00,
        currency="usd",
        destination=world.seller.account_id,
        source_transaction=charge,
    )


def a_reversal(world: World) -> Ask:
    """Take a part of a seller's share back."""
    a_paid_intent(world.platform, **share(world))
    transfer = world.charge().transfer_id
    return lambda: world.post(f"transfers/{transfer}/reversals", amount=20_00)


def a_fee_refund(world: World) -> Ask:
    """Give a seller a part of the platform's cut back."""
    a_paid_intent(world.platform, **share(world))
    fee = world.charge().application_fee_id
    return lambda: world.post(f"application_fees/{fee}/refunds", amount=4_00)


def a_repair(world: World) -> Ask:
    """Find out what became of a charge, a refund and a setup that were cut off."""
    a_paid_intent(world.platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    setup_intents.create(
        tenant=world.platform,
        confirm=True,
        at=now(),
        payment_method="pm_card_rialto_timeoutAfterCharge",
    )
    return lambda: beat(soon())


OPERATIONS: list[Callable[[World], Ask]] = [
    a_charge, a_split_charge, a_direct_charge, a_refund_of_a_direct_charge, a_declined_charge,
    a_charge_whose_answer_is_lost, a_charge_without_an_intent,
    an_authorization, a_capture, a_void, an_expiry, a_refund, a_spread_refund, a_pending_refund,
    a_canceled_refund, a_refund_that_fails_late, a_setup, a_challenged_charge, a_debit,
    a_debit_that_is_paid, a_debit_that_is_taken_back, a_transfer, a_reversal, a_fee_refund,
    a_repair,
    *payout_operations.OPERATIONS, *seller_operations.OPERATIONS, *code_operations.OPERATIONS,
    *dispute_operations.OPERATIONS, *session_operations.OPERATIONS,
]  # fmt: skip
