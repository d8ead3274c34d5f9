"""What an attacker, or a broken client, may send: each is refused, soon, and changes nothing."""

import http.client
import json
import socket
import time
import zlib
from contextlib import closing
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# On an idle machine each takes a few milliseconds; this only tells minutes from moments.
SOON = 5.0
MIB = 1_048_576

FORMS: dict[str, tuple[bytes, str]] = {
    "nine levels": (b"metadata" + b"[a]" * 8 + b"=1", "depth"),
    "a hundred levels": (b"a" + b"[b]" * 100 + b"=1", "depth"),
    "a name of a megabyte": (b"a" * 1_000_000 + b"=1", "parameter name"),
    "half a million brackets": (b"a[" * 500_000, "parameter name"),
    "a thousand and one parameters": (b"&".join(b"a%d=1" % n for n in range(1_001)), "number"),
    "a thousand and one items": (b"expand[]=a&" * 1_001, "number"),
    "nothing but ampersands": (b"&" * 1_000_000, "number"),
    "nothing but percent signs": (b"%" * 1_000_000, "%"),
    "nothing but equals signs": (b"=" * 1_000_000, "parameter name"),
    "over a mebibyte": (b"name=" + b"x" * MIB, "1 MiB"),
    "a value of almost a mebibyte": (b"name=" + b"x" * (MIB - 5), "at most"),
    "a name twice": (b"name=a&name=b", "twice"),
    "a name twice, once in disguise": (b"name=a&n%61me=b", "twice"),
    "text and then a hash": (b"metadata=a&metadata[b]=c", "two shapes"),
    "a hash and then text": (b"metadata[b]=c&metadata=a", "twice"),
    "a list and then a hash": (b"expand[]=a&expand[b]=c", "two shapes"),
    "an open bracket": (b"metadata[a=1", "parameter name"),
    "a closed bracket": (b"metadata]a=1", "parameter name"),
    "brackets in brackets": (b"metadata[[a]]=1", "parameter name"),
    "text behind brackets": (b"metadata[a]b=1", "parameter name"),
    "no name": (b"=1", "parameter name"),
    "a name of brackets": (b"[a]=1", "parameter name"),
    "an escaped NUL": (b"name=a%00b", "NUL"),
    "a NUL": (b"name=a\0b", "NUL"),
    "a NUL in a name": (b"na%00me=1", "NUL"),
    "a byte that is no text": (b"name=\xff", "UTF-8"),
    "an escaped byte that is no text": (b"name=%ff", "UTF-8"),
    "an overlong slash": (b"name=%c0%af", "UTF-8"),
    "half a surrogate pair": (b"name=%ed%a0%80", "UTF-8"),
    "beyond Unicode": (b"name=%f4%90%80%80", "UTF-8"),
    "Latin-1": ("name=é".encode("latin-1"), "UTF-8"),
    "UTF-16": ("name=a".encode("utf-16"), "UTF-8"),
    "an escape cut off": (b"name=a%", "%"),
    "an escape cut in half": (b"name=a%4", "%"),
    "an escape of no digits": (b"name=%zz", "%"),
    "an escape of JavaScript": (b"name=%u0041", "%"),
    "an escape cut off in a name": (b"name%=a", "%"),
    "JSON": (b'{"name": "a"}', "unknown parameter"),
    "fifty-one words of the caller": (
        b"&".join(b"metadata[k%d]=1" % n for n in range(51)), "50 keys",
    ),
    "a word of the caller that is too long": (b"metadata[" + b"k" * 41 + b"]=1", "40"),
    "digits of another script": ("balance=١٢".encode(), ""),
    "a prototype": (b"__proto__[admin]=1", "unknown parameter"),
    "twenty-one expansions": (b"&".join(b"expand[]=a" for _ in range(21)), "expand"),
    "an expansion of itself": (b"expand[]=" + b"customer." * 5 + b"customer", "expand"),
}  # fmt: skip

