"""What stops a seller's charges and payouts, and what then cannot be done."""

from datetime import timedelta

import pytest

from connect.models import AccountBlock
from connect.onboarding.services import account_closures, blocks, reviews, verification
from core.errors import InvalidRequest
from core.tenant import Tenant
from payments.intents.services import payment_intents
from payments.models import Charge
from tests.books import assert_books_balance
from tests.connect.test_verification import an_account, later, shown
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def test_several_blocks_hold_at_once_and_each_ends_by_its_own_rule():
    seller = a_seller(a_platform())
    a_bank_account(seller)
    by_date = now() + timedelta(hours=1)
    for source, reason, more in (
        ("operator", "other", {"release": "on_date", "releases_at": by_date}),
        ("platform", "platform_paused", {}),
    ):
        blocks.add(
            tenant=seller,
            kind="payouts",
            source=source,
            reason=reason,
            author="me",
            at=now(),
            **more,
        )
    verification.reevaluate(seller.account_id, livemode=False, at=now())
    assert shown(seller)["payouts_enabled"] is False
    assert shown(seller)["charges_enabled"] is True
    assert shown(seller)["requirements"]["disabled_reason"] == "platform_paused"

    later(hours=2)
    assert shown(seller)["payouts_enabled"] is False
    paused = AccountBlock.objects.get(account_id=seller.account_id, released_at=None)
    blocks.release(paused.id, author="me", at=now())
    verification.reevaluate(seller.account_id, livemode=False, at=now())

    assert shown(seller)["payouts_enabled"] is True


def test_a_block_may_end_once_everything_has_been_given():
    platform = a_platform()
    seller = a_seller(platform)
    blocks.add(
        tenant=seller,
        kind="payouts",
        source="operator",
        reason="other",
        author="me",
        release="when_verified",
        at=now(),
    )
    verification.reevaluate(seller.account_id, livemode=False, at=now())
    assert AccountBlock.objects.filter(released_at=None).exists()

    a_bank_account(seller)

    assert not AccountBlock.objects.filter(released_at=None).exists()
    assert shown(seller)["payouts_enabled"] is True


def test_a_rejected_account_can_do_nothing_and_is_rejected_once():
    platform = a_platform()
    seller = a_seller(platform)

    account_closures.reject(tenant=platform, account_id=seller.account_id, reason="fraud", at=now())

    seen = shown(seller)
    assert seen["requirements"]["disabled_reason"] == "rejected.fraud"
    assert seen["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    with pytest.raises(InvalidRequest, match="rejected already"):
        account_closures.reject(
            tenant=platform, account_id=seller.account_id, reason="other", at=now()
        )


def test_a_seller_whose_charges_are_not_enabled_can_take_none():
    platform = a_platform()
    seller = an_account(platform)

    with pytest.raises(InvalidRequest, match="cannot currently make charges") as refused:
        a_paid_intent(seller)

    assert refused.value.code == "account_invalid"
    assert_books_balance()


def a_stopped(seller: Tenant, kind: str) -> None:
    reviews.stop(tenant=seller, kind=kind, message="Odd goods.", author="me", at=now())


def test_nothing_is_charged_on_behalf_of_a_seller_whose_charges_are_stopped():
    platform = a_platform()
    seller = a_seller(platform)
    waiting = payment_intents.create(
        tenant=platform,
        amount=50_00,
        currency="usd",
        payment_method="pm_card_visa",
        on_behalf_of=seller.account_id,
        at=now(),
    )
    a_stopped(seller, "charges")

    for destination in (None, seller.account_id):
        with pytest.raises(InvalidRequest, match="cannot currently make charges") as refused:
            a_paid_intent(
                platform, on_behalf_of=seller.account_id, transfer_destination=destination
            )
        assert refused.value.param == "on_behalf_of"
    with pytest.raises(InvalidRequest, match="cannot currently make charges"):
        payment_intents.confirm(tenant=platform, intent_id=waiting.id, at=now())

    assert not Charge.objects.exists()
    assert_books_balance()


def test_a_seller_that_was_rejected_meanwhile_is_paid_by_no_intent_that_still_waited():
    platform = a_platform()
    seller = a_seller(platform)
    waiting = payment_intents.create(
        tenant=platform,
        amount=50_00,
        currency="usd",
        payment_method="pm_card_visa",
        transfer_destination=seller.account_id,
        at=now(),
    )
    account_closures.reject(tenant=platform, account_id=seller.account_id, reason="fraud", at=now())

    with pytest.raises(InvalidRequest) as refused:
        payment_intents.confirm(tenant=platform, intent_id=waiting.id, at=now())

    assert refused.value.code == "insufficient_capabilities_for_transfer"
    assert not Charge.objects.exists()
    assert_books_balance()
