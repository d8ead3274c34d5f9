"""Codes and refresh tokens are their client's, and each token is bound to a key.

The ids begin with the modules of the conformance plan whose intent a case has.
"""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Account, ApiKey, OAuthApplication, OAuthGrant, OAuthRefreshToken
from connect.oauth.services import fapi_tokens, oauth
from core.tenant import Tenant
from tests.connect.test_oauth import address, agree, an_application
from tests.factories import a_platform, now
from tests.fapi.steps import BACK, SCOPE, SITE, VERIFIER, a_key, an_app, an_owner, error_of
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db

TOKEN = SITE + "/oauth2/token"


def case(module, name, error="invalid_grant", **params):
    return pytest.param(params, error, id=f"{module}: {name}")


@pytest.mark.parametrize(
    ("params", "error"),
    [
        case("ensure-authorization-code", "none", code=...),
        case("ensure-authorization-code", "unknown", code="x" * 43),
        case("ensure-authorization-code", "surrounded", code=" x "),
        case("ensure-pkce-required", "none", code_verifier=...),
        case("ensure-pkce-required", "wrong", code_verifier="w" * 43),
        case("ensure-pkce-required", "prefix", code_verifier=VERIFIER[:42]),
        case("ensure-redirect-uri-in-token-request", "none", redirect_uri=...),
        case("ensure-redirect-uri-in-token-request", "other", redirect_uri=BACK + "2"),
        case("ensure-grant-type", "none", "unsupported_grant_type", grant_type=...),
        case("ensure-grant-type", "password", "unsupported_grant_type", grant_type="password"),
        case("ensure-grant-type", "implicit", "unsupported_grant_type", grant_type="implicit"),
        case(
            "ensure-grant-type",
            "client-credentials",
            "unsupported_grant_type",
            grant_type="client_credentials",
        ),
        case("ensure-grant-type", "refresh-without-token", grant_type="refresh_token"),
        case("token-parameters", "twice", "invalid_request", code_verifier=[VERIFIER, VERIFIER]),
    ],
)
def test_a_code_gives_nothing(params, error):
    app = an_app(a_platform())
    code = app.code(an_owner(a_platform()))

    refused = app.token(**({"code": code} | params))

    assert error_of(refused) == (400, error)
    assert not ApiKey.objects.exclude(dpop_jkt=None).exists()
    if error != "invalid_request":
        # Nobody has lost the code by somebody else's mistake.
        assert app.token(code=code).status_code == 200


def test_ensure_authorization_code_is_bound_to_client():
    platform = a_platform()
    app, other = an_app(platform), an_app(platform)
    code = app.code(an_owner(a_platform()))

    assert error_of(other.token(code=code)) == (400, "invalid_grant")
    assert app.token(code=code).status_code == 200


def test_ensure_authorization_code_lasts_a_minute():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    issued = app.code(browser)
    grant = OAuthGrant.objects.get()
    assert grant.expires - grant.created < timedelta(seconds=61)

    OAuthGrant.objects.update(expires=now() - timedelta(seconds=1))

    assert error_of(app.token(code=issued)) == (400, "invalid_grant")


def test_attempt_reuse_authorization_code_ends_what_it_gave():
    app = an_app(a_platform())
    code = app.code(an_owner(a_platform()))
    issued = app.token(code=code).json()
    assert app.get("/v1/balance", issued["access_token"]).status_code == 200

    assert error_of(app.token(code=code)) == (400, "invalid_grant")

    assert app.get("/v1/balance", issued["access_token"]).status_code == 401
    again = app.token(refresh_token=issued["refresh_token"])
    assert error_of(again) == (400, "invalid_grant")


@pytest.mark.django_db(transaction=True)
def test_of_eight_redemptions_at_once_at_most_one_wins():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    for _ in range(5):
        params = {"code": app.code(browser), "redirect_uri": BACK, "code_verifier": VERIFIER}

        def redeem(params=params):
            return fapi_tokens.redeem(
                application=app.row, params=params, thumbprint=app.dpop.thumbprint(), at=now()
            )

        results = together(*[redeem] * 8)
        assert sum(isinstance(one, fapi_tokens.Issued) for one in results) == 1, results
    # Seven of eight came again: what the first was given has ended.
    assert not OAuthRefreshToken.objects.filter(revoked=None).exists()


def test_dpop_authorization_code_is_bound_to_the_key_of_the_push():
    app, browser, other = an_app(a_platform()), an_owner(a_platform()), a_key()
    by_proof = app.code(browser, proof=app.proof(SITE + "/oauth2/par"))
    by_name = app.code(browser, dpop_jkt=app.dpop.thumbprint())

    for code in (by_proof, by_name):
        stolen = app.token(app.proof(TOKEN, by=other), code=code)
        assert error_of(stolen) == (400, "invalid_grant")
        assert app.token(code=code).status_code == 200


