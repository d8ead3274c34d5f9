"""Whoever uses a token or asks for one proves for this very request that it has the key.

The ids begin with the modules of the conformance plan whose intent a case has.
"""

import base64
import json
import time
from uuid import uuid4

import pytest
from django.test import Client

from core.jose import dpop, once
from core.jose.signed import Untrusted
from tests.factories import a_platform
from tests.fapi.steps import SITE, a_key, an_app, an_owner, b64, error_of
from tests.fapi.steps import sign as sign_by

TOKEN = SITE + "/oauth2/token"
KEY = a_key()
NOW = 1_800_000_000.0
URL = "https://pay.example/v1/balance"


def prove(by=KEY, alg="ES256", header=None, **claims):
    usual = {"htm": "GET", "htu": URL, "iat": int(NOW), "jti": str(uuid4())} | claims
    shown = {"typ": "dpop+jwt", "jwk": by.as_dict(private=False)} | (header or {})
    return sign_by(
        {name: value for name, value in usual.items() if value is not ...},
        by,
        alg,
        **{name: value for name, value in shown.items() if value is not ...},
    )


def check(proof, **more):
    return dpop.check(proof, **({"method": "GET", "url": URL, "now": NOW} | more))


def with_header(header, payload=None):
    _, claims, signature = prove().split(".")
    first = b64(json.dumps(header).encode())
    return ".".join((first, payload or claims, signature))


PUBLIC = KEY.as_dict(private=False)
WEAK = {"kty": "RSA", "e": "AQAB", "n": b64(b"\xff" * 128)}
CASES = {
    "no-proof": None,
    "empty": "",
    "two-in-one-header": f"{prove()},{prove()}",
    "no-jws": "x",
    "four-parts": prove() + ".x",
    "longer-than-8-KB": prove(more="x" * 9000),
    "typ-missing": prove(header={"typ": ...}),
    "typ-jwt": prove(header={"typ": "JWT"}),
    "typ-at+jwt": prove(header={"typ": "at+jwt"}),
    "alg-none": with_header({"alg": "none", "typ": "dpop+jwt", "jwk": PUBLIC}),
    "alg-HS256": with_header({"alg": "HS256", "typ": "dpop+jwt", "jwk": PUBLIC}),
    "alg-RS256": prove(a_key("RS256"), "RS256"),
    "alg-ES384": prove(a_key("ES384"), "ES384"),
    "alg-of-another-kind-of-key": with_header({"alg": "PS256", "typ": "dpop+jwt", "jwk": PUBLIC}),
    "alg-a-list": with_header({"alg": ["ES256"], "typ": "dpop+jwt", "jwk": PUBLIC}),
    "crit": with_header({"alg": "ES256", "typ": "dpop+jwt", "jwk": PUBLIC, "crit": ["x"], "x": 1}),
    "jwk-missing": prove(header={"jwk": ...}),
    "jwk-a-text": with_header({"alg": "ES256", "typ": "dpop+jwt", "jwk": "x"}),
    "jwk-private": with_header(
        {"alg": "ES256", "typ": "dpop+jwt", "jwk": KEY.as_dict(private=True)}
    ),
    "jwk-symmetric": with_header({"alg": "ES256", "typ": "dpop+jwt", "jwk": {"kty": "oct"}}),
    "jwk-weak": with_header({"alg": "PS256", "typ": "dpop+jwt", "jwk": WEAK}),
    "jwk-of-another": prove(header={"jwk": a_key().as_dict(private=False)}),
    "signature-changed": prove()[:-6] + "AAAAAA",
    "claims-a-list": with_header(
        {"alg": "ES256", "typ": "dpop+jwt", "jwk": PUBLIC}, base64.b64encode(b"[1]").decode()
    ),
    "jti-missing": prove(jti=...),
    "jti-empty": prove(jti=""),
    "jti-a-number": prove(jti=1),
    "jti-long": prove(jti="j" * 256),
    "jti-with-NUL": prove(jti="a\0b"),
    "iat-missing": prove(iat=...),
    "iat-a-text": prove(iat="now"),
    "iat-true": prove(iat=True),
    "iat-huge": prove(iat=10**30),
    "iat-61-s-ago": prove(iat=NOW - 61),
    "iat-61-s-ahead": prove(iat=NOW + 61),
    "htm-missing": prove(htm=...),
    "htm-another": prove(htm="POST"),
    "htm-lower-case": prove(htm="get"),
    "htu-missing": prove(htu=...),
    "htu-another-path": prove(htu=URL + "/x"),
    "htu-trailing-slash": prove(htu=URL + "/"),
    "htu-another-host": prove(htu="https://evil.example/v1/balance"),
    "htu-another-scheme": prove(htu=URL.replace("https", "http")),
    "htu-another-port": prove(htu="https://pay.example:8443/v1/balance"),
    "htu-path-in-capitals": prove(htu="https://pay.example/V1/balance"),
    "htu-relative": prove(htu="/v1/balance"),
    "htu-no-port": prove(htu="https://pay.example:x/v1/balance"),
}


@pytest.mark.parametrize(
    "proof", [pytest.param(one, id=f"dpop-negative-tests: {name}") for name, one in CASES.items()]
)
def test_a_proof_that_proves_nothing(proof):
    with pytest.raises(Untrusted):
        check(proof)


