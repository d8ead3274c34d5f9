"""Whoever reads a sentence of ours reads money as people write it, not minor units."""

import ast

import pytest

from tests.architecture.source import FILES, place, text


def bare_amounts(source: str) -> list[str]:
    """Return the sentences that tell a column of minor units as it is."""
    return [
        ast.unparse(sentence)
        for sentence in ast.walk(ast.parse(source))
        if isinstance(sentence, ast.JoinedStr) and " " in ast.unparse(sentence)
        for part in sentence.values
        if isinstance(part, ast.FormattedValue)
        # What is wrong with a value is told with the value as it is.
        and part.conversion == -1
        and isinstance(part.value, ast.Attribute)
        and part.value.attr.endswith("amount")
    ]


def test_no_sentence_tells_minor_units():
    assert {place(path): found for path in FILES if (found := bare_amounts(text(path)))} == {}


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ('f"{row.amount} {row.currency} were refunded"', 1),
        ('f"{spell(row.amount, row.currency)} were refunded"', 0),
        ('f"{row.amount!r} is no amount"', 0),
        ('f"{row.amount}"', 0),
    ],
)
def test_a_bare_amount_is_seen(source, number):
    assert len(bare_amounts(source)) == number
