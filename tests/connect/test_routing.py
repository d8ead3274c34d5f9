from hypothesis import given
from hypothesis import strategies as st

from connect.transfers.routing import Terms, plan

amounts = st.integers(1, 99_999_999)


@given(captured=amounts, fee=st.none() | amounts)
def test_fee_style_gives_the_seller_everything_and_takes_the_fee_from_it(captured, fee):
    shares = plan(captured=captured, terms=Terms("acct_1", application_fee_amount=fee))

    assert shares.transfer_amount == captured
    assert 0 <= shares.application_fee_amount <= captured


@given(captured=amounts, amount=amounts)
def test_amount_style_gives_no_more_than_was_captured(captured, amount):
    shares = plan(captured=captured, terms=Terms("acct_1", transfer_amount=amount))

    assert shares.transfer_amount == min(amount, captured)
    assert shares.application_fee_amount == 0


def test_without_a_destination_nothing_is_shared():
    assert plan(captured=100, terms=Terms()).transfer_amount == 0
