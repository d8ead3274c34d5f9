"""What the log keeps of a request names nobody, whatever was sent."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.wire import logged
from tests.api.room import WidgetParams

FIELDS = WidgetParams.fields
CARD = "4242424242424242"


def kept(**sent):
    return logged.parameters(FIELDS, sent)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"amount": "1000", "live": True}, {"amount": "1000", "live": True}),
        ({"count": 3}, {"count": 3}),
        ({"amount": "10 dollars, please, for Ada"}, {"amount": "(27 characters)"}),
        ({"amount": CARD}, {"amount": "(16 characters)"}),
        ({"color": "red", "currency": "usd"}, {"color": "red", "currency": "usd"}),
        ({"color": "Ada"}, {"color": "(3 characters)"}),
        ({"owner": "cus_1"}, {"owner": "cus_1"}),
        ({"owner": "pi_1_secret_2"}, {"owner": "(13 characters)"}),
        ({"owner": "sk_test_1"}, {"owner": "(9 characters)"}),
        ({"owner": CARD}, {"owner": "(16 characters)"}),
        ({"name": "Ada"}, {"name": "(3 characters)"}),
        ({"nonsense": ["Ada"]}, {"nonsense": "(1 values)"}),
        ({"name": "", "owner": None}, {"name": "", "owner": None}),
        ({"metadata": {"order": "7"}}, {"metadata": {"order": "(1 characters)"}}),
        ({"metadata": "Ada"}, {"metadata": "(3 characters)"}),
        ({"card": {"number": CARD, "cvc": "123"}},
         {"card": {"number": "(16 characters)", "cvc": "(3 characters)"}}),
        ({"card": CARD}, {"card": "(16 characters)"}),
        ({"items": [{"price": "price_1", "quantity": "2"}]},
         {"items": [{"price": "price_1", "quantity": "2"}]}),
        ({"items": {"0": {"price": "price_1"}}}, {"items": {"0": {"price": "price_1"}}}),
        ({"created": {"gte": "1700000000"}}, {"created": {"gte": "1700000000"}}),
        ({"created": 1700000000}, {"created": 1700000000}),
        ({"anything": {"a": "Ada"}}, {"anything": "(1 values)"}),
        ({f"card {CARD}": "x"}, {"card ************4242": "(1 characters)"}),
        ({}, None),
    ],
)  # fmt: skip
def test_ids_words_and_figures_are_kept_and_texts_are_not(sent, shown):
    assert logged.parameters(FIELDS, sent) == shown


def test_a_request_of_many_parameters_is_kept_in_part():
    many = kept(metadata={str(number): "x" for number in range(5_000)})

    assert len(many["metadata"]) == 199


def test_an_answer_is_named_or_its_error_told_without_what_was_sent():
    body = b'{"id":"pi_1","object":"payment_intent","amount":1}'
    assert logged.answer(200, body, {}) == {"id": "pi_1", "object": "payment_intent"}
    assert logged.answer(200, b'{"object":"list","data":[]}', {}) is None
    refused = orjson.dumps(
        {
            "error": {
                "type": "invalid_request_error",
                "message": "Invalid integer: Ada L. of 4242 4242 4242 4242",
                "param": "amount",
                "payment_intent": {"client_secret": "pi_1_secret_2"},
            }
        }
    )
    assert logged.answer(400, refused, {"amount": "Ada L."}) == {
        "type": "invalid_request_error",
        "message": "Invalid integer: (6 characters) of ************4242",
        "param": "amount",
    }


_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
_SENT = st.recursive(
    _TEXTS | st.integers(0, 10**12) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "0", "number", "other"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), _SENT, max_size=6))
@settings(max_examples=100)
def test_whatever_is_sent_can_be_kept_and_no_text_with_a_space_is(sent):
    shown = logged.parameters(FIELDS, sent) or {}

    assert b"\\u0000" not in orjson.dumps(shown)
    for text in _texts(shown):
        assert (
            " " not in text or text.endswith((" characters)", " values)")) or text == "(not kept)"
        )


def _texts(shown):
    if isinstance(shown, dict):
        return [text for value in shown.values() for text in _texts(value)]
    if isinstance(shown, list):
        return [text for value in shown for text in _texts(value)]
    return [shown] if isinstance(shown, str) else []
