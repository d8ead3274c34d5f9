from datetime import UTC, datetime

import pytest

from api.wire.params import Boolean, Metadata, Table
from core.errors import InvalidRequest
from tests.api.room import WidgetParams

GOOD = {"amount": "100", "currency": "usd"}


def refuse(**changed):
    with pytest.raises(InvalidRequest) as caught:
        WidgetParams.read(GOOD | changed)
    return caught.value


def test_only_what_was_sent_is_read():
    assert WidgetParams.read(GOOD) == {"amount": 100, "currency": "usd"}


def test_everything_is_converted():
    read = WidgetParams.read(
        {
            "amount": "1",
            "currency": "USD",
            "count": "0",
            "live": "true",
            "color": "red",
            "name": "",
            "items": {"1": {"price": "b"}, "0": {"price": "a", "quantity": "3"}},
            "tags": ["x"],
            "created": {"gte": "1700000000"},
        }
    )

    assert read == {
        "amount": 1,
        "currency": "usd",
        "count": 0,
        "live": True,
        "color": "red",
        "name": None,
        "items": [{"price": "a", "quantity": 3}, {"price": "b", "quantity": 1}],
        "tags": ["x"],
        "created": {"gte": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)},
    }


def test_json_types_are_as_good_as_text():
    read = WidgetParams.read({"amount": 1, "currency": "usd", "live": False, "name": None})

    assert read == {"amount": 1, "currency": "usd", "live": False, "name": None}


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"card": {"nmber": "1"}}, "parameter_unknown", "card[nmber]"),
        ({"items": {"0": {"x": "1"}}}, "parameter_unknown", "items[0][x]"),
        ({"created": {"after": "1"}}, "parameter_unknown", "created[after]"),
        ({"items": [{}]}, "parameter_missing", "items[0][price]"),
        ({"amount": "abc"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": "٣"}, "parameter_invalid_integer", "amount"),
        ({"amount": "--1"}, "parameter_invalid_integer", "amount"),
        ({"amount": "9" * 30}, "parameter_invalid_integer", "amount"),
        ({"amount": 1.0}, "parameter_invalid_integer", "amount"),
        ({"amount": True}, "parameter_invalid_integer", "amount"),
        ({"amount": []}, "parameter_invalid_integer", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"count": "11"}, "parameter_invalid_integer", "count"),
        ({"amount": ""}, "parameter_invalid_empty", "amount"),
        ({"card": {"number": ""}}, "parameter_invalid_empty", "card[number]"),
        ({"currency": "xxx"}, None, "currency"),
        ({"currency": []}, None, "currency"),
        ({"currency": {"a": "b"}}, None, "currency"),
        ({"live": "yes"}, None, "live"),
        ({"live": 1.5}, None, "live"),
        ({"color": "blue"}, None, "color"),
        ({"color": ["red"]}, None, "color"),
        ({"name": "x" * 21}, None, "name"),
        ({"name": 5}, None, "name"),
        ({"card": "4242"}, None, "card"),
        ({"items": "x"}, None, "items"),
        ({"items": {"²": {"price": "a"}}}, None, "items"),
        ({"tags": ["x"] * 101}, None, "tags"),
        ({"tags": [["x"]]}, None, "tags[0]"),
        ({"metadata": "x"}, None, "metadata"),
        ({"metadata": {f"k{i}": "v" for i in range(51)}}, None, "metadata"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {"k": {"deep": "v"}}}, None, "metadata[k]"),
        ({"created": {"gte": "x"}}, "parameter_invalid_integer", "created[gte]"),
        ({"created": "99999999999999"}, "parameter_invalid_integer", "created"),
        ({"anything": "x"}, None, "anything"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed, code, param):
    error = refuse(**changed)

    assert (error.code, error.param) == (code, param)


def test_a_missing_parameter_is_named():
    with pytest.raises(InvalidRequest) as caught:
        WidgetParams.read({"amount": "1"})

    assert caught.value.code == "parameter_missing"
    assert caught.value.param == "currency"
    assert caught.value.message == "Missing required param: currency."


def test_a_typing_error_is_answered_with_a_guess():
    assert refuse(amuont="1").message == "Received unknown parameter: amuont. Did you mean amount?"


def test_a_very_long_unknown_name_is_shortened():
    error = refuse(**{"x" * 100_000: "1"})

    assert len(error.message) < 400


def test_metadata_is_a_change_key_by_key():
    read = WidgetParams.read(GOOD | {"metadata": {"order": "7", "gone": "", "n": 7, "b": True}})

    assert read["metadata"] == {"order": "7", "gone": None, "n": "7", "b": "true"}


def test_empty_metadata_clears_it_all():
    assert WidgetParams.read(GOOD | {"metadata": ""})["metadata"] is None


@pytest.mark.parametrize("value", ["true", "True", "TRUE", "false", "False", True, False])
def test_a_boolean_is_read_in_the_spelling_of_any_client(value):
    read = str(value).lower() == "true"

    assert Boolean().read(value, "confirm") is read
    nested = Table({"enabled": Boolean(required=True)})
    assert nested.read({"enabled": value}, "automatic_payment_methods") == {"enabled": read}


@pytest.mark.parametrize("value", ["yes", "1", 1, "truee", [], {}])
def test_what_is_no_boolean_is_refused(value):
    with pytest.raises(InvalidRequest):
        Boolean().read(value, "confirm")


def test_keys_of_metadata_that_are_unset_do_not_count():
    change = {f"a{n}": "" for n in range(30)} | {f"b{n}": "y" for n in range(25)}

    assert len(Metadata().read(change, "metadata")) == 55
    with pytest.raises(InvalidRequest, match="up to 50 keys"):
        Metadata().read({f"b{n}": "y" for n in range(51)}, "metadata")
