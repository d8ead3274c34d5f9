"""Payments for which the payer scans a code or goes to the processor, and what is asked then."""

from contextlib import suppress
from datetime import timedelta

from core.errors import InvalidRequest
from payments.charges.services import charges
from payments.inbound.services import codes, delayed_polling
from payments.models import Charge, PaymentIntent, UnappliedPayment
from payments.unapplied.services import applications, late_payments, returns, voids
from processors.models import SimulatedRequest
from processors.protocols.payers import PayerAct
from tests import rails
from tests.factories import now
from tests.payments import scanning, stepping
from tests.survival.worlds import Ask, World


def _shown(world: World, mailbox: str = "somchai") -> PaymentIntent:
    return scanning.a_code(world.platform, mailbox, payment_method_types=["card", "promptpay"])


def a_code(world: World) -> Ask:
    """Show a payer a code."""
    return lambda: world.post(
        "payment_intents",
        amount=1_000_00,
        currency="thb",
        confirm=True,
        payment_method_data=scanning.payer(),
        payment_method_types=["promptpay"],
    )


def a_code_that_is_paid(world: World) -> Ask:
    """Hear that a payer has paid."""
    _shown(world, "succeed_immediately")
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))
    return lambda: delayed_polling.poll_due(at=now() + timedelta(minutes=1))


def a_code_that_is_paid_on_its_page(world: World) -> Ask:
    """Press the button of a code's page."""
    charge_id = _shown(world).latest_charge_id

    def press() -> None:
        charge = Charge.objects.select_related("payment_intent", "payment_method")
        codes.act(charge.get(id=charge_id), PayerAct.PAY, at=now())

    return press


def a_canceled_code(world: World) -> Ask:
    """Cancel a payment whose payer was shown a code."""
    id = _shown(world).id
    return lambda: world.post(f"payment_intents/{id}/cancel")


def a_card_instead_of_a_code(world: World) -> Ask:
    """Pay by card what a payer was shown a code for."""
    id = _shown(world).id
    return lambda: world.post(
        f"payment_intents/{id}/confirm",
        payment_method="pm_card_visa",
        return_url="https://example.com",
    )


def a_payer_who_is_back(world: World) -> Ask:
    """Come back from the processor, which asked for a step and knows that it was done."""
    rail = stepping.AskingRail(stepping.REDIRECT)
    with rails.registered(rail):
        charge_id = str(stepping.asked(world.platform).latest_charge_id)
    rail.act(charge_id)

    def come_back() -> None:
        with rails.registered(rail):
            stepping.come_back(charge_id, redirectResult="r1")

    return come_back


def _expired(world: World) -> Charge:
    """Let a code expire, whose payer pays all the same."""
    charge_id = str(_shown(world, "rialto_pay_late").latest_charge_id)
    asked = SimulatedRequest.objects.filter(charge_key=charge_id)
    rows = Charge.objects.select_related("payment_intent", "payment_method")
    asked.update(created_at=now() - timedelta(seconds=5))
    charge = charges.poll(rows.get(id=charge_id), at=now())
    asked.update(created_at=now() - timedelta(minutes=1))
    return charge


def a_late_payment(world: World) -> Ask:
    """Hear that a payer has paid after its code had expired."""
    charge = _expired(world)
    return lambda: late_payments.look(charge, at=now())


def _unapplied(world: World) -> UnappliedPayment:
    found = late_payments.look(_expired(world), at=now())
    assert found is not None
    return found


def a_late_payment_that_goes_back(world: World) -> Ask:
    """Give a payer back what it paid too late."""
    id = _unapplied(world).id

    def give_back() -> None:
        # Whoever asks again is told that it is decided.
        with suppress(InvalidRequest):
            returns.give_back(unapplied_id=id, at=now())

    return give_back


def a_late_payment_for_the_merchant(world: World) -> Ask:
    """Give a merchant what its payer paid too late."""
    id = _unapplied(world).id

    def apply() -> None:
        with suppress(InvalidRequest):
            applications.apply(unapplied_id=id, at=now())

    return apply


def a_late_payment_that_never_came(world: World) -> Ask:
    """Take out of suspense what the processor says now that it never had."""
    id = _unapplied(world).id

    def void() -> None:
        with rails.simulator_with(find=lambda rail, inquiry: None), suppress(InvalidRequest):
            voids.void(unapplied_id=id, at=now())

    return void


OPERATIONS = [
    a_code, a_code_that_is_paid, a_code_that_is_paid_on_its_page, a_canceled_code,
    a_card_instead_of_a_code, a_payer_who_is_back, a_late_payment,
    a_late_payment_that_goes_back, a_late_payment_for_the_merchant,
    a_late_payment_that_never_came,
]  # fmt: skip
ONE_BY_ONE = {a_code_that_is_paid}
