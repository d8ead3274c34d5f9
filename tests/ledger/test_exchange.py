"""Between currencies: both amounts are kept, and none is worked out from a rate."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chart import AVAILABLE, BANK, FX_POSITION, PROCESSOR
from ledger.entries import OPERATOR, Entry, Part, UnbalancedEntry
from ledger.models import BalanceTransaction
from ledger.posting import exchange, exchanged_refunds
from ledger.posting.exchange import Amount
from ledger.queries import account_balance
from tests.books import assert_ledger_balances
from tests.ledger.entries import AT, a_deposit, a_transfer, post

pytestmark = pytest.mark.django_db

RATE = Decimal("0.92")


def an_amount(owner, currency, amount):
    return Amount(owner, currency, (Part(AVAILABLE, amount),), AT.date())


def pay(taken=100_00, received=92_00):
    return post(
        exchange.transfer(
            transfer_id="tr_1",
            payment_id="py_1",
            group="tr_1",
            rate=RATE,
            taken=an_amount("acct_p", "usd", taken),
            given=an_amount("acct_s", "eur", received),
        )
    )


def owed(owner, currency):
    return account_balance(AVAILABLE, owner, currency)


def position(currency):
    return account_balance(FX_POSITION, OPERATOR, currency)


def test_the_platform_pays_dollars_and_the_seller_gets_euros():
    post(a_deposit(150_00, to="acct_p"))

    pay()

    assert (owed("acct_p", "usd"), owed("acct_s", "eur")) == (50_00, 92_00)
    assert (position("usd"), position("eur")) == (100_00, -92_00)
    assert_ledger_balances()


def test_each_side_is_shown_its_own_amount_and_the_rate():
    post(a_deposit(150_00, to="acct_p"))

    pay()

    lines = BalanceTransaction.objects.exclude(type="charge").order_by("type")
    assert [(x.account_id, x.type, x.net, x.currency, x.source) for x in lines] == [
        ("acct_s", "payment", 92_00, "eur", "py_1"),
        ("acct_p", "transfer", -100_00, "usd", "tr_1"),
    ]
    assert {line.exchange_rate for line in lines} == {RATE}


def test_the_margin_is_the_platforms():
    post(a_deposit(150_00, to="acct_p"))
    pay()

    post(
        exchange.margin(
            transfer_id="tr_1",
            group="tr_1",
            seller=an_amount("acct_s", "eur", 1_00),
            platform=an_amount("acct_p", "eur", 1_00),
        )
    )

    assert (owed("acct_s", "eur"), owed("acct_p", "eur")) == (91_00, 1_00)
    assert_ledger_balances()


def test_a_reversal_comes_back_at_the_amounts_of_the_transfer():
    post(a_deposit(150_00, to="acct_p"))
    pay()
    back = exchange.share_of(original=92_00, of=100_00, reversed_so_far=0, now=40_00, done=0)

    post(
        exchanged_refunds.reversal(
            reversal_id="trr_1",
            refund_id="pyr_1",
            group="tr_1",
            rate=RATE,
            taken=an_amount("acct_s", "eur", back),
            given=an_amount("acct_p", "usd", 40_00),
        )
    )

    assert back == 36_80
    assert (owed("acct_p", "usd"), owed("acct_s", "eur")) == (90_00, 55_20)
    assert (position("usd"), position("eur")) == (60_00, -55_20)
    assert_ledger_balances()


@settings(max_examples=300, deadline=None)
@given(
    original=st.integers(1, 10**9),
    parts=st.lists(st.integers(1, 10**7), min_size=1, max_size=12),
)
def test_reversals_of_all_parts_take_back_exactly_what_was_given(original, parts):
    of, so_far, done = sum(parts), 0, 0
    for part in parts:
        back = exchange.share_of(
            original=original, of=of, reversed_so_far=so_far, now=part, done=done
        )
        assert back >= 0
        so_far, done = so_far + part, done + back

    assert done == original


def test_a_real_exchange_closes_the_position_and_leaves_a_gain():
    post(a_deposit(150_00, to="acct_p"), a_deposit(100_00, to="acct_x", currency="eur", source="y"))
    pay()

    # 92.00 euros were bought for 99.00 dollars: one less than the platform gave.
    post(
        exchange.close(
            source="fx_1",
            holder="simulator",
            code=PROCESSOR,
            bought=("eur", 92_00),
            sold=("usd", 99_00),
        ),
        exchange.result(source="fx_1", platform="acct_p", currency="usd", amount=1_00, at=AT),
    )

    assert (position("usd"), position("eur")) == (0, 0)
    assert owed("acct_p", "usd") == 51_00
    assert account_balance(PROCESSOR, "simulator", "usd") == 51_00
    assert account_balance(PROCESSOR, "simulator", "eur") == 192_00
    assert_ledger_balances()


def test_a_loss_is_the_platforms_even_when_it_has_nothing():
    post(exchange.close(source="fx_1", holder="bank_1", bought=("eur", 92_00), sold=("usd", 1)))

    post(exchange.result(source="fx_1", platform="acct_p", currency="usd", amount=-5_00, at=AT))

    assert owed("acct_p", "usd") == -5_00
    assert account_balance(BANK, "bank_1", "eur") == 92_00
    assert_ledger_balances()


@pytest.mark.parametrize(("settled", "left"), [(41_00, -1_00), (39_00, 1_00)])
def test_a_refund_that_is_settled_at_another_rate_is_booked_as_settled(settled, left):
    from ledger import rules
    from ledger.chart import REFUNDS_IN_TRANSIT

    post(a_deposit(40_00))
    reserve = Entry(
        rules.REFUND_RESERVED,
        "re_1",
        "ch_1",
        "usd",
        "acct_a",
        "acct_a",
        (Part(AVAILABLE, 40_00),),
        (Part(REFUNDS_IN_TRANSIT, 40_00),),
        lines=(exchange.Line("acct_a", "refund", -40_00, "re_1", AT.date()),),
    )
    difference = exchanged_refunds.refund_difference(
        refund_id="re_1",
        group="ch_1",
        owner="acct_a",
        processor="simulator",
        currency="usd",
        reserved=40_00,
        settled=settled,
        parts=(Part(AVAILABLE, 1_00),),
        day=AT.date(),
    )
    confirmed = Entry(
        rules.REFUND_CONFIRMED,
        "re_1",
        "ch_1",
        "usd",
        "acct_a",
        "simulator",
        (Part(REFUNDS_IN_TRANSIT, min(settled, 40_00)),),
        (Part(PROCESSOR, min(settled, 40_00)),),
    )

    post(reserve, difference, confirmed)

    assert owed("acct_a", "usd") == left
    assert account_balance(PROCESSOR, "simulator", "usd") == 40_00 - settled
    assert account_balance(REFUNDS_IN_TRANSIT, "acct_a", "usd") == 0
    assert_ledger_balances()


def test_the_same_amount_needs_no_entry():
    assert (
        exchanged_refunds.refund_difference(
            refund_id="re_1",
            group="ch_1",
            owner="acct_a",
            processor="simulator",
            currency="usd",
            reserved=1,
            settled=1,
            parts=(),
            day=AT.date(),
        )
        is None
    )


@pytest.mark.parametrize(
    "more", [{"received": "usd"}, {"received": "eur"}, {"received": "eur", "between": ("a", "b")}]
)
def test_a_rule_without_a_position_exchanges_nothing(more):
    post(a_deposit(100))

    with pytest.raises(UnbalancedEntry):
        post(a_transfer(10, **more))
