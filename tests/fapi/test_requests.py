"""Requests are pushed whole, and what was pushed is what an owner sees and agrees to.

The ids begin with the modules of the conformance plan whose intent a case has.
"""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from accounts.models import OAuthGrant, OAuthPushedRequest
from tests.connect.test_oauth import address, an_application
from tests.factories import a_key as an_api_key
from tests.factories import a_platform, now
from tests.fapi.steps import (
    BACK,
    ISSUER,
    SCOPE,
    VERIFIER,
    a_key,
    an_app,
    an_owner,
    answer,
    challenge_of,
    decide,
    error_of,
    hidden_in,
)
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db


def case(module, name, error="invalid_request", **params):
    return pytest.param(params, error, id=f"{module}: {name}")


@pytest.mark.parametrize(
    ("params", "error"),
    [
        case("par-with-request-uri-fails", "own", request_uri="urn:x"),
        case("par-with-request-object-fails", "own", request="a.b.c"),
        case("ensure-redirect-uri-in-authorization-request", "none", redirect_uri=...),
        case("ensure-registered-redirect-uri", "elsewhere", redirect_uri="https://e.example/"),
        case("ensure-registered-redirect-uri", "longer", redirect_uri=BACK + "/more"),
        case("ensure-registered-redirect-uri", "query", redirect_uri=BACK + "?a=b"),
        case("ensure-registered-redirect-uri", "case", redirect_uri=BACK.replace("back", "Back")),
        case("ensure-response-type-code", "none", "unsupported_response_type", response_type=...),
        case(
            "ensure-response-type-code", "token", "unsupported_response_type", response_type="token"
        ),
        case(
            "ensure-response-type-code",
            "idtoken",
            "unsupported_response_type",
            response_type="code id_token",
        ),
        case("ensure-response-mode", "fragment", response_mode="fragment"),
        case("ensure-response-mode", "form", response_mode="form_post"),
        case("par-without-pkce-fails", "none", code_challenge=..., code_challenge_method=...),
        case("par-without-pkce-fails", "no-challenge", code_challenge=...),
        case("par-plain-pkce-rejected", "plain", code_challenge_method="plain"),
        case("par-plain-pkce-rejected", "default", code_challenge_method=...),
        case("par-plain-pkce-rejected", "short", code_challenge="short"),
        case("par-plain-pkce-rejected", "padded", code_challenge="A" * 43 + "="),
        case("par-scope", "none", "invalid_scope", scope=...),
        case("par-scope", "unknown", "invalid_scope", scope="everything"),
        case("par-scope", "openid", "invalid_scope", scope="openid balance.read"),
        case("par-scope", "one-unknown", "invalid_scope", scope="balance.read x.read"),
        case("par-scope", "writes", "invalid_scope", scope="balance.write"),
        case("par-scope", "stands-apart", "invalid_scope", scope="external_accounts.read"),
        case("par-scope", "two-spaces", "invalid_scope", scope="balance.read  charges.read"),
        case("par-state", "longer-than-2000", state="s" * 2001),
        case("dpop-jkt", "no-thumbprint", dpop_jkt="short"),
        case("par-parameters", "twice", state=["a", "b"]),
        case("par-parameters", "scope-twice", scope=["balance.read", "balance.read"]),
    ],
)
def test_a_push_that_is_not_kept(params, error):
    refused = an_app(a_platform()).push(**params)

    assert error_of(refused) == (400, error)
    assert not OAuthPushedRequest.objects.exists()


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"state": "s" * 1100}, id="state: 1,100 characters"),
        pytest.param({"nonce": "n" * 64}, id="nonce: 64 characters"),
        pytest.param({"state": "a b&c=é/?#%"}, id="state: characters of addresses"),
        pytest.param({"prompt": "login", "foo": "bar"}, id="what is not known has no effect"),
        pytest.param({"response_mode": "query"}, id="response mode: query"),
        pytest.param({"scope": "charges.read"}, id="scope: one"),
    ],
)
def test_a_push_that_is_kept_comes_back_whole(params):
    app, browser = an_app(a_platform()), an_owner(a_platform())

    back = decide(browser, app.page(app.push(**params).json()["request_uri"]))

    assert back["state"] == params.get("state", "s1")
    assert set(back) == {"code", "state", "iss"}


