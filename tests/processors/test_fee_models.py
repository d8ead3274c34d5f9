"""Fee models: what a processor will take, to the cent."""

import pytest

from processors import fee_models
from processors.fee_models import NoFeeModel

AGREED = [
    {"bps": 290, "fixed_amount": 30, "currency": "usd", "declined_amount": 5},
    {"method": "card", "card_country": "DE", "bps": 25, "currency": "eur", "fixed_amount": 10},
    {"method": "card", "currency": "eur", "bps": 150, "fixed_amount": 25},
    {"currency": "gbp", "bps": 20, "scheme_bps": 30, "fixed_amount": 5},
    {"method": "sepa_debit", "fixed_amount": 35, "currency": "eur"},
]


@pytest.mark.parametrize(
    ("amount", "currency", "about", "fee"),
    [
        (100_00, "usd", {}, 3_20),
        # 2.9 % of 10.50 is 30.45 cents.
        (10_50, "usd", {}, 60),
        (100_00, "eur", {}, 1_75),
        (100_00, "eur", {"card_country": "DE"}, 35),
        (100_00, "eur", {"method": "sepa_debit"}, 35),
        # What is passed through comes on top: 0.50 % of 199.00 is 99.5 pence.
        (199_00, "gbp", {}, 1_05),
        # Halves are rounded up: 2.9 % of 5.00 is 14.5 cents.
        (5_00, "usd", {}, 45),
        (1_000, "jpy", {}, None),
    ],
)
def test_the_line_that_says_most_of_a_payment_counts(amount, currency, about, fee):
    prices = fee_models.read(AGREED)

    assert fee_models.estimate(prices, amount, currency, **about) == fee


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2.9 %", "nothing else"),
        ({"percent": 2.9}, "nothing else"),
        ({"bps": -1}, "basis points"),
        ({"bps": "290"}, "basis points"),
        ({"bps": True}, "basis points"),
        ({"fixed_amount": 0.3, "currency": "usd"}, "a whole number, such as 25 for 0.25 EUR"),
        ({"fixed_amount": 100_01, "currency": "usd"}, r"100\.00 USD at most"),
        ({"fixed_amount": -1, "currency": "usd"}, "below zero"),
        ({"currency": "usx"}, "no currency usx"),
        ({"fixed_amount": 30}, "needs a currency"),
        ({"card_country": "Germany"}, "two capital letters"),
        ({"currency": "USD"}, "three small letters"),
    ],
)
def test_what_is_no_fee_model_is_refused_with_what_to_write(line, why):
    with pytest.raises(NoFeeModel, match=f"Line 1.*{why}"):
        fee_models.read([line])
