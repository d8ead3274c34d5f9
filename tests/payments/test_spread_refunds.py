"""A charge was shared by transfers of their own, and sellers bear a refund as they are asked to."""

from datetime import timedelta

import pytest
from django.test import Client

from connect.models import Transfer, TransferReversal
from connect.payouts.services import payouts
from connect.transfers.services import transfers
from core.errors import InvalidRequest, Missing
from payments.models import Charge, FeeSchedule, Refund
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, pending, total
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def a_shared_charge(*parts, card="pm_card_visa", one_seller=False):
    """A charge of 100.00, of which each part goes to a seller of its own."""
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method=card)
    only = a_seller(platform) if one_seller else None
    sellers = [only or a_seller(platform) for _ in parts]
    made = [
        transfers.create(
            tenant=platform,
            amount=part,
            currency="usd",
            destination=seller.account_id,
            source_transaction=intent.latest_charge_id,
            at=now(),
        )
        for part, seller in zip(parts, sellers, strict=True)
    ]
    return platform, intent, sellers, made


def refund(platform, intent, amount, reversals="proportional", **more):
    return refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=amount,
        transfer_reversals=reversals,
        at=now(),
        **more,
    )


@pytest.mark.parametrize(
    ("amount", "platforms", "sellers"), [(100_00, -3_20, [0, 0]), (40_00, 2_80, [36_00, 18_00])]
)
def test_each_seller_bears_its_proportion(amount, platforms, sellers):
    platform, intent, both, _ = a_shared_charge(60_00, 30_00)
    wish = RefundRequest(intent_id=intent.id, amount=amount, transfer_reversals="proportional")
    preview = refund_previews.preview(tenant=platform, request=wish, at=now())

    refund(platform, intent, amount)

    assert total(platform) == platforms
    assert [total(seller) for seller in both] == sellers
    foreseen = {e.account: e.available_after + e.pending_after for e in preview.effects}
    assert [foreseen[s.account_id] for s in (platform, *both)] == [platforms, *sellers]
    assert_books_balance()


def test_three_refunds_take_back_exactly_what_was_given():
    platform, intent, both, made = a_shared_charge(33_33, 33_33)

    for amount in (33_33, 33_33, 33_34):
        refund(platform, intent, amount)

    assert [total(seller) for seller in both] == [0, 0]
    assert total(platform) == -3_20
    for transfer in made:
        transfer.refresh_from_db()
        assert transfer.amount_reversed == 33_33
    assert_books_balance()


def test_a_list_says_who_bears_what():
    platform, intent, both, made = a_shared_charge(60_00, 30_00)

    refund(platform, intent, 40_00, [{"transfer": made[1].id, "amount": 25_00}])

    assert [total(seller) for seller in both] == [60_00, 5_00]
    assert total(platform) == 96_80 - 90_00 - 40_00 + 25_00
    (reversal,) = TransferReversal.objects.all()
    assert reversal.source_refund_id == Refund.objects.get().id
    assert_books_balance()


def test_none_leaves_the_sellers_what_they_have():
    platform, intent, both, _ = a_shared_charge(60_00, 30_00)

    refund(platform, intent, 40_00, "none")

    assert [total(seller) for seller in both] == [60_00, 30_00]
    assert total(platform) == -33_20
    assert_books_balance()


def test_two_transfers_to_one_seller_are_both_taken_back():
    platform, intent, (seller, _), _ = a_shared_charge(60_00, 30_00, one_seller=True)

    refund(platform, intent, 100_00)

    assert (total(platform), total(seller)) == (-3_20, 0)
    assert_books_balance()


def test_a_refund_that_fails_gives_the_sellers_their_shares_again():
    platform, intent, both, _ = a_shared_charge(60_00, 30_00, card="pm_card_refundFail")
    refund(platform, intent, 100_00)
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))

    refunds.repair(at=now() + timedelta(minutes=1))

    assert Refund.objects.get().status == "failed"
    assert [total(seller) for seller in both] == [60_00, 30_00]
    assert total(platform) == 6_80
    assert not Transfer.objects.filter(amount_reversed__gt=0).exists()
    assert_books_balance()


def test_sellers_get_their_shares_again_out_of_what_is_left_of_the_charge():
    platform, intent, both, _ = a_shared_charge(60_00, 30_00, card="pm_card_refundFail")
    failing = refund(platform, intent, 50_00)
    # What the sellers gave back made good what was available; the second refund takes the rest.
    refund(platform, intent, 30_00, "none")
    assert (pending(platform), total(platform)) == (0, 6_80 - 50_00 + 45_00 - 30_00)
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))

    refunds.poll(failing, at=now() + timedelta(minutes=1))

    assert [total(seller) for seller in both] == [60_00, 30_00]
    assert (pending(platform), total(platform)) == (0, 6_80 - 30_00)
    assert_books_balance()


def test_a_fee_that_a_failed_refund_returned_comes_out_of_what_is_left_of_the_charge():
    FeeSchedule.objects.create(bps=290, fixed_amount=30, returns="all", starts_at=now())
    platform, intent, both, _ = a_shared_charge(60_00, 30_00, card="pm_card_refundFail")
    failing = refund(platform, intent, 50_00)
    refund(platform, intent, 1_00, "none")
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))

    refunds.poll(failing, at=now() + timedelta(minutes=1))

    assert [total(seller) for seller in both] == [60_00, 30_00]
    assert total(platform) == 6_80 - 1_00 + 3
    assert_books_balance()


