"""Disputes: hearing of one, answering it, giving it up, and hearing how it ended."""

from collections.abc import Callable

from core.ids import random_text
from payments.disputes.services import disputes
from payments.models import Dispute
from tests.factories import a_paid_intent, now
from tests.survival.worlds import Ask, World, share, time_passes


def a_dispute(world: World) -> Ask:
    """Hear of a dispute, with money withdrawn."""
    a_paid_intent(world.platform, payment_method="pm_card_rialto_disputeLate", **share(world))
    time_passes()
    return lambda: disputes.fetch(at=now())


def a_charge_that_is_disputed_at_once(world: World) -> Ask:
    """Charge a card whose payer complains before the answer is there."""
    return lambda: world.post(
        "payment_intents",
        amount=100_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_createDispute",
        application_fee_amount=10_00,
        transfer_data={"destination": world.seller.account_id},
        return_url="https://example.com",
    )


def _disputed(world: World) -> str:
    a_dispute(world)()
    return str(Dispute.objects.get(account_id=world.platform.account_id).id)


def an_answer(world: World) -> Ask:
    """Send evidence."""
    id = _disputed(world)
    return lambda: world.post(
        f"disputes/{id}", evidence={"uncategorized_text": "winning_evidence"}, submit=True
    )


def a_won_dispute(world: World) -> Ask:
    """Hear that a dispute is won, with money returned."""
    an_answer(world)()
    world.idempotency_key = random_text(20)
    return lambda: disputes.fetch(at=now())


def a_closed_dispute(world: World) -> Ask:
    """Give a dispute up."""
    id = _disputed(world)
    return lambda: world.post(f"disputes/{id}/close")


OPERATIONS: list[Callable[[World], Ask]] = [
    a_dispute, a_charge_that_is_disputed_at_once, an_answer, a_won_dispute, a_closed_dispute,
]  # fmt: skip
