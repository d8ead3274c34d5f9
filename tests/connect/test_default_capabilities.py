"""What an account asks to be able to do if its platform has not said so."""

import html

import pytest
from django.test import Client

from accounts.models import Account
from connect.models import AccountRequirements, Capability
from connect.onboarding.services import accounts
from core.tenant import Tenant
from tests.connect.test_seller_tabs import enter
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db

BOTH = {"card_payments", "transfers"}
_CUSTOM = {
    "fees": {"payer": "application"}, "losses": {"payments": "application"},
    "requirement_collection": "application", "stripe_dashboard": {"type": "none"},
}  # fmt: skip


def asked_for(account) -> set[str]:
    rows = Capability.objects.filter(account=account, is_requested=True)
    return {row.name for row in rows}


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({"type": "express"}, BOTH),
        ({"type": "standard"}, BOTH),
        ({}, BOTH),
        ({"controller": {"stripe_dashboard": {"type": "express"}}}, BOTH),
        ({"controller": {"stripe_dashboard": {"type": "full"}}}, BOTH),
        ({"type": "custom"}, set()),
        ({"controller": _CUSTOM}, set()),
        ({"type": "express", "capabilities": {"transfers": {"requested": True}}}, {"transfers"}),
        ({"type": "express", "capabilities": {"transfers": {"requested": False}}}, set()),
        ({"type": "standard", "capabilities": {"transfers": {"requested": True}}}, BOTH),
    ],
)
def test_an_account_asks_for_what_its_kind_asks_for_unless_its_platform_says_so(params, asked):
    account = accounts.create(tenant=a_platform(), at=now(), **params)

    assert asked_for(account) == asked


def test_an_express_account_opened_with_nothing_is_asked_what_its_capabilities_need():
    account = accounts.create(tenant=a_platform(), type="express", at=now())

    row = AccountRequirements.objects.get(account=account)
    assert {"business_type", "external_account"} <= set(row.requirements["currently_due"])
    assert row.requirements["disabled_reason"] == "requirements.past_due"


def test_a_seller_of_whom_nothing_is_asked_reads_whom_to_ask_for_what():
    platform = a_platform()
    Account.objects.filter(id=platform.account_id).update(name="Bazaar")
    account = accounts.create(tenant=platform, type="custom", country="US", at=now())
    seller, tab = Tenant(account.id, livemode=False), Client()
    base = enter(tab, platform, seller, "account_onboarding")

    for page in ("setup/review", "home"):
        shown = html.unescape(tab.get(f"{base}{page}").content.decode())
        assert "Bazaar has not said yet what your account may do" in shown
        assert "request the capability “transfers”" in shown
        assert "You have told everything that is asked." not in shown