TEXTS: dict[str, tuple[bytes, str]] = {
    "nine levels": (b'{"metadata":' + b'{"a":' * 8 + b"1" + b"}" * 9, "depth"),
    "a hundred thousand lists": (b"[" * 100_000, "depth"),
    "a hundred thousand hashes": (b'{"a":' * 100_000, "depth"),
    "a thousand and two keys": (
        json.dumps({f"k{n}": 1 for n in range(1_002)}).encode(), "number",
    ),
    "a hundred thousand items": (b'{"expand":[' + b"1," * 100_000 + b"1]}", "number"),
    "over a mebibyte": (b'{"name":"' + b"x" * MIB + b'"}', "1 MiB"),
    "half a million backslashes": (b'{"name":"' + b"\\" * 500_001, "JSON"),
    "a million quotes": (b'"' * 1_000_000, "number"),
    "a key twice": (b'{"name":"a","name":"b"}', "twice"),
    "a key twice, once in disguise": (b'{"name":"a","n\\u0061me":"b"}', "twice"),
    "a key twice, deeper": (b'{"metadata":{"a":"1","a":"2"}}', "twice"),
    "not a number": (b'{"balance":NaN}', "finite"),
    "infinity": (b'{"balance":Infinity}', "finite"),
    "less than nothing": (b'{"balance":-Infinity}', "finite"),
    "a number that overflows": (b'{"balance":1e999}', "finite"),
    "a number beyond 64 bits": (b'{"balance":9223372036854775808}', "64 bits"),
    "a number of a million digits": (b'{"balance":' + b"9" * 1_000_000 + b"}", "64 bits"),
    "a number that the database makes longer": (b'{"balance":1e30}', "64 bits"),
    "a number in hexadecimal": (b'{"balance":0x10}', "JSON"),
    "a number with a zero ahead": (b'{"balance":01}', "JSON"),
    "an escaped NUL": (b'{"name":"a\\u0000b"}', "NUL"),
    "a NUL in a key": (b'{"metadata":{"a\\u0000":"b"}}', "NUL"),
    "a NUL": (b'{"name":"a\0b"}', "JSON"),
    "a lone high surrogate": (b'{"name":"\\ud800"}', "surrogate"),
    "a lone low surrogate": (b'{"name":"\\udc00"}', "surrogate"),
    "a pair in the wrong order": (b'{"name":"\\udc00\\ud800"}', "surrogate"),
    "a lone surrogate in a key": (b'{"metadata":{"\\ud800":"a"}}', "surrogate"),
    "a surrogate written out": (b'{"name":"\xed\xa0\x80"}', "UTF-8"),
    "a byte that is no text": (b'{"name":"\xff"}', "UTF-8"),
    "UTF-16": ('{"name":"a"}'.encode("utf-16"), "UTF-8"),
    "UTF-32": ('{"name":"a"}'.encode("utf-32-le"), ""),
    "a byte order mark": (b'\xef\xbb\xbf{"name":"a"}', "JSON"),
    "a list": (b'[{"name":"a"}]', "object"),
    "text": (b'"name"', "object"),
    "nothing": (b"null", "object"),
    "a comma too many": (b'{"name":"a",}', "JSON"),
    "single quotes": (b"{'name':'a'}", "JSON"),
    "a comment": (b'{"name":"a"/**/}', "JSON"),
    "two documents": (b'{"name":"a"}{"name":"b"}', "JSON"),
    "cut off": (b'{"name":"a', "JSON"),
    "a hash for text": (b'{"name":{"$ne":null}}', "string"),
    "a list for text": (b'{"name":["a"]}', "string"),
    "truth for text": (b'{"name":true}', "string"),
    "expansions that are hashes": (b'{"expand":[{"a":1}]}', "expand"),
    "a form": (b"name=a", "JSON"),
}  # fmt: skip

ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><name>&c;</name>'
)
DRESSED: dict[str, tuple[bytes, dict[str, str], str]] = {
    "XML with entities": (ENTITIES, {"Content-Type": "application/xml"}, "Send parameters"),
    "plain text": (b"name=a", {"Content-Type": "text/plain"}, "Send parameters"),
    "parts without an end": (
        b"--x\r\nContent-Disposition: form-data; name=name\r\n\r\na",
        {"Content-Type": "multipart/form-data; boundary=x"}, "Send parameters",
    ),
    "pickled Python": (b"\x80\x04.", {"Content-Type": "application/x-pickle"}, "Send parameters"),
    "a bomb": (
        zlib.compress(b'{"name":"' + b"x" * 50_000_000 + b'"}'),
        {"Content-Type": JSON, "Content-Encoding": "deflate"}, "Compressed",
    ),
    "a compression that nobody knows": (
        b"name=a", {"Content-Type": FORM, "Content-Encoding": "br, gzip"}, "Compressed",
    ),
    "an idempotency key of a megabyte's worth": (
        b"name=a", {"Content-Type": FORM, "Idempotency-Key": "k" * 5_000}, "255",
    ),
    "a version that is none": (
        b"name=a", {"Content-Type": FORM, "Stripe-Version": "2026-99-99"}, "version",
    ),
}  # fmt: skip

