"""Queries of authentications and what cards have paid since."""

from django.db.models import Sum

from payments.models import Authentication, Charge, PaymentIntent, PaymentMethod, SetupIntent
from payments.states import AuthenticationStatus, ChargeStatus
from payments.three_d_secure import sca
from processors.protocols.base import Enrolment


def is_set_up(method: PaymentMethod, enrolment: Enrolment) -> bool:
    """Tell whether the payer has agreed to later charges of a card that needs that."""
    if enrolment is not Enrolment.UNLESS_SET_UP:
        return False
    return Authentication.objects.filter(
        payment_method=method, is_for_later=True, status=AuthenticationStatus.SUCCEEDED
    ).exists()


def count_since_last(intent: PaymentIntent | SetupIntent, method: PaymentMethod) -> sca.Since:
    """Count and sum a saved card's payments to a merchant since its last challenge."""
    last = (
        Authentication.objects.filter(
            payment_method=method, status=AuthenticationStatus.SUCCEEDED, result="authenticated"
        )
        .order_by("-ended_at")
        .values_list("ended_at", flat=True)
        .first()
    )
    paid = Charge.objects.filter(
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_method=method,
        status=ChargeStatus.SUCCEEDED,
        currency=intent.currency,
    )
    if last:
        paid = paid.filter(created_at__gt=last)
    found = paid.aggregate(amount=Sum("amount"))
    return sca.Since(paid.count(), found["amount"] or 0)
