"""Payouts that their banks send back."""

from datetime import timedelta

from connect.models import ExternalAccount, Payout
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from core.tenant import Tenant
from tests.factories import a_bank_account, a_seller_with, now


def a_failed_payout(platform: Tenant) -> Payout:
    """Make a payout of 50.00 that failed, where the simulated bank answers after no time."""
    seller = a_seller_with(
        platform, 100_00, business_profile={"name": "Corner Shop"}, email="shop@example.com"
    )
    a_bank_account(seller, "000111111116")
    payout = payouts.create(tenant=seller, amount=50_00, currency="usd", at=now())
    sending.send_due(at=now() + timedelta(hours=1))
    sending.poll_due(at=now() + timedelta(hours=3))
    payout.refresh_from_db()
    assert payout.status == "failed"
    return payout


def a_new_account(payout: Payout) -> ExternalAccount:
    """Add the bank account that the seller named since, and that nothing holds."""
    made = a_bank_account(payout.tenant)
    ExternalAccount.objects.filter(account_id=payout.account_id).update(held_until=None)
    return made
