"""Payers who pay after the end: what tests of unapplied payments have in common."""

from datetime import timedelta

from ledger import queries
from payments.models import Charge, UnappliedPayment
from processors.models import SimulatedRequest
from tests.factories import now
from tests.payments.scanning import a_code, time_passes


def in_suspense(tenant, currency="thb"):
    return queries.account_balance("suspense", tenant.account_id, currency)


def an_expired_code(platform, mailbox="rialto_pay_late", **details):
    """Let a code over 1,000 baht expire, of which the money comes some seconds later."""
    intent = a_code(platform, mailbox, **details)
    time_passes(15)
    return intent


def a_late_payment(platform, **details):
    """Let 1,000 baht come after their code has expired, and notice it."""
    intent = an_expired_code(platform, **details)
    time_passes(60)
    return UnappliedPayment.objects.get(charge__payment_intent=intent)


def the_money_comes(seconds=60):
    """Let the payers pay, of whom nobody asks."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))


def nobody_asks():
    """Let the time be over for which a late payment is looked for."""
    Charge.objects.update(next_poll_at=None)


def again(row):
    return UnappliedPayment.objects.select_related("charge__payment_method").get(id=row.id)
