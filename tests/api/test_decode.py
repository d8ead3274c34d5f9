import json as std_json
import time
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.wire import decode
from core.errors import InvalidRequest

NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="[]\0"), min_size=1, max_size=8
)
# A key of digits would be an index, and an empty list or dict can't be written as a form.
KEYS = NAMES.filter(lambda name: not name.isdigit())
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TREES = st.recursive(
    VALUES,
    lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    max_leaves=12,
)


def write(tree: object, name: str = "") -> list[str]:
    """Write a tree as a form does."""
    if isinstance(tree, str):
        return [f"{quote_plus(name)}={quote_plus(tree)}"]
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [
        pair
        for key, value in pairs
        for pair in write(value, f"{name}[{key}]" if name else str(key))
    ]


@given(st.dictionaries(KEYS, TREES, max_size=4))
def test_whatever_is_written_with_brackets_is_read_back(tree):
    try:
        read = decode.form("&".join(write(tree)).encode())
    except InvalidRequest:
        # Only what is over a limit may be refused.
        assume(False)
    assert read == tree


@given(st.binary(max_size=200))
def test_no_bytes_break_the_form_reader(body):
    with suppress(InvalidRequest):
        decode.form(body)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u01a \n').map(str.encode))
def test_no_bytes_break_the_json_reader(body):
    with suppress(InvalidRequest):
        decode.json(body)


@given(st.dictionaries(KEYS, st.integers(-(2**63), 2**63 - 1) | VALUES | st.booleans() | st.none()))
def test_json_objects_are_read_as_they_are(body):
    assert decode.json(std_json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    ("form", "read"),
    [
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"card[number]=42", {"card": {"number": "42"}}),
        (b"card%5Bnumber%5D=42", {"card": {"number": "42"}}),
        (b"expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
        (b"expand[0]=a&expand[1]=b", {"expand": {"0": "a", "1": "b"}}),
        (b"i[0][price]=x&i[0][n]=2", {"i": {"0": {"price": "x", "n": "2"}}}),
        (b"i[][price]=x&i[][n]=2&i[][price]=y", {"i": [{"price": "x", "n": "2"}, {"price": "y"}]}),
        (b"metadata=", {"metadata": ""}),
        (b"a=x+y%20z%26", {"a": "x y z&"}),
        (b"&&a=1&", {"a": "1"}),
        (b"a", {"a": ""}),
        (b"a==", {"a": "="}),
        ("a=ä€".encode(), {"a": "ä€"}),
        (b"", {}),
    ],
)
def test_a_form_is_read_as_the_wire_means_it(form, read):
    assert decode.form(form) == read


@pytest.mark.parametrize(
    "form",
    [
        b"a=1&a=2",
        b"a=1&a[b]=2",
        b"a[b]=2&a=1",
        b"a[]=1&a[b]=2",
        b"a[b]=1&a[]=2",
        b"a[b]=1&a[b][c]=2",
        b"a[][b]=1&a[]=2&a[][b][c]=1&a[][b]=1&a[x]=1",
        b"=1",
        b"[a]=1",
        b"a[b=1",
        b"a]b[=1",
        b"a[b]c=1",
        b"a[[b]]=1",
        b"a=%00",
        b"a%00=1",
        b"a\0=1",
        b"a=%ff",
        b"a=\xff",
        b"a=%ed%a0%80",
        b"a=50% off",
        b"a=%2",
        b"a%=1",
        b"x" * 501 + b"=1",
    ],
)
def test_a_form_that_is_ambiguous_or_cannot_be_stored_is_refused(form):
    with pytest.raises(InvalidRequest):
        decode.form(form)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 9223372036854775808}',
        b'{"a": 9223372036854775808.0}',
        b'{"a": -1.5e30}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": ["\\ud800"]}',
        b'{"a": "\xff"}',
        b'{"a": "\x01"}',
        b"[1]",
        b"1",
        b'"a"',
        b"null",
        b"{",
        b'{"a": "',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_json_that_is_ambiguous_or_cannot_be_stored_is_refused(body):
    with pytest.raises(InvalidRequest):
        decode.json(body)


def test_a_value_that_looks_like_json_is_text():
    assert decode.json(b'{"a": "x\\": {\\"b\\": 1,", "b": "\\\\"}') == {
        "a": 'x": {"b": 1,',
        "b": "\\",
    }


@pytest.mark.parametrize(
    ("read", "body", "limit"),
    [
        (decode.form, b"a=" + b"x" * 1_048_575, "1 MiB"),
        (decode.json, b'{"a":"' + b"x" * 1_048_576 + b'"}', "1 MiB"),
        (decode.form, b"&".join(b"a%d=1" % i for i in range(1_001)), "1000"),
        (decode.form, b"a[]=1&" * 1_001, "1000"),
        (decode.json, b'{"a":[' + b"1," * 1_001 + b"1]}", "1000"),
        (decode.json, b'{"a":[' + b"{}," * 1_001 + b"{}]}", "1000"),
        (decode.form, b"a" + b"[b]" * 8 + b"=1", "8 levels"),
        (decode.json, b'{"a":' * 9 + b"1" + b"}" * 9, "8 levels"),
        (decode.json, b"[" * 100_000, "8 levels"),
    ],
)
def test_what_is_over_a_limit_is_refused_by_its_name(read, body, limit):
    with pytest.raises(InvalidRequest, match=limit):
        read(body)


def test_what_is_just_within_the_limits_is_read():
    assert len(decode.form(b"&".join(b"a%d=1" % i for i in range(1_000)))) == 1_000
    assert decode.form(b"a" + b"[b]" * 7 + b"=1")
    assert decode.json(b'{"a":' * 8 + b"1" + b"}" * 8)
    names = ",".join(f'"a{i}": "x"' for i in range(1_000))
    assert len(decode.json(f"{{{names}}}".encode())) == 1_000


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"' + b'\\"' * 500_000 + b'"}',
        b'{"a":"' + b'\\"' * 500_000,
        b'"' * 1_000_000,
        b'{"a":"' + b"\\" * 1_000_000,
        b"{" + b" " * 1_000_000 + b"}",
        b'{"a":' + b"1" * 1_000_000 + b"}",
    ],
)
def test_no_json_text_takes_long(body):
    started = time.perf_counter()

    with suppress(InvalidRequest):
        decode.json(body)

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("body", [b"&" * 1_000_000, b"a[" * 500_000, b"%" * 1_000_000, b"a[]&" * 9])
def test_no_form_takes_long(body):
    started = time.perf_counter()

    with suppress(InvalidRequest):
        decode.form(body)

    assert time.perf_counter() - started < 0.5
