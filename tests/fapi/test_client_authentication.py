"""Clients prove who they are by an assertion that only they can have signed, for us, once.

The ids begin with the modules of the conformance plan whose intent a case has.
"""

import base64
import json
import time
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account, OAuthApplication
from connect.oauth.services.client_assertions import check_jwks, is_safe_address
from core.jose.signed import Untrusted
from tests.factories import a_platform, now
from tests.fapi.steps import ISSUER, TYPE, a_key, an_app, error_of, sign

pytestmark = pytest.mark.django_db

SECONDS = timedelta(seconds=1)


def case(module, name, **claims):
    return pytest.param(claims, id=f"{module}: {name}")


def at_once(claims):
    """Make moments of what is so far from now."""
    return {
        name: time.time() + value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }


@pytest.mark.parametrize(
    "claims",
    [
        case("ensure-client-assertion-with-wrong-aud-fails", "no-aud", aud=...),
        case("ensure-client-assertion-with-wrong-aud-fails", "elsewhere", aud="https://a.example"),
        case("ensure-client-assertion-with-wrong-aud-fails", "slash", aud=ISSUER + "/"),
        case("ensure-client-assertion-with-par-aud-fails", "par", aud=ISSUER + "/oauth2/par"),
        case("ensure-client-assertion-with-token-aud-fails", "token", aud=ISSUER + "/oauth2/token"),
        case("ensure-client-assertion-with-array-aud-fails", "one-in-a-list", aud=[ISSUER]),
        case("ensure-client-assertion-with-array-aud-fails", "two", aud=[ISSUER, "https://a.ex"]),
        case("ensure-client-assertion-with-no-sub-fails", "no-sub", sub=...),
        case("ensure-client-assertion-with-no-sub-fails", "number", sub=7),
        case("ensure-client-assertion-with-wrong-sub-fails", "somebody", sub="fapi_somebody"),
        case("ensure-client-assertion-with-no-iss-fails", "no-iss", iss=...),
        case("ensure-client-assertion-with-wrong-iss-fails", "somebody", iss="fapi_somebody"),
        case("ensure-client-assertion-with-exp-in-the-past-fails", "just-now", exp=-1 * SECONDS),
        case("ensure-client-assertion-with-exp-in-the-past-fails", "no-exp", exp=...),
        case("ensure-client-assertion-with-exp-in-the-past-fails", "text", exp="soon"),
        case("ensure-client-assertion-with-exp-in-the-past-fails", "true", exp=True),
        case("ensure-client-assertion-with-long-exp-fails", "11-minutes", exp=660 * SECONDS),
        case("ensure-client-assertion-with-iat-ahead-fails", "62-s", iat=62 * SECONDS),
        case("ensure-client-assertion-with-nbf-ahead-fails", "62-s", nbf=62 * SECONDS),
        case("ensure-client-assertion-without-jti-fails", "no-jti", jti=...),
        case("ensure-client-assertion-without-jti-fails", "empty", jti=""),
        case("ensure-client-assertion-without-jti-fails", "number", jti=1),
        case("ensure-client-assertion-without-jti-fails", "long", jti="j" * 256),
    ],
)
def test_an_assertion_that_does_not_say_this_is_refused(claims):
    app = an_app(a_platform())

    refused = app.push(client_assertion=app.assertion(**at_once(claims)))

    assert error_of(refused) == (401, "invalid_client")


@pytest.mark.parametrize(
    "claims",
    [
        case("fapi2-security-profile-final", "iat-10-s-ahead", iat=10 * SECONDS),
        case("fapi2-security-profile-final", "nbf-10-s-ahead", nbf=10 * SECONDS),
        case("fapi2-security-profile-final", "no-iat", iat=...),
        case("fapi2-security-profile-final", "more-claims", about="anything"),
    ],
)
def test_an_assertion_that_says_enough_is_taken(claims):
    app = an_app(a_platform())

    assert app.push(client_assertion=app.assertion(**at_once(claims))).status_code == 201