def a_destination_charge(card="pm_card_visa"):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        payment_method=card,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    return platform, intent, seller


def test_of_a_destination_charge_too_what_a_failed_refund_took_comes_back_once():
    platform, intent, seller = a_destination_charge("pm_card_refundFail")
    failing = refund(platform, intent, 50_00, refund_application_fee=True)
    assert (total(platform), total(seller)) == (1_80, 45_00)
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))

    refunds.poll(failing, at=now() + timedelta(minutes=1))

    assert Refund.objects.get().status == "failed"
    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert_books_balance()


def test_two_words_for_the_same_wish_add_up():
    platform, intent, seller = a_destination_charge()

    refund(platform, intent, 50_00, refund_application_fee=True)
    refund(platform, intent, 25_00, None, reverse_transfer=True, refund_application_fee=True)
    assert (total(platform), total(seller)) == (-70, 22_50)
    refund(platform, intent, 25_00, refund_application_fee=True)

    assert (total(platform), total(seller)) == (-3_20, 0)
    assert_books_balance()


@pytest.mark.parametrize(
    ("reversals_of", "param"),
    [
        (lambda made: [{"transfer": made[0].id, "amount": 60_01}], "[0][amount]"),
        (lambda made: [{"transfer": made[0].id, "amount": 1}] * 2, "[1][transfer]"),
    ],
)
def test_what_is_not_there_to_be_taken_back_is_refused(reversals_of, param):
    platform, intent, _, made = a_shared_charge(60_00)

    with pytest.raises(InvalidRequest) as refused:
        refund(platform, intent, 40_00, reversals_of(made))

    assert refused.value.param == f"transfer_reversals{param}"
    assert Charge.objects.get().amount_refunded == 0
    assert_books_balance()


def test_a_transfer_of_another_charge_or_platform_is_missing():
    platform, intent, *_ = a_shared_charge(60_00)
    *_, theirs = a_shared_charge(60_00)

    with pytest.raises(Missing):
        refund(platform, intent, 40_00, [{"transfer": theirs[0].id, "amount": 1}])


def test_without_a_transfer_there_is_no_proportion_and_both_ways_exclude_each_other():
    platform = a_platform()
    intent = a_paid_intent(platform)
    with pytest.raises(InvalidRequest):
        refund(platform, intent, 40_00)

    seller = a_seller(platform)
    shared = a_paid_intent(platform, transfer_destination=seller.account_id)
    with pytest.raises(InvalidRequest) as refused:
        refund(platform, shared, 40_00, reverse_transfer=True)
    assert refused.value.code == "parameters_exclusive"


def test_over_http_it_is_a_word_or_a_list():
    platform, intent, both, made = a_shared_charge(60_00, 30_00)
    headers = {"Authorization": f"Bearer {a_key(platform)}"}

    for reversals in (
        f"transfer_reversals[0][transfer]={made[0].id}&transfer_reversals[0][amount]=500",
        "transfer_reversals=proportional",
    ):
        answer = Client().post(
            "/v1/refunds",
            f"payment_intent={intent.id}&amount=1000&{reversals}",
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
        assert answer.status_code == 200, answer.json()

    # Of the second, the first seller has borne 5.00 of its 6.00 already.
    assert [total(seller) for seller in both] == [54_00, 27_00]
    refused = Client().post(
        "/v1/refunds",
        f"payment_intent={intent.id}&transfer_reversals=some",
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "transfer_reversals")
    assert_books_balance()


def test_named_reversals_are_at_most_the_refund():
    platform, intent, (seller, other), made = a_shared_charge(60_00, 30_00)
    named = [{"transfer": made[0].id, "amount": 6_00}, {"transfer": made[1].id, "amount": 4_01}]

    with pytest.raises(InvalidRequest, match=r"10\.01.*10\.00") as refused:
        refund(platform, intent, 10_00, named)

    assert (refused.value.code, refused.value.param) == ("amount_too_large", "transfer_reversals")
    assert [total(seller), total(other)] == [60_00, 30_00]
    assert Charge.objects.get().amount_refunded == 0
    assert_books_balance()


def test_a_named_reversal_takes_no_more_than_the_seller_has():
    platform, intent, (seller,), made = a_shared_charge(60_00, card="pm_card_bypassPending")
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=50_00, currency="usd", at=now())

    with pytest.raises(InvalidRequest, match=r"has 10\.00 USD to give back") as refused:
        refund(platform, intent, 20_00, [{"transfer": made[0].id, "amount": 10_01}])
    refund(platform, intent, 20_00, [{"transfer": made[0].id, "amount": 10_00}])

    assert refused.value.code == "balance_insufficient"
    assert refused.value.param == "transfer_reversals[0][amount]"
    assert (total(seller), total(platform)) == (0, 100_00 - 3_20 - 60_00 - 20_00 + 10_00)
    assert_books_balance()