def test_without_a_state_none_comes_back():
    app, browser = an_app(a_platform()), an_owner(a_platform())

    assert "state" not in decide(browser, app.page(app.push(state=...).json()["request_uri"]))


def test_a_client_asks_for_no_more_than_it_was_registered_for():
    app = an_app(a_platform(), resources=["balance"])

    assert app.push(scope="balance.read").status_code == 201
    assert error_of(app.push(scope=SCOPE)) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "more",
    [
        {"scope": "charges.read"},
        {"redirect_uri": "https://evil.example/"},
        {"state": "other"},
        {"code_challenge": challenge_of("w" * 43)},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
    ids=lambda more: "par-tampering: " + next(iter(more)),
)
def test_what_the_address_or_the_form_says_besides_has_no_effect(more):
    platform, account = a_platform(), a_platform()
    app, browser = an_app(platform), an_owner(account)
    url = app.page(app.push().json()["request_uri"], **more)

    back = decide(browser, url, **more)

    assert (back["state"], back["iss"]) == ("s1", ISSUER)
    grant = OAuthGrant.objects.get()
    assert (grant.scope, grant.redirect_uri) == (SCOPE, BACK)
    assert grant.code_challenge == challenge_of(VERIFIER)
    assert app.token(code=back["code"]).json()["scope"] == SCOPE


@pytest.mark.parametrize("missing", ["client_id", "request_uri", "both", "twice", "nul"])
def test_a_page_without_a_pushed_request_shows_nothing(missing):
    app, browser = an_app(a_platform()), an_owner(a_platform())
    pushed = {"client_id": app.row.client_id, "request_uri": app.push().json()["request_uri"]}
    query = {
        "both": {"response_type": "code", "redirect_uri": BACK, "scope": SCOPE},
        "twice": pushed | {"client_id": [app.row.client_id] * 2},
        "nul": pushed | {"request_uri": "a\0b"},
    }.get(missing) or {name: one for name, one in pushed.items() if name != missing}

    page = browser.get("/oauth2/authorize?" + urlencode(query, doseq=True))

    assert page.status_code == 400
    assert "This link does not work" in page.content.decode()


def test_par_ensure_request_uri_is_bound_to_client():
    app, other, browser = an_app(a_platform()), an_app(a_platform()), an_owner(a_platform())
    reference = app.push().json()["request_uri"]

    assert browser.get(other.page(reference)).status_code == 400
    assert browser.get(app.page(reference)).status_code == 200


def test_par_attempt_to_reuse_request_uri():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    for allow in (True, False):
        url = app.page(app.push().json()["request_uri"])
        hidden = hidden_in(browser.get(url))
        decide(browser, url, allow=allow)
        assert browser.get(url).status_code == 400
        again = browser.post("/oauth2/authorize", hidden | {"allow": "true"})
        assert again.status_code == 400
    assert OAuthGrant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_four_decisions_on_one_request_at_once_one_counts():
    app, account = an_app(a_platform()), a_platform()
    browsers = [an_owner(account, email=f"{n}@example.com") for n in range(4)]
    url = app.page(app.push().json()["request_uri"])
    forms = [hidden_in(one.get(url)) | {"allow": "true"} for one in browsers]

    results = together(
        *[
            lambda one=one, form=form: one.post("/oauth2/authorize", form).status_code
            for one, form in zip(browsers, forms, strict=True)
        ]
    )

    assert sorted(results) == [303, 400, 400, 400]
    assert OAuthGrant.objects.count() == 1


def test_par_ensure_request_uri_expires():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    late, opened = (app.page(app.push().json()["request_uri"]) for _ in range(2))
    # Who isn't logged in has opened it too, and has time to.
    assert Client().get(opened).status_code == 302
    with time_machine.travel(now() + timedelta(seconds=91), tick=False):
        assert browser.get(late).status_code == 400
        form = hidden_in(browser.get(opened)) | {"allow": "true"}
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert browser.post("/oauth2/authorize", form).status_code == 400


def test_a_clients_requests_of_long_ago_are_forgotten():
    app = an_app(a_platform())
    app.push()
    OAuthPushedRequest.objects.update(expires_at=now() - timedelta(hours=2))

    app.push()

    assert OAuthPushedRequest.objects.count() == 1