@pytest.mark.parametrize("alg", ["RS256", "PS512", "ES384", "HS256", "none"])
def test_ensure_signature_algorithm_is_one_of_the_profile(alg):
    app = an_app(a_platform())
    key = a_key(alg)
    if alg in ("HS256", "none"):
        header = {"alg": alg, "typ": "JWT"}
        body = {"iss": app.row.client_id, "sub": app.row.client_id, "aud": ISSUER}
        parts = [
            base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
            for one in (header, body)
        ]
        assertion = ".".join(parts) + "."
    else:
        OAuthApplication.objects.update(jwks={"keys": [key.as_dict(private=False)]})
        assertion = app.assertion(by=key, alg=alg)

    assert error_of(app.push(client_assertion=assertion)) == (401, "invalid_client")


@pytest.mark.parametrize("other", ["ES256", "PS256", "Ed25519"])
def test_ensure_signature_by_another_key_fails(other):
    app = an_app(a_platform())

    refused = app.push(client_assertion=app.assertion(by=a_key(other), alg=other))

    assert error_of(refused) == (401, "invalid_client")


def test_ensure_client_assertion_of_another_client_fails():
    app, other = an_app(a_platform()), an_app(a_platform())

    refused = app.push(client_assertion=other.assertion(), client_id=app.row.client_id)
    forged = app.push(
        client_assertion=other.assertion(iss=app.row.client_id, sub=app.row.client_id)
    )

    assert error_of(refused) == (401, "invalid_client")
    assert error_of(forged) == (401, "invalid_client")


def test_ensure_client_assertion_is_used_once():
    app = an_app(a_platform())
    assertion = app.assertion(jti="one")

    assert app.push(client_assertion=assertion).status_code == 201
    assert error_of(app.push(client_assertion=assertion)) == (401, "invalid_client")
    again = app.push(client_assertion=app.assertion(jti="one"))
    assert error_of(again) == (401, "invalid_client")


def test_two_clients_may_use_the_same_jti():
    for app in (an_app(a_platform()), an_app(a_platform())):
        assert app.push(client_assertion=app.assertion(jti="one")).status_code == 201


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"client_assertion": ...}, id="no-assertion"),
        pytest.param({"client_assertion": ""}, id="empty"),
        pytest.param({"client_assertion": "a.b.c"}, id="no-jws"),
        pytest.param({"client_assertion": "é.b.c"}, id="not-ascii"),
        pytest.param({"client_assertion": "a" * 9000}, id="longer-than-8-KB"),
        pytest.param({"client_assertion_type": ...}, id="no-type"),
        pytest.param({"client_assertion_type": "jwt"}, id="wrong-type"),
        pytest.param({"client_secret": "s"}, id="secret-as-well"),
        pytest.param({"client_assertion": ..., "client_secret": "s"}, id="secret-instead"),
    ],
)
def test_ensure_client_authentication_is_needed(params):
    for path in ("par", "token", "introspect", "revoke"):
        refused = an_app(a_platform()).send(f"/oauth2/{path}", params)
        assert error_of(refused) == (401, "invalid_client"), path


@pytest.mark.parametrize("header", [{"crit": ["x"], "x": 1}, {"kid": 5}, {"typ": "dpop+jwt"}])
def test_headers_that_are_not_known_are_refused(header):
    app = an_app(a_platform())
    now = int(time.time())
    claims = {"iss": app.row.client_id, "sub": app.row.client_id, "aud": ISSUER, "jti": "j"}
    if "kid" in header or "crit" in header:
        # No library writes these.
        text = json.dumps({"alg": "ES256", **header}).encode()
        good = sign(claims | {"exp": now + 60}, app.key).split(".")
        good[0] = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
        assertion = ".".join(good)
    else:
        assertion = app.assertion(header=header)

    assert error_of(app.push(client_assertion=assertion)) == (401, "invalid_client")


def test_a_kid_chooses_among_the_keys_and_none_tries_all_of_a_kind():
    app = an_app(a_platform())
    old, new = a_key(kid="old"), a_key(kid="new")
    both = [key.as_dict(private=False) | {"kid": kid} for key, kid in ((old, "old"), (new, "new"))]
    OAuthApplication.objects.filter(pk=app.row.pk).update(jwks={"keys": both})

    def push(key, **header):
        return app.push(client_assertion=app.assertion(by=key, header=header)).status_code

    assert [push(old, kid="old"), push(new, kid="new"), push(old), push(new)] == [201] * 4
    assert [push(old, kid="new"), push(new, kid="other")] == [401, 401]


