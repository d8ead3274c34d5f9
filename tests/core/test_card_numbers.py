"""What looks like a card's number, and what only looks a little like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.card_numbers import contains_card_number, find_parameter, mask

CARDS = [
    "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222",
    "378282246310005", "371449635398431", "6011111111111117", "3056930009020004",
    "36227206271667", "3566002020360505", "6200000000000005",
]  # fmt: skip
SPELLINGS = {
    "as it is": lambda card: card,
    "in fours": lambda card: " ".join(card[at : at + 4] for at in range(0, len(card), 4)),
    "with hyphens": lambda card: card[:4] + "-" + card[4:10] + "-" + card[10:],
    "with dots": lambda card: card[:4] + "." + card[4:8] + "." + card[8:],
    "between words": lambda card: f"paid with {card}, twice",
    "before a date": lambda card: f"{card} 12/27 123",
    "in JSON": lambda card: f'{{"pan":"{card}"}}',
    "in a URL": lambda card: f"https://shop.example/?card={card}&x=1",
    "in wide digits": lambda card: card.translate({48 + n: 0xFF10 + n for n in range(10)}),
}


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_card_number_is_found_however_it_is_written(card, spelling):
    text = SPELLINGS[spelling](card)

    if spelling == "in fours" and len(card) % 4 in (1, 2):
        text = f"{card[:4]} {card[4:10]} {card[10:]}"
    assert contains_card_number(text)
    assert not contains_card_number(mask(text))
    assert card[-4:] in mask(text)
    assert card[:-4] not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "4242", "4242424242424241", "pi_4242424242424242", "+4242424242424242",
        "1234567890123456",
        "4242424242424242abc", "2026-11-29 10:23:38", "1704067200000", "DE89370400440532013000",
        "00000000-0000-4000-8000-000000000000", "5012345678900", "9999999999999999", "4242 4242",
        "192.168.100.200", "42424242424242424242", "ab4242424242424242",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_let_be(text):
    assert not contains_card_number(text)
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "42424242-4242-4002-9abc-def012345678",
        "stripe-node-retry-42424242-4242-4002-8abc-def012345678",
        "order 42424242-4242-4002-BABC-DEF012345678, paid",
    ],
)
def test_a_uuid_is_no_card_whatever_its_digits(text):
    assert not contains_card_number(text)
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "42424242-4242-4002",
        "42424242-4242-4002-0abc-def012345678",
        "42424242-4242-4002-9abc-def012345678 and 4242424242424242",
    ],
)
def test_what_only_begins_like_a_uuid_may_hold_one(text):
    assert contains_card_number(text)
    assert not contains_card_number(mask(text))


@given(st.text())
def test_what_is_masked_holds_none(text):
    assert not contains_card_number(mask(text))


CARD = CARDS[0]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"description": f"card {CARD}"}, "description"),
        ({"metadata": {"pan": CARD}}, "metadata[pan]"),
        ({"metadata": {"number": CARD}}, "metadata[number]"),
        ({"metadata": {"account_number": CARD}}, "metadata[account_number]"),
        ({"metadata": {CARD: "x"}}, "metadata"),
        ({CARD: "x"}, "with the number for a name"),
        ({"amount": int(CARD)}, "amount"),
        ({"items": [{"a": "b"}, {"a": CARD}]}, "items[1][a]"),
        ({"shipping": {"address": {"line1": CARD}}}, "shipping[address][line1]"),
        ({"card": {"number": CARD, "name": "Ada"}}, None),
        ({"card": {"number": CARD, "name": CARD}}, "card[name]"),
        ({"payment_method_data": {"card": {"number": CARD}}}, None),
        ({"external_account": {"object": "card", "number": CARD}}, None),
        ({"account_number": CARD}, None),
        ({"description": "order 17", "amount": 2000, "capture": True, "x": None}, None),
    ],
)
def test_the_parameter_that_is_not_for_it_is_named(params, place):
    assert find_parameter(params) == place