@pytest.mark.parametrize(
    ("alg", "claims"),
    [
        pytest.param(alg, claims, id=f"dpop-positive-tests: {name}")
        for name, alg, claims in (
            ("PS256", "PS256", {}),
            ("Ed25519", "Ed25519", {}),
            ("EdDSA", "EdDSA", {}),
            ("iat-10-s-ahead", "ES256", {"iat": NOW + 10}),
            ("iat-59-s-ago", "ES256", {"iat": NOW - 59}),
            ("iat-with-fraction", "ES256", {"iat": NOW + 0.5}),
            ("htu-with-query", "ES256", {"htu": URL + "?a=b"}),
            ("htu-with-fragment", "ES256", {"htu": URL + "#a"}),
            ("htu-default-port", "ES256", {"htu": "https://pay.example:443/v1/balance"}),
            ("htu-host-in-capitals", "ES256", {"htu": "HTTPS://PAY.example/v1/balance"}),
            ("more-claims", "ES256", {"nonce": "n"}),
        )
    ],
)
def test_a_proof_that_proves_it(alg, claims):
    key = a_key(alg)

    assert check(prove(key, alg, **claims)) == key.thumbprint()


def test_dpop_negative_tests_jti_reuse():
    proof = prove(jti="one")
    check(proof)

    with pytest.raises(Untrusted, match="used"):
        check(proof)
    with pytest.raises(Untrusted, match="used"):
        check(prove(jti="one"))
    # Ids are each key's own.
    check(prove(a_key(), jti="one"))


@pytest.mark.parametrize("ath", [..., "", "x", 5, None, "é"])
def test_dpop_negative_tests_ath(ath):
    with pytest.raises(Untrusted, match="ath"):
        check(prove(ath=ath), access_token="token")


def test_what_is_wrong_does_not_use_up_the_id():
    with pytest.raises(Untrusted):
        check(prove(jti="one", htm="POST"))

    check(prove(jti="one"))


@pytest.mark.parametrize("url", ["", "x", "ftp://a.example/", "https://", "https://a:x/"])
def test_what_is_no_address_proves_nothing(url):
    with pytest.raises(Untrusted):
        dpop.normalize(url)


def test_addresses_that_are_the_same():
    assert (
        dpop.normalize("https://[::1]:443")
        == dpop.normalize("https://[::1]/")
        == ("https://[::1]/")
    )
    assert dpop.normalize("http://a.example:80/x") == "http://a.example/x"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["no-proof", "typ-jwt", "alg-none", "jwk-private", "iat-61-s-ago"])
def test_the_token_endpoint_says_what_is_wrong_with_a_proof(name):
    app = an_app(a_platform())
    code = app.code(an_owner(a_platform()))

    refused = app.token(CASES[name], code=code)

    assert error_of(refused) == (400, "invalid_dpop_proof")
    assert app.token(code=code).status_code == 200


@pytest.mark.django_db
def test_a_proof_for_the_token_endpoint_counts_once_and_there():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    proof = app.proof(TOKEN)
    assert app.token(proof, code=app.code(browser)).status_code == 200

    refused = app.token(proof, code=app.code(browser))
    assert error_of(refused) == (400, "invalid_dpop_proof")
    elsewhere = app.proof(SITE + "/oauth2/par")
    refused = app.token(elsewhere, code=app.code(browser))
    assert error_of(refused) == (400, "invalid_dpop_proof")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"htm": "POST"},
        {"htu": SITE + "/v1/charges"},
        {"ath": "x"},
        {"ath": ...},
        {"jti": ...},
        {"iat": time.time() - 3600},
        {"header": {"typ": "JWT"}},
        {"by": a_key()},
    ],
    ids=lambda more: "resource-endpoint: " + next(iter(more)),
)
def test_the_api_refuses_a_token_with_a_wrong_proof(more):
    app = an_app(a_platform())
    token = app.token(code=app.code(an_owner(a_platform()))).json()["access_token"]
    proof = app.proof(SITE + "/v1/balance", "GET", token=token, **more)

    refused = app.get("/v1/balance", token, proof=proof)

    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "dpop_proof_invalid"
    assert refused["WWW-Authenticate"].startswith('DPoP realm="Rialto", error="invalid_dpop_proof"')
    assert app.get("/v1/balance", token).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "DPoP"])
def test_the_api_refuses_a_token_without_a_proof(scheme):
    app = an_app(a_platform())
    token = app.token(code=app.code(an_owner(a_platform()))).json()["access_token"]

    refused = app.get("/v1/balance", token, scheme=scheme, proof=None)

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "dpop_proof_invalid")


@pytest.mark.django_db
def test_the_query_of_the_address_is_not_proven():
    app = an_app(a_platform())
    token = app.token(code=app.code(an_owner(a_platform()))).json()["access_token"]

    assert app.get("/v1/balance_transactions?limit=1", token).status_code == 200


@pytest.mark.django_db
def test_without_redis_nothing_is_taken_and_nobody_is_told_it_was_wrong(settings):
    app, browser = an_app(a_platform()), an_owner(a_platform())
    code = app.code(browser)
    token = app.token(code=app.code(browser)).json()["access_token"]
    there = settings.REDIS_URL
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    with pytest.raises(once.Away):
        check(prove())

    assert error_of(app.push()) == (503, "temporarily_unavailable")
    refused = app.get("/v1/balance", token)
    assert (refused.status_code, refused.json()["error"]["type"]) == (503, "api_error")

    settings.REDIS_URL = there
    assert app.get("/v1/balance", token).status_code == 200
    assert app.token(code=code).status_code == 200
    assert Client().get("/.well-known/oauth-authorization-server").status_code == 200
