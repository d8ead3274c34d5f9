"""The second half of attempts: send them to their rail, record the outcome, raise declines."""

from datetime import datetime

from core.tenant import Tenant
from payments.charges import retry_limits
from payments.charges.services import charge_requests, charges
from payments.charges.services.routed import next_attempts
from payments.charges.services.started_charges import StartedCharge
from payments.disputes.services import disputes
from payments.intents.services import attempt_errors
from payments.models import Charge, PaymentIntent


def complete(
    intent: PaymentIntent, started: StartedCharge | None, *, at: datetime
) -> PaymentIntent:
    """Send a started attempt to its rail; none was started if the payer has to act first.

    Raises:
        CardError: If the rail declined, or the attempt might not wait for the payer.
    """
    if started:
        return finish(started.charge, intent, at=at, started=started)
    if refusal := attempt_errors.refusal(intent):
        raise refusal
    return intent


def finish(
    charge: Charge, intent: PaymentIntent, *, at: datetime, started: StartedCharge | None = None
) -> PaymentIntent:
    """Send a charge's open request to its rail, and record the outcome.

    A card that was declined too often is refused without asking. If the rail refused and another
    account is to be asked, it is asked at once.

    Args:
        charge: The charge, with an open request.
        intent: Its intent.
        at: The moment of the request.
        started: The result of `started_charges.begin`, if it was started just now.

    Returns:
        The intent as it now is; still processing without a last word.

    Raises:
        CardError: If it was refused.
    """
    if started:
        started.pricing.name_on_statement(charge)
    # Of one that may have been sent before, nobody but the rail can say that it did not happen.
    refusal = retry_limits.refuse(charge, started.declines) if started else None
    outcome = refusal or charge_requests.send(charge, charge.payment_method, intent)
    settled = charges.settle(charge.id, outcome, at=at, started=started)
    if outcome.has_news:
        disputes.fetch_for(settled, at=at)
    if follower_id := next_attempts.id_after(settled):
        follower = next_attempts.load(follower_id)
        return finish(follower, follower.payment_intent, at=at)
    return attempt_errors.check_answer(settled)


def resume_intent(tenant: Tenant, intent_id: str, *, at: datetime) -> PaymentIntent | None:
    """Resume the intent of a request that was cut off.

    Returns:
        The intent as it stands, its open attempt finished; None if the request was cut
        off before it made anything.
    """
    intent = PaymentIntent.objects.filter(
        id=intent_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if intent is None or intent.latest_charge_id is None:
        return intent
    return resume_charge(tenant, intent.latest_charge_id, at=at)


def resume_charge(tenant: Tenant, charge_id: str, *, at: datetime) -> PaymentIntent | None:
    """Resume the attempt of a request that was cut off; see `resume_intent`."""
    charge = (
        Charge.objects.select_related("payment_intent", "payment_method")
        .filter(id=charge_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if charge is None:
        return None
    if charge.open_request:
        return finish(charge, charge.payment_intent, at=at)
    if follower_id := next_attempts.id_after(charge):
        return resume_charge(tenant, follower_id, at=at)
    return attempt_errors.check_answer(charge)
