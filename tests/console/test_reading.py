"""What somebody typed into the box is read as everything that it can mean."""

import pytest

from console.find.reading import read


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("56.56 USD", 5656), ("usd 56.56", 5656), ("$56.56", 5656), ("12,50", 1250),
        ("1,234.5", 123450), ("1.234,56", 123456), ("1,234", 123400), ("20", 2000),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text, minor):
    assert "usd" in read(text).typed.amounts[minor]


def test_an_amount_means_something_else_in_each_currency():
    found = read("12.50").typed.amounts

    assert "eur" in found[1250]
    assert "kwd" in found[12500]
    assert not any("jpy" in codes for codes in found.values())
    assert read("500 JPY").typed.amounts == {500: ("jpy",)}
    assert read("€ 9,99").typed.amounts == {999: ("eur",)}


@pytest.mark.parametrize(("text", "words"), [("12,50", "12.50"), ("1,234", "1,234")])
def test_how_a_comma_was_understood_is_stated(text, words):
    assert words in read(text).notes[0]


@pytest.mark.parametrize("text", ["56.56 XXX", "1.2.3.4"])
def test_what_is_no_amount_says_how_one_is_written(text):
    assert read(text).typed.amounts == {}
    assert read(text).notes


def test_a_text_is_a_name_an_address_a_pair_digits_or_an_end_of_an_id():
    assert read("  Ada   Love ").typed.name == "Ada Love"
    assert read("ada@example.com").typed.email == "ada@example.com"
    assert (read("order_id=6735").typed.key, read("order_id=6735").typed.value) == (
        "order_id",
        "6735",
    )
    assert read("6735").typed.value == "6735"
    assert read("•••• 4242").typed.last4 == "4242"
    assert read("…aB3dE9").typed.tail == "aB3dE9"
    assert read("aB3dE").typed.tail == ""


def test_a_secret_of_an_intent_is_read_as_its_id():
    assert read("pi_123_secret_456").id == "pi_123"


def test_what_is_odd_is_read_as_nothing():
    assert read("\x00\x01").text == ""
    assert read("a" * 500).notes
