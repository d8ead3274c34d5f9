"""An order of many sellers: who gets what of it, and who bears its refund."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from connect.models import Capability, Transfer
from connect.states import CapabilityStatus
from connect.transfers.routing import Share, divide, is_too_much
from connect.transfers.services import transfers
from core.errors import InvalidRequest, Missing
from core.ids import new_id
from payments.inbound.services import delayed_polling
from payments.intents.services import authorizations, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now

A, B, C = "acct_a", "acct_b", "acct_c"


@pytest.mark.parametrize(
    ("captured", "shares", "amounts"),
    [
        (100_00, [Share(A, bps=9000)], [90_00]),
        (100_00, [Share(A, bps=3333), Share(B, bps=3333), Share(C, bps=3334)],
         [33_33, 33_33, 33_34]),
        # Thirds of a cent: the largest remainder first, then who is listed first.
        (100, [Share(A, bps=3350), Share(B, bps=3350), Share(C, bps=3300)], [34, 33, 33]),
        (1, [Share(A, bps=5000), Share(B, bps=5000)], [1, 0]),
        (100_00, [Share(A, amount=40_00), Share(B, bps=5000)], [40_00, 50_00]),
        (100_00, [Share(A, amount=40_00), Share(B, is_remainder=True)], [40_00, 60_00]),
        (100_01, [Share(A, is_remainder=True), Share(B, is_remainder=True)], [50_01, 50_00]),
        # 10 % of the first 50.00, 5 % of what is above.
        (120_00, [Share(A, tiers=((50_00, 1000), (None, 500)))], [8_50]),
        (40_00, [Share(A, tiers=((50_00, 1000), (None, 500)))], [4_00]),
        (120_00, [Share(A, tiers=((50_00, 1000),))], [5_00]),
        # Less was captured than was agreed on.
        (50_00, [Share(A, amount=40_00), Share(B, amount=20_00)], [40_00, 10_00]),
        (50_00, [Share(A, amount=40_00), Share(B, bps=5000)], [40_00, 10_00]),
        (30_00, [Share(A, amount=40_00), Share(B, is_remainder=True)], [30_00, 0]),
        (60_01, [Share(A, bps=5000), Share(B, amount=40_00), Share(C, is_remainder=True)],
         [30_01, 30_00, 0]),
        (60_01, [Share(A, amount=40_00), Share(B, bps=5000), Share(C, is_remainder=True)],
         [40_00, 20_01, 0]),
        (60_01, [Share(A, is_remainder=True), Share(B, bps=5000), Share(C, amount=40_00)],
         [0, 30_01, 30_00]),
        (60_01, [Share(A, bps=5000), Share(B, amount=20_00), Share(C, is_remainder=True)],
         [30_01, 20_00, 10_00]),
        (20_00, [Share(A, tiers=((50_00, 9000), (None, 100))), Share(B, bps=4000)],
         [18_00, 2_00]),
    ],
)  # fmt: skip
def test_an_amount_is_divided_by_rules(captured, shares, amounts):
    assert divide(captured=captured, shares=shares) == amounts


_SHARES = st.lists(
    st.one_of(
        st.builds(Share, st.just(A), bps=st.integers(1, 10_000)),
        st.builds(Share, st.just(A), amount=st.integers(1, 5_000)),
        st.builds(Share, st.just(A), is_remainder=st.just(True)),
        st.builds(
            Share,
            st.just(A),
            tiers=st.tuples(
                st.tuples(st.integers(1, 900), st.integers(0, 10_000)),
                st.tuples(st.none(), st.integers(0, 10_000)),
            ),
        ),
    ),
    min_size=1,
    max_size=12,
)


@given(captured=st.integers(1, 20_000), shares=_SHARES)
def test_nobody_gets_a_cent_that_is_not_there(captured, shares):
    amounts = divide(captured=captured, shares=shares)

    assert len(amounts) == len(shares)
    assert min(amounts) >= 0
    assert sum(amounts) <= captured
    if any(share.is_remainder for share in shares):
        assert sum(amounts) == captured
    if not is_too_much(captured=captured, shares=shares):
        for share, amount in zip(shares, amounts, strict=True):
            if share.amount:
                assert amount == share.amount
            if share.bps:
                assert abs(amount * 10_000 - captured * share.bps) < 10_000


def an_order(platform, split, **details) -> Charge:
    return Charge.objects.get(id=a_paid_intent(platform, split=split, **details).latest_charge_id)


def shares_of(charge) -> dict[str, int]:
    rows = Transfer.objects.filter(source_transaction=charge.id)
    return {row.destination_id: row.amount for row in rows}


@pytest.mark.django_db
def test_ten_sellers_share_an_order_and_bear_a_refund_in_proportion():
    platform = a_platform()
    sellers = [a_seller(platform) for _ in range(10)]
    split = [{"destination": s.account_id, "percent": 900} for s in sellers]

    charge = an_order(platform, split)

    assert [total(s) for s in sellers] == [9_00] * 10
    assert total(platform) == 100_00 - 90_00 - 3_20
    assert {t.transfer_group for t in Transfer.objects.all()} == {charge.transfer_group}

    refunds.create(
        tenant=platform,
        charge_id=charge.id,
        amount=50_00,
        transfer_reversals="proportional",
        at=now(),
    )

    assert [total(s) for s in sellers] == [4_50] * 10
    assert total(platform) == 10_00 - 3_20 - 5_00

    refunds.create(
        tenant=platform, charge_id=charge.id, transfer_reversals="proportional", at=now()
    )

    assert [total(s) for s in sellers] == [0] * 10
    assert total(platform) == -3_20
    assert_books_balance()


@pytest.mark.django_db
def test_a_capture_of_less_shares_what_is_captured():
    platform = a_platform()
    first, second = a_seller(platform), a_seller(platform)
    split = [
        {"destination": first.account_id, "amount": 30_00},
        {"destination": second.account_id, "percent": 5000},
    ]
    intent = a_paid_intent(platform, capture_method="manual", split=split)

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=60_00, at=now())

    assert (total(first), total(second)) == (30_00, 30_00)
    assert total(platform) < 0
    assert_books_balance()


@pytest.mark.django_db
def test_a_capture_of_less_goes_to_those_who_are_listed_first():
    platform = a_platform()
    first, second, third = (a_seller(platform) for _ in range(3))
    split = [
        {"destination": first.account_id, "percent": 5000},
        {"destination": second.account_id, "amount": 40_00},
        {"destination": third.account_id, "remainder": True},
    ]
    intent = a_paid_intent(platform, capture_method="manual", split=split)

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=60_01, at=now())

    assert (total(first), total(second), total(third)) == (30_01, 30_00, 0)
    assert_books_balance()


@pytest.mark.django_db
def test_a_capture_may_say_who_gets_what():
    platform = a_platform()
    first, second = a_seller(platform), a_seller(platform)
    intent = a_paid_intent(
        platform,
        capture_method="manual",
        split=[{"destination": first.account_id, "percent": 9000}],
    )

    with pytest.raises(InvalidRequest, match="add up to more"):
        authorizations.capture(
            tenant=platform,
            intent_id=intent.id,
            amount_to_capture=60_00,
            at=now(),
            split=[{"destination": second.account_id, "amount": 60_01}],
        )
    authorizations.capture(
        tenant=platform,
        intent_id=intent.id,
        amount_to_capture=60_00,
        at=now(),
        split=[{"destination": second.account_id, "amount": 45_00}],
    )

    assert (total(first), total(second)) == (0, 45_00)
    assert_books_balance()


@pytest.mark.django_db
def test_a_confirmation_may_say_who_gets_what():
    platform = a_platform()
    seller = a_seller(platform)
    intent = payment_intents.create(tenant=platform, amount=100_00, currency="usd", at=now())

    payment_intents.confirm(
        tenant=platform,
        intent_id=intent.id,
        payment_method="pm_card_visa",
        at=now(),
        split=[{"destination": seller.account_id, "remainder": True}],
    )

    assert (total(platform), total(seller)) == (-3_20, 100_00)
    assert_books_balance()


@pytest.mark.django_db
def test_a_debit_that_is_taken_back_takes_every_share_back():
    platform = a_platform()
    sellers = [a_seller(platform) for _ in range(3)]
    intent = a_paid_intent(
        platform,
        payment_method="pm_usBankAccount_rialto_takenBack",
        session=ConfirmationOptions(customer_acceptance={"type": "offline"}),
        payment_method_types=["us_bank_account"],
        split=[{"destination": s.account_id, "percent": 2000} for s in sellers],
    )
    for age in (10, 3_600):
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=age))
        delayed_polling.poll_due(at=now() + timedelta(minutes=age))
        if age == 10:
            assert [total(s) for s in sellers] == [20_00] * 3

    assert PaymentIntent.objects.get(id=intent.id).status == "requires_payment_method"
    assert [total(s) for s in sellers] == [0] * 3
    assert_books_balance()

    # And nothing more is given out of it, whatever else the platform has.
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    with pytest.raises(InvalidRequest, match="has failed") as refused:
        transfers.create(
            tenant=platform,
            amount=1_00,
            currency="usd",
            destination=sellers[0].account_id,
            source_transaction=Charge.objects.get(status="failed").id,
            at=now(),
        )
    assert refused.value.param == "source_transaction"
    assert total(sellers[0]) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("share", "param", "words"),
    [
        ({}, "split[0]", "none of them"),
        ({"percent": 1, "amount": 1}, "split[0]", "percent and amount"),
        ({"amount": 100_01}, "split", "add up to more"),
        ({"tiers": [{"up_to": 10, "percent": 1}, {"up_to": 5, "percent": 1}]},
         "split[0][tiers][1][up_to]", "must rise"),
        ({"tiers": [{"percent": 1}, {"up_to": 5, "percent": 1}]},
         "split[0][tiers][0][up_to]", "must rise"),
    ],
)  # fmt: skip
def test_shares_that_cannot_be_are_refused_before_anybody_pays(share, param, words):
    platform = a_platform()
    seller = a_seller(platform)

    with pytest.raises(InvalidRequest, match=words) as refused:
        an_order(platform, [{"destination": seller.account_id} | share])

    assert refused.value.param == param
    assert not PaymentIntent.objects.exists()
    assert not SimulatedRequest.objects.exists()


@pytest.mark.django_db
def test_only_ones_own_sellers_who_may_receive_money_share_an_order():
    platform = a_platform()
    seller, stranger = a_seller(platform), a_seller(a_platform())

    def share_with(*ids, **more):
        an_order(platform, [{"destination": id, "percent": 1000} for id in ids], **more)

    for missing in (stranger.account_id, new_id("acct")):
        with pytest.raises(Missing) as refused:
            share_with(seller.account_id, missing)
        assert refused.value.param == "split[1][destination]"
    with pytest.raises(InvalidRequest, match="named twice"):
        share_with(seller.account_id, seller.account_id)
    with pytest.raises(InvalidRequest) as refused:
        share_with(seller.account_id, transfer_destination=seller.account_id)
    assert refused.value.code == "parameters_exclusive"
    Capability.objects.update(status=CapabilityStatus.INACTIVE)
    with pytest.raises(InvalidRequest, match="`transfers` capability"):
        share_with(seller.account_id)


@pytest.mark.django_db
def test_the_wire_takes_percents_with_two_decimals():
    platform = a_platform()
    first, second = a_seller(platform), a_seller(platform)
    headers = {"Authorization": f"Bearer {a_key(platform)}"}
    params = {
        "amount": "10000",
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_visa",
        "return_url": "https://example.com",
        "split[0][destination]": first.account_id,
        "split[0][percent]": "12.5",
        "split[1][destination]": second.account_id,
        "split[1][tiers][0][up_to]": "5000",
        "split[1][tiers][0][percent]": "33.33",
        "split[1][tiers][1][percent]": "1",
    }

    def post(params):
        form = "application/x-www-form-urlencoded"
        return Client().post(
            "/v1/payment_intents", urlencode(params), content_type=form, headers=headers
        )

    answer = post(params)

    assert answer.status_code == 200, answer.content
    assert (total(first), total(second)) == (12_50, 17_17)  # 16.665 and 0.50, half up
    for wrong in ("100.01", "1.234", "-1", "x", "1e1"):
        refused = post(params | {"split[0][percent]": wrong})
        assert refused.json()["error"]["param"] == "split[0][percent]"


@pytest.mark.django_db(transaction=True)
def test_ten_sellers_take_no_more_round_trips_than_one():
    platform = a_platform()
    sellers = [a_seller(platform) for _ in range(10)]
    # What never changes of an account is asked once.
    a_paid_intent(platform)

    def statements(count: int) -> int:
        split = [{"destination": s.account_id, "percent": 100} for s in sellers[:count]]
        with CaptureQueriesContext(connection) as queries:
            a_paid_intent(platform, split=split)
        return len(queries)

    assert statements(10) == statements(1)
