"""What a new home begins with: an operator, a marketplace with three sellers, and keys."""

import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import Account, KeyKind, Membership, User
from accounts.services import api_keys
from config.demo import sellers
from config.launcher.home import write_private
from connect.onboarding.services import accounts as onboarding
from connect.onboarding.services import external_accounts
from core.ids import new_id
from core.security.role_words import Role
from core.tenant import Tenant
from core.types import JsonObject
from webhooks.services import endpoints

SELLERS = {"ada": "Ada's Ceramics", "bruno": "Bruno's Bicycles", "chiyo": "Chiyo's Tea"}
_OPERATOR = "operator@rialto.localhost"
# What payers see on the page of the demo's shop.
_BRANDING = {"branding": {"primary_color": "#0b3d4a", "secondary_color": "#0a7f5a"}}
# Events of test mode go here until the demo, or its owner, says where they should go.
_HOOKS = "http://127.0.0.1:9/webhooks"


def seed(home: Path) -> JsonObject:
    """Make it all, and write `credentials.json`.

    Args:
        home: Where the file goes.

    Returns:
        What the file says.
    """
    at = timezone.now()
    password = secrets.token_urlsafe(12)
    operator = _operator(password)
    platform = _platform(operator, at)
    tenant = Tenant(platform.id, livemode=False)
    _, secret_key = api_keys.create(tenant=tenant, name="First key", at=at)
    _, publishable_key = api_keys.create(
        tenant=tenant, kind=KeyKind.PUBLISHABLE, name="First publishable key", at=at
    )
    opened = [_seller(tenant, nick, name, at) for nick, name in SELLERS.items()]
    _give_banks([platform, opened[0]], at)
    endpoint, webhook_secret = endpoints.create(
        tenant=tenant, url=_HOOKS, enabled_events=["*"], description="Where nobody listens", at=at
    )
    # It has a secret that scripts can use, and nobody waits for an answer.
    endpoints.update(tenant=tenant, endpoint_id=endpoint.id, changes={"is_enabled": False})
    base = f"http://127.0.0.1:{settings.RIALTO_PORT}"
    credentials = {
        "api_base": base,
        "admin_url": f"{base}/admin/",
        "admin_email": operator.email,
        "admin_password": password,
        "platform": {
            "account": platform.id,
            "secret_key": secret_key,
            "publishable_key": publishable_key,
        },
        "connected_accounts": [seller.id for seller in opened],
        "webhook_secret": webhook_secret,
    }
    write_private(home / "credentials.json", credentials)
    return credentials


def _operator(password: str) -> User:
    # An earlier seeding may have been cut off before anybody learned the password.
    operator = User.objects.filter(email=_OPERATOR).first()
    if operator is None:
        return User.objects.create_superuser(_OPERATOR, password, name="Operator")
    operator.set_password(password)
    operator.save(update_fields=["password"])
    return operator


def _platform(operator: User, at: datetime) -> Account:
    platform = Account.objects.create(
        id=new_id("acct"),
        name="The Demo Market",
        email="market@rialto.localhost",
        country="US",
        default_currency="usd",
        settings=sellers.BY_HAND | _BRANDING,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        created_at=at,
    )
    Membership.objects.create(user=operator, account=platform, role=Role.OWNER)
    return platform


def _give_banks(accounts: list[Account], at: datetime) -> None:
    """Attach bank accounts in both currencies of the demo."""
    for account in accounts:
        for bank in sellers.BANKS:
            external_accounts.create(
                tenant=Tenant(account.id, livemode=False), account=account, params=bank, at=at
            )


def _seller(platform: Tenant, nick: str, name: str, at: datetime) -> Account:
    return onboarding.create(
        tenant=platform,
        type="express",
        at=at,
        email=f"{nick}@rialto.localhost",
        country="US",
        **sellers.details(name, settings=sellers.BY_HAND),
    )
