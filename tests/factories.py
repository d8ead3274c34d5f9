"""Plain functions that reach a state by calling the operations that lead there."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Account, User
from accounts.services import api_keys
from config.demo import sellers
from connect.models import ExternalAccount
from connect.onboarding.services import accounts, external_accounts
from connect.payouts.services import payouts
from core.ids import new_id
from core.tenant import Tenant
from payments.intents.services import payment_intents
from payments.models import PaymentIntent
from payments.refunds.services import refunds


def now() -> datetime:
    return timezone.now()


def a_platform(**details: Any) -> Tenant:
    account = Account.objects.create(
        id=new_id("acct"),
        name="Platform",
        created_at=now(),
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        **details,
    )
    return Tenant(account.id, livemode=False)


def a_seller(platform: Tenant, **details: Any) -> Tenant:
    """Open a seller's account of which everything is known that is asked, but a bank account."""
    params = sellers.details("Ada's Shop", **details)
    account = accounts.create(tenant=platform, type="express", at=now(), **params)
    return Tenant(account.id, livemode=False)


def an_operator_named(email: str) -> User:
    return User.objects.filter(email=email).first() or an_operator(email)


def an_operator(
    email: str = "operator@example.com",
    password: str = "secret",
    *,
    role: str = "owner",
) -> User:
    """Make somebody who may use the console, as only the tables' owner can."""
    user = User.objects.create_user(email, password)
    with connection.cursor() as cursor:
        cursor.execute("SELECT testing_make_operator(%s, %s)", [user.pk, role])
    user.refresh_from_db()
    return user


def as_owner(statement: str) -> None:
    """Change what the application may not, as only the tables' owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT testing_execute(%s)", [statement])


def a_key(tenant: Tenant, **details: Any) -> str:
    return api_keys.create(tenant=tenant, at=now(), **details)[1]


def a_paid_intent(tenant: Tenant, **details: Any) -> PaymentIntent:
    wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"} | details
    return payment_intents.create(tenant=tenant, confirm=True, at=now(), **wanted)


def a_bank_account(tenant: Tenant, number: str = "000123456789", **details: Any) -> ExternalAccount:
    params = {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": number,
    } | details
    account = Account.objects.get(id=tenant.account_id)
    return external_accounts.create(tenant=tenant, account=account, params=params, at=now())


def a_seller_with(platform: Tenant, amount: int, **details: Any) -> Tenant:
    """Make a seller that has money to use, out of a charge that was available at once."""
    seller = a_seller(platform, **details)
    a_paid_intent(
        platform,
        amount=amount,
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        transfer_amount=amount,
    )
    return seller


def a_seller_who_owes(platform: Tenant, amount: int, **details: Any) -> Tenant:
    """Make a seller of whom an order was refunded in part after it was paid out all it had."""
    seller = a_seller_with(platform, 100_00, **details)
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=100_00, currency="usd", at=now())
    intent = PaymentIntent.objects.order_by("-id")[0]
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=amount, reverse_transfer=True, at=now()
    )
    return seller


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
