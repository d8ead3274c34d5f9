"""Only a parsed origin may stand in a header."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.security.origins import origin_of

SAFE = re.compile(r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
ENDS = ["; script-src *", " https://evil.example", "\t*", "\r\nX-More: 1", ",", "'unsafe-inline'"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://shop.example/done?a=1#b", "https://shop.example"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("HTTPS://Shop.Example:443", "https://shop.example:443"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_an_address_has_an_origin(address, origin):
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "", "shop.example", "//shop.example", "ftp://shop.example", "javascript:alert(1)",
        "https://", "https://a b/", "https://a;b/", "https://a,b/", "https://*.example/",
        "https://*", "https://a'b/", 'https://a"b/', "https://a\\@evil.example/",
        "https://user@shop.example/", "https://user:word@shop.example/", "https://a:port/",
        "https://a:99999/", "https://[::1", "https://[::1]evil/", "https://[::1];x",
        "https://[::1]:80;x", "https://[fe80::1%25eth0]/",
        "https://a\x00b/", "https://" + "a" * 300, "https://%3b/", "https://a..b;/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_has_none(address):
    assert origin_of(address) is None


@given(
    before=st.sampled_from(["https://shop.example", "http://a", "https://[::1]", ""]),
    middle=st.one_of(st.sampled_from(ENDS), st.text(max_size=20)),
    after=st.sampled_from(["", "/path", ":8000/", "@evil.example"]),
)
@example(before="https://shop.example", middle="; script-src *", after="")
def test_no_address_whatever_adds_to_a_header(before, middle, after):
    origin = origin_of(before + middle + after)

    assert origin is None or SAFE.fullmatch(origin)
