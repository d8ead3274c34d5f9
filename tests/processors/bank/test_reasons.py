"""Banks' reasons in the words of the wire."""

from pathlib import Path

import pytest

from processors.sepa.formats import reasons
from processors.simulator import payouts

PAGE = Path(__file__).parents[3] / "docs/reference/bank-files.md"


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("AC01", "no_account"),
        ("AC04", "account_closed"),
        ("AC06", "account_frozen"),
        ("AM03", "invalid_currency"),
        ("AM04", "insufficient_funds"),
        ("BE01", "incorrect_account_holder_name"),
        ("MD01", "debit_not_authorized"),
        ("RR04", "declined"),
        ("AC14", "bank_account_restricted"),
        ("AM05", "could_not_process"),
        ("ZZ99", "could_not_process"),
        ("", "could_not_process"),
        (None, "could_not_process"),
    ],
)
def test_a_banks_reason_is_one_of_our_words(code, word):
    assert reasons.failure_code(code) == word
    assert reasons.decline(code).code == word


def test_each_code_is_there_once_and_each_word_has_a_message():
    assert len(reasons.BY_CODE) == len(reasons.REASONS)
    assert {one.failure_code for one in reasons.REASONS} == set(reasons.MESSAGES)


def test_the_simulated_bank_says_the_same():
    assert {word: reasons.MESSAGES[word] for word in payouts.MESSAGES} == payouts.MESSAGES


def test_operators_see_the_code_its_name_and_the_banks_words():
    assert reasons.describe("AC04", "in May") == "AC04 ClosedAccountNumber: in May"
    assert reasons.describe("H-17") == "H-17"
    assert reasons.describe(None, "ask us") == "no reason given: ask us"
    assert reasons.decline("AC04", "in May").for_operator == "AC04 ClosedAccountNumber: in May"


def test_the_page_has_every_code():
    page = PAGE.read_text()

    for one in reasons.REASONS:
        assert f"| `{one.code}` {one.name} | `{one.failure_code}` |" in page