def test_a_key_for_something_else_signs_no_assertion():
    app = an_app(a_platform())
    for more in ({"use": "enc"}, {"alg": "ES384"}):
        public = app.key.as_dict(private=False) | more
        OAuthApplication.objects.filter(pk=app.row.pk).update(jwks={"keys": [public]})
        assert error_of(app.push()) == (401, "invalid_client")


def test_a_client_of_connect_and_one_of_a_closed_account_get_nothing():
    platform = a_platform()
    app = an_app(platform)
    OAuthApplication.objects.filter(pk=app.row.pk).update(profile="connect")
    assert error_of(app.push()) == (401, "invalid_client")
    OAuthApplication.objects.filter(pk=app.row.pk).update(profile="fapi2")
    Account.objects.filter(id=platform.account_id).update(closed_at=now())

    assert error_of(app.push()) == (401, "invalid_client")


@pytest.mark.parametrize("path", ["par", "token", "introspect", "revoke"])
def test_a_request_is_one_form_of_single_parameters(path):
    app, url = an_app(a_platform()), f"/oauth2/{path}"

    assert error_of(Client().get(url)) == (405, "invalid_request")
    json_body = Client().post(url, "{}", content_type="application/json")
    assert error_of(json_body) == (400, "invalid_request")
    assert error_of(Client().post(url, {"a": "b"})) == (400, "invalid_request")
    assert error_of(app.send(url, {"scope": ["a", "b"]})) == (400, "invalid_request")
    assert error_of(app.send(url + "?client_id=x")) == (400, "invalid_request")
    assert error_of(app.send(url, {"state": "a\0b"})) == (400, "invalid_request")
    assert error_of(app.send(url, Authorization="Basic eDp5")) == (400, "invalid_request")


def weak_key():
    return {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 128).decode()}


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="none"),
        pytest.param("x", id="no-list"),
        pytest.param(["x"], id="no-object"),
        pytest.param([{"kty": "oct", "k": "c2VjcmV0"}], id="symmetric"),
        pytest.param([a_key().as_dict(private=True)], id="private"),
        pytest.param([a_key("ES384").as_dict(private=False)], id="another-curve"),
        pytest.param([weak_key()], id="RSA-of-1024-bits"),
        pytest.param([{"kty": "RSA"}], id="RSA-of-nothing"),
        pytest.param([{"kty": "RSA", "n": 5, "e": "AQAB"}], id="RSA-of-a-number"),
        pytest.param([{"kty": "EC", "crv": "P-256", "x": "aaaa", "y": "bbbb"}], id="off-the-curve"),
        pytest.param([{"kty": "OKP", "crv": "X25519", "x": "aaaa"}], id="not-for-signing"),
        pytest.param([{}], id="empty"),
        pytest.param([a_key().as_dict(private=False) | {"kid": "1"}] * 2, id="a-kid-twice"),
        pytest.param([a_key().as_dict(private=False)] * 11, id="eleven"),
    ],
)
def test_keys_that_are_not_taken(keys):
    with pytest.raises(Untrusted):
        check_jwks({"keys": keys})
    with pytest.raises(Untrusted):
        check_jwks(keys)


@pytest.mark.parametrize(
    ("uri", "in_test", "in_live"),
    [
        ("https://a.example/back", True, True),
        ("http://127.0.0.1:8080/back", True, False),
        ("http://localhost/back", True, False),
        ("http://a.example/back", False, False),
        ("https://a.example/back#part", False, False),
        ("https://*.example/back", False, False),
        ("javascript:alert(1)", False, False),
        ("myapp://back", False, False),
        ("https://[", False, False),
    ],
)
def test_addresses_that_people_may_be_sent_to(uri, in_test, in_live):
    assert is_safe_address(uri, livemode=False) is in_test
    assert is_safe_address(uri, livemode=True) is in_live


def test_the_type_of_assertion_is_the_standards():
    assert TYPE == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