def test_only_the_digest_of_a_reference_is_kept():
    reference = an_app(a_platform()).push().json()["request_uri"]

    row = OAuthPushedRequest.objects.get()
    assert reference.startswith("urn:ietf:params:oauth:request_uri:")
    assert len(reference) - len("urn:ietf:params:oauth:request_uri:") == 43
    assert reference[-43:] not in str(row.__dict__)


def test_a_form_of_somebody_else_decides_nothing():
    account = a_platform()
    app, browser = an_app(a_platform()), an_owner(account)
    other = an_owner(account, email="eve@example.com")
    url = app.page(app.push().json()["request_uri"])
    form = hidden_in(browser.get(url)) | {"allow": "true"}

    assert other.post("/oauth2/authorize", form).status_code == 409
    assert Client().post("/oauth2/authorize", form)["Location"].startswith("/login/")
    assert Client(enforce_csrf_checks=True).post("/oauth2/authorize", form).status_code == 403
    assert not OAuthGrant.objects.exists()


def test_who_owns_no_account_shares_none():
    app, browser = an_app(a_platform()), an_owner()
    url = app.page(app.push().json()["request_uri"])

    assert "You have no account to share" in browser.get(url).content.decode()
    refused = browser.post("/oauth2/authorize", {"allow": "true"})
    assert refused.status_code == 400


def test_the_browser_is_sent_back_by_303_alone():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    for allow in (True, False):
        back = answer(browser, app.page(app.push().json()["request_uri"]), allow=allow)
        assert back.status_code == 303
        assert back["Cache-Control"] == "no-store"
        assert back["Referrer-Policy"] == "same-origin"


def test_connects_page_shows_no_client_of_fapi_and_the_other_way_round():
    platform, account = a_platform(), a_platform()
    app, browser = an_app(platform), an_owner(account)
    connect = an_application(platform)
    query = urlencode(
        {"client_id": app.row.client_id, "response_type": "code", "scope": "read_only"}
    )

    assert browser.get(f"/oauth/authorize?{query}").status_code == 400
    reference = app.push().json()["request_uri"]
    assert (
        browser.get(
            "/oauth2/authorize?"
            + urlencode({"client_id": connect.client_id, "request_uri": reference})
        ).status_code
        == 400
    )
    assert browser.get(address(connect)).status_code == 200


def test_a_code_or_refresh_token_of_fapi_is_nothing_at_connects_endpoint():
    platform, account = a_platform(), a_platform()
    app, browser = an_app(platform), an_owner(account)
    an_application(platform)
    key, code = an_api_key(platform), app.code(browser)

    def ask(**params):
        return Client().post("/oauth/token", params, headers={"Authorization": f"Bearer {key}"})

    as_code = ask(grant_type="authorization_code", code=code, code_verifier=VERIFIER)
    assert (as_code.status_code, as_code.json()["error"]) == (400, "invalid_grant")
    refresh = app.token(code=code).json()["refresh_token"]
    as_refresh = ask(grant_type="refresh_token", refresh_token=refresh)
    assert (as_refresh.status_code, as_refresh.json()["error"]) == (400, "invalid_grant")


def test_dpop_jkt_in_the_push_must_be_that_of_the_proof():
    app = an_app(a_platform())
    proof = app.proof("http://testserver/oauth2/par")

    assert error_of(app.push(proof=proof, dpop_jkt=a_key().thumbprint())) == (
        400,
        "invalid_request",
    )
    proof = app.proof("http://testserver/oauth2/par")
    assert app.push(proof=proof, dpop_jkt=app.dpop.thumbprint()).status_code == 201


def test_the_metadata_list_what_is_taken_and_no_more():
    told = Client().get("/.well-known/oauth-authorization-server").json()

    assert told["issuer"] == ISSUER
    assert told["require_pushed_authorization_requests"] is True
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    for name in (
        "dpop_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ):
        assert told[name] == ["PS256", "ES256", "Ed25519", "EdDSA"]
    app = an_app(a_platform())
    for scope in told["scopes_supported"]:
        assert app.push(scope=scope).status_code == 201, scope
