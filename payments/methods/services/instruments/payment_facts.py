"""What a payment's processor account is chosen by."""

from dataclasses import replace

from payments.methods.services.instruments import known_instruments
from payments.models import PaymentIntent, PaymentMethod, SetupIntent
from processors.routing.facts import ChargeType, PaymentFacts


def facts_of(
    intent: PaymentIntent | SetupIntent,
    method: PaymentMethod,
    *,
    is_off_session: bool = False,
    tried: tuple[str, ...] = (),
) -> PaymentFacts:
    """Return what the account of a payment, or of a verification, is chosen by.

    Args:
        intent: The intent.
        method: What is to be charged, or kept.
        is_off_session: True if the payer is not there.
        tried: The accounts that have refused this payment already.
    """
    is_payment = isinstance(intent, PaymentIntent)
    return PaymentFacts(
        intent.id,
        intent.livemode,
        method.type,
        intent.currency if is_payment else None,
        intent.amount,
        intent.account_id,
        method.brand,
        method.country or "",
        _charge_type(intent) if isinstance(intent, PaymentIntent) else ChargeType.OWN,
        intent.metadata,
        is_off_session,
        not isinstance(intent, PaymentIntent) or intent.capture_method != "manual",
        not is_payment,
        known_instruments.accounts_of(method),
        tried,
    )


def facts_of_new_card(intent: PaymentIntent | SetupIntent) -> PaymentFacts:
    """Return what the account is chosen by before the payer has typed its card in."""
    return replace(facts_of(intent, PaymentMethod(type="card")), known_at=None)


def _charge_type(intent: PaymentIntent) -> ChargeType:
    if intent.platform_id:
        return ChargeType.DIRECT
    if intent.split:
        return ChargeType.SPLIT
    return ChargeType.DESTINATION if intent.transfer_destination else ChargeType.OWN