BODIES = {
    **{f"form: {name}": (body, {"Content-Type": FORM}, why) for name, (body, why) in FORMS.items()},
    **{f"JSON: {name}": (body, {"Content-Type": JSON}, why) for name, (body, why) in TEXTS.items()},
    **DRESSED,
}


@pytest.fixture(scope="module")
def victim(rialto_server):
    """An account that must still have no customer when all is over."""
    _, key = rialto_server.new_platform()
    yield key
    answer, content = send(rialto_server, key, "GET", None, {})
    assert (answer.status, content["data"]) == (200, [])


@pytest.fixture(scope="module")
def stopwatch():
    """How long each took; `pytest -s` shows the slowest."""
    taken: dict[str, float] = {}
    yield taken
    for name, seconds in sorted(taken.items(), key=lambda item: -item[1])[:5]:
        print(f"  {seconds * 1_000:6.1f} ms  {name}")


def send(server: Any, key: str, method: str, body: bytes | None, headers: dict[str, str]) -> Any:
    with closing(http.client.HTTPConnection("127.0.0.1", server.home.port, timeout=30)) as line:
        line.request(
            method,
            "/v1/customers",
            body=body,
            headers={"Authorization": f"Bearer {key}", **headers},
        )
        answer = line.getresponse()
        return answer, json.loads(answer.read())


def test_there_are_sixty_of_them():
    assert len(BODIES) >= 60


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_and_the_refusal_says_why(rialto_server, victim, stopwatch, name):
    body, headers, why = BODIES[name]

    started = time.perf_counter()
    answer, content = send(rialto_server, victim, "POST", body, headers)
    stopwatch[name] = time.perf_counter() - started

    assert answer.status == 400, content
    assert content["error"]["type"] == "invalid_request_error"
    assert why.lower() in (content["error"]["message"] + content["error"].get("param", "")).lower()
    assert len(content["error"]["message"]) < 1_000
    assert stopwatch[name] < SOON


TALK = {
    "a length that is no number": b"Content-Length: one\r\n\r\nname=a",
    "a length below nothing": b"Content-Length: -1\r\n\r\nname=a",
    "two lengths": b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nname=ab",
    "a length and pieces": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nnam",
    "pieces": b"Transfer-Encoding: chunked\r\n\r\n6\r\nname=a\r\n0\r\n\r\n",
    "a piece that is no piece": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nname=a\r\n0\r\n\r\n",
    "a length of nine mebibytes": b"Content-Length: 9437184\r\n\r\n" + b"name=a",
}


@pytest.mark.parametrize("name", TALK)
def test_a_body_of_uncertain_length_makes_nothing(rialto_server, victim, name):
    head = (
        "POST /v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Bearer {victim}\r\nContent-Type: {FORM}\r\n"
    ).encode()

    with socket.create_connection(("127.0.0.1", rialto_server.home.port), timeout=30) as line:
        line.sendall(head + TALK[name])
        content = b"".join(iter(lambda: line.recv(65_536), b""))

    assert content.startswith(b"HTTP/1.1 4"), content[:300]
