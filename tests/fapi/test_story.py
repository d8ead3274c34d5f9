"""A budget app reads what an owner shares, through FAPI 2.0, and loses it when that ends."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import ApiKey, AuditEvent, Connection
from accounts.services import api_keys
from connect.oauth.services import containment
from tests.factories import a_key as an_api_key
from tests.factories import a_paid_intent, a_platform, now
from tests.fapi.steps import (
    BACK,
    ISSUER,
    SCOPE,
    SITE,
    a_key,
    an_app,
    an_owner,
    answer,
    decide,
    error_of,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("alg", ["ES256", "PS256", "Ed25519", "EdDSA"])
def test_an_owner_agrees_and_the_app_reads_that_and_no_more(alg):
    platform, account = a_platform(), a_platform()
    a_paid_intent(account)
    app, browser = an_app(platform, alg), an_owner(account)
    pushed = app.push()
    assert (pushed.status_code, pushed.json()["expires_in"]) == (201, 90)

    back = decide(browser, app.page(pushed.json()["request_uri"]))

    assert (back["state"], back["iss"]) == ("s1", ISSUER)
    issued = app.token(code=back["code"]).json()
    assert (issued["token_type"], issued["expires_in"]) == ("DPoP", 1800)
    assert (issued["scope"], issued["account_id"]) == (SCOPE, account.account_id)
    token = issued["access_token"]
    balance = app.get("/v1/balance", token)
    assert balance.status_code == 200
    assert balance.json()["pending"][0]["amount"] == 9_680
    assert len(app.get("/v1/balance_transactions?limit=3", token).json()["data"]) == 1
    for path in ("/v1/charges", "/v1/customers", "/v1/events", "/v1/account", "/v1/payouts"):
        assert app.get(path, token).status_code == 403, path
    # Its platform's own key reaches nothing: only who has the app's key does.
    assert not Connection.objects.exists()
    acting = {"Authorization": f"Bearer {an_api_key(platform)}"}
    acting["Stripe-Account"] = account.account_id
    assert Client().get("/v1/balance", headers=acting).status_code == 403


def test_a_token_changes_nothing():
    platform, account = a_platform(), a_platform()
    app = an_app(platform)
    token = app.token(code=app.code(an_owner(account))).json()["access_token"]
    proof = app.proof(SITE + "/v1/customers", token=token)

    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    refused = Client().post("/v1/customers", {}, headers=headers)

    assert refused.status_code == 403


def test_an_owner_sees_what_it_shares_and_ends_it():
    platform, account = a_platform(), a_platform()
    app, browser = an_app(platform), an_owner(account)
    issued = app.token(code=app.code(browser)).json()
    stranger = an_owner(a_platform(), email="eve@example.com")
    page = browser.get("/oauth/shared").content.decode()
    assert "Shut out Budget" in page
    assert "see: Your balance" in page
    assert "Shut out" not in stranger.get("/oauth/shared").content.decode()
    consent = {"consent": page.split('name="consent" value="')[1].split('"')[0]}

    stranger.post("/oauth/shared", consent)
    assert app.get("/v1/balance", issued["access_token"]).status_code == 200
    browser.post("/oauth/shared", consent)

    assert "None." in browser.get("/oauth/shared").content.decode()
    assert app.get("/v1/balance", issued["access_token"]).status_code == 401
    again = app.token(refresh_token=issued["refresh_token"])
    assert error_of(again) == (400, "invalid_grant")
    actions = AuditEvent.objects.filter(action__startswith="oauth_consent")
    assert sorted(actions.values_list("action", flat=True)) == [
        "oauth_consent.ended",
        "oauth_consent.given",
    ]


def test_who_does_not_share_sends_the_app_back_with_a_no_and_the_issuer():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    url = app.page(app.push().json()["request_uri"])

    back = decide(browser, url, allow=False)

    assert (back["error"], back["state"], back["iss"]) == ("access_denied", "s1", ISSUER)
    assert "code" not in back


def test_who_has_several_accounts_chooses_one_of_its_own():
    first, second = a_platform(), a_platform()
    app, browser = an_app(a_platform()), an_owner(first, second)
    url = app.page(app.push().json()["request_uri"])
    for wrong in ("", a_platform().account_id):
        refused = answer(browser, url, account=wrong)
        assert "Choose the account" in refused.content.decode()

    code = decide(browser, url, account=second.account_id)["code"]

    assert app.token(code=code).json()["account_id"] == second.account_id


def test_the_page_names_what_is_shared_and_leads_nowhere_else():
    app, browser = an_app(a_platform()), an_owner(a_platform())

    page = browser.get(app.page(app.push().json()["request_uri"]))

    text = page.content.decode()
    for words in ("Budget wants to see your account", "see: Your balance", "see anything else"):
        assert words in text, words
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://budget.example.com;" in policy
    assert "frame-ancestors 'none'" in policy
    assert BACK not in text


def test_a_rolled_token_stays_bound():
    platform, account = a_platform(), a_platform()
    app = an_app(platform)
    app.token(code=app.code(an_owner(account)))
    key = ApiKey.objects.exclude(dpop_jkt=None).get()

    _, text = api_keys.roll(key=key, expires_in=timedelta(0), at=now())

    assert app.get("/v1/balance", text, scheme="Bearer").status_code == 401
    assert app.get("/v1/balance", text).status_code == 200


def test_a_key_of_ones_own_needs_no_proof_and_takes_none():
    platform = a_platform()
    key, app = an_api_key(platform), an_app(platform)

    assert app.get("/v1/balance", key, scheme="Bearer", proof=None).status_code == 200
    assert app.get("/v1/balance", key).status_code == 401


@pytest.mark.attacks
def test_stolen_tokens_open_nothing():
    platform, account = a_platform(), a_platform()
    app, thief = an_app(platform), a_key()
    token = app.token(code=app.code(an_owner(account))).json()["access_token"]
    url = SITE + "/v1/balance"
    seen = app.proof(url, "GET", token=token)
    assert app.get("/v1/balance", token, proof=seen).status_code == 200

    for proof in [seen, None, *(app.proof(url, "GET", token=token, by=thief) for _ in range(20))]:
        for scheme in ("DPoP", "Bearer", "Basic"):
            assert app.get("/v1/balance", token, scheme=scheme, proof=proof).status_code == 401


def test_who_runs_it_ends_all_that_a_client_was_given():
    app, browser = an_app(a_platform()), an_owner(a_platform())
    issued, code = app.token(code=app.code(browser)).json(), app.code(browser)

    count = containment.end_tokens(app.row.client_id, reason="Its key has leaked.", at=now())

    assert count == 1
    assert app.get("/v1/balance", issued["access_token"]).status_code == 401
    again = app.token(refresh_token=issued["refresh_token"])
    assert error_of(again) == (400, "invalid_grant")
    assert error_of(app.token(code=code)) == (400, "invalid_grant")
