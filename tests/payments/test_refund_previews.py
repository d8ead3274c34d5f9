"""What a refund would do is what it does."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidRequest
from ledger import queries
from ledger.models import JournalEntry
from ledger.services import lots, maturation, terms
from ledger.services.journal import BalanceInsufficient
from payments.models import Charge, FeeSchedule, Refund
from payments.resources.refund_previews import Preview
from payments.services import refund_previews, refunds
from payments.services.refunds import Wish
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.soak import times
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def look(platform, intent, **more: Any) -> Preview:
    return refund_previews.preview(
        tenant=platform, wish=Wish(intent_id=intent.id, **more), at=now()
    )


def shares(preview: Preview) -> list[tuple[str, int]]:
    return [(share.type, share.amount) for share in preview.shares]


def changes(preview: Preview) -> dict[str, int]:
    return {effect.account: effect.change for effect in preview.effects}


@pytest.mark.parametrize(
    ("reverse", "fee_back", "platform_changes", "seller_changes", "warnings"),
    [
        (False, False, -40_00, None, ["balance_goes_negative", "platform_bears_all"]),
        (False, True, -44_00, 4_00,
         ["balance_goes_negative", "platform_bears_all", "fee_goes_to_seller"]),
        (True, False, 0, -40_00, ["balance_goes_negative"]),
        (True, True, -4_00, -36_00, ["balance_goes_negative"]),
    ],
)  # fmt: skip
def test_the_worked_figures_are_foreseen_and_nothing_moves(
    reverse, fee_back, platform_changes, seller_changes, warnings
):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    before = JournalEntry.objects.count(), Event.objects.count(), total(platform), total(seller)

    preview = look(
        platform, intent, amount=40_00, reverse_transfer=reverse, refund_application_fee=fee_back
    )

    found = changes(preview)
    assert found[platform.account_id] == platform_changes
    assert found.get(seller.account_id) == seller_changes
    assert preview.amount_left == 60_00
    # What the seller does not have in the charge's own lot any more would be taken from what
    # is available: but all is pending here.
    assert set(preview.warnings) <= set(warnings)
    assert Refund.objects.count() == 0
    assert Charge.objects.get().amount_refunded == 0
    assert before == (
        JournalEntry.objects.count(), Event.objects.count(), total(platform), total(seller)
    )  # fmt: skip
    assert_books_balance()


def test_it_says_who_would_pay_what_to_whom():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )  # fmt: skip

    preview = look(platform, intent, reverse_transfer=True, refund_application_fee=True)

    assert [(s.type, s.amount, s.giver, s.getter) for s in preview.shares] == [
        ("refund", 100_00, platform.account_id, "payer"),
        ("transfer_reversal", 100_00, seller.account_id, platform.account_id),
        ("application_fee_refund", 10_00, platform.account_id, seller.account_id),
    ]
    (ours,) = [e for e in preview.effects if e.account == platform.account_id]
    assert (ours.available_before, ours.available_after, ours.is_negative) == (6_80, -3_20, True)
    assert list(preview.warnings) == ["balance_goes_negative"]


def test_a_balance_that_does_not_allow_it_is_foreseen():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_bypassPending")
    terms.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=1_00, livemode=False
    )

    allowed, refused = look(platform, intent, amount=97_80), look(platform, intent, amount=97_81)

    assert (allowed.is_refused, refused.is_refused) == (False, True)
    assert "balance_insufficient" in refused.warnings
    with pytest.raises(BalanceInsufficient):
        with connection.cursor():
            refunds.create(tenant=platform, intent_id=intent.id, amount=97_81, at=now())