def test_refresh_tokens_are_not_rotated_and_give_tokens_for_the_key_of_the_proof():
    app = an_app(a_platform())
    first = app.token(code=app.code(an_owner(a_platform()))).json()
    old_key, app.dpop = app.dpop, a_key()

    second = app.token(refresh_token=first["refresh_token"]).json()
    third = app.token(refresh_token=first["refresh_token"]).json()

    assert first["refresh_token"] == second["refresh_token"] == third["refresh_token"]
    assert app.get("/v1/balance", second["access_token"]).status_code == 200
    assert app.get("/v1/balance", first["access_token"]).status_code == 401
    app.dpop = old_key
    assert app.get("/v1/balance", first["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("scope", "status", "error"),
    [
        ("balance.read", 200, ""),
        (SCOPE, 200, ""),
        ("balance.read charges.read", 400, "invalid_scope"),
        ("everything", 400, "invalid_scope"),
        (" ", 400, "invalid_scope"),
    ],
)
def test_a_refresh_gives_no_more_than_was_agreed_to(scope, status, error):
    app = an_app(a_platform())
    first = app.token(code=app.code(an_owner(a_platform()))).json()

    answer = app.token(refresh_token=first["refresh_token"], scope=scope)

    if error:
        assert error_of(answer) == (status, error)
    else:
        token = answer.json()["access_token"]
        assert answer.json()["scope"] == scope
        seen = app.get("/v1/balance_transactions", token).status_code
        assert seen == (200 if "balance_transactions" in scope else 403)


def test_refresh_token_of_another_client_fails():
    platform = a_platform()
    app, other = an_app(platform), an_app(platform)
    text = app.token(code=app.code(an_owner(a_platform()))).json()["refresh_token"]

    assert error_of(other.token(refresh_token=text)) == (400, "invalid_grant")
    assert error_of(app.token(refresh_token=text + "x")) == (400, "invalid_grant")
    assert error_of(app.token(None, refresh_token=text)) == (400, "invalid_dpop_proof")
    assert app.token(refresh_token=text).status_code == 200


def test_a_token_ends_after_half_an_hour():
    app = an_app(a_platform())
    token = app.token(code=app.code(an_owner(a_platform()))).json()["access_token"]

    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        ApiKey.objects.exclude(dpop_jkt=None).update(expires_at=now() - timedelta(minutes=40))
        refused = app.get("/v1/balance", token)

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "api_key_expired")


def test_the_mode_of_a_token_is_that_of_the_client():
    account = a_platform()
    app = an_app(a_platform(), livemode=True)
    token = app.token(code=app.code(an_owner(account))).json()["access_token"]

    assert token.startswith("rk_live_")
    key = ApiKey.objects.exclude(dpop_jkt=None).get()
    assert key.tenant == Tenant(account.account_id, livemode=True)


def test_a_closed_account_gives_no_more_tokens():
    account = a_platform()
    app = an_app(a_platform())
    browser = an_owner(account)
    code = app.code(browser)
    text = app.token(code=app.code(browser)).json()["refresh_token"]

    Account.objects.filter(id=account.account_id).update(closed_at=now())

    assert error_of(app.token(code=code)) == (400, "invalid_grant")
    assert error_of(app.token(refresh_token=text)) == (400, "invalid_grant")


def test_introspection_tells_a_client_of_its_own_tokens_alone():
    platform, account = a_platform(), a_platform()
    app, other = an_app(platform), an_app(platform)
    issued = app.token(code=app.code(an_owner(account))).json()

    def ask(who, token):
        return who.send("/oauth2/introspect", {"token": token}).json()

    told = ask(app, issued["access_token"])
    assert told["active"] is True
    assert told["cnf"] == {"jkt": app.dpop.thumbprint()}
    assert (told["scope"], told["sub"]) == (SCOPE, account.account_id)
    assert told["client_id"] == app.row.client_id
    assert ask(app, issued["refresh_token"])["scope"] == SCOPE
    for token in (issued["access_token"], issued["refresh_token"]):
        assert ask(other, token) == {"active": False}
    assert ask(app, "rk_test_x") == {"active": False}
    assert error_of(app.send("/oauth2/introspect")) == (400, "invalid_request")


def test_revocation_ends_a_clients_own_tokens_alone():
    platform = a_platform()
    app, other = an_app(platform), an_app(platform)
    browser = an_owner(a_platform())
    issued = app.token(code=app.code(browser)).json()
    token, refresh = issued["access_token"], issued["refresh_token"]

    def end(who, text):
        assert who.send("/oauth2/revoke", {"token": text}).status_code == 200

    for text in (token, refresh, "unknown"):
        end(other, text)
    assert app.get("/v1/balance", token).status_code == 200
    end(app, token)
    end(app, token)
    assert app.get("/v1/balance", token).status_code == 401
    assert app.send("/oauth2/introspect", {"token": token}).json() == {"active": False}
    second = app.token(refresh_token=refresh).json()["access_token"]
    end(app, refresh)
    assert app.get("/v1/balance", second).status_code == 401
    assert error_of(app.token(refresh_token=refresh)) == (400, "invalid_grant")
    assert error_of(app.send("/oauth2/revoke")) == (400, "invalid_request")


def test_connects_consents_leave_those_of_fapi_as_they_were():
    platform, account = a_platform(), a_platform()
    app, browser = an_app(platform), an_owner(account)
    issued = app.token(code=app.code(browser)).json()
    code = agree(browser, address(an_application(platform), scope="read_only"))["code"]
    oauth.redeem(platform=platform, code=code, at=now())

    key = ApiKey.objects.exclude(dpop_jkt=None).get()
    assert key.permissions == {"balance": "read", "balance_transactions": "read"}
    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())

    assert app.token(refresh_token=issued["refresh_token"]).status_code == 200


def test_nothing_secret_is_kept_as_text():
    app = an_app(a_platform())
    code = app.code(an_owner(a_platform()))
    issued = app.token(code=code).json()

    rows = [
        *OAuthGrant.objects.values(),
        *OAuthRefreshToken.objects.values(),
        *ApiKey.objects.values(),
        *OAuthApplication.objects.values(),
    ]
    for text in (code, issued["refresh_token"], issued["access_token"]):
        assert text not in str(rows)
