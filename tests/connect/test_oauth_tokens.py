"""Codes and tokens of OAuth are of no use to whoever steals them."""

import base64
import hashlib
from datetime import timedelta

import pytest

from accounts.models import ApiKey, OAuthGrant, OAuthRefreshToken
from connect.oauth.services import oauth
from connect.oauth.services.oauth import OAuthError
from tests.connect.test_oauth import (
    BACK,
    a_person,
    address,
    agree,
    an_application,
    ask,
    connected,
    get,
)
from tests.connect.test_oauth_bounds import call
from tests.factories import a_key, a_platform, now
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]


def refreshed(platform, token, **details):
    wanted = {"scope": None, "at": now()} | details
    return oauth.refresh(platform=platform, refresh_token=token, **wanted)


def test_a_refresh_token_that_comes_again_ends_its_family():
    platform, account = a_platform(), a_platform()
    first = connected(platform, account, resources=["*", "webhook_endpoints"])
    second = refreshed(platform, first["refresh_token"])
    params = {"url": "https://example.com/", "enabled_events": ["*"]}
    made = call(second.access_token, "post", "webhook_endpoints", params).json()["id"]
    assert get("balance", second.access_token) == 200

    with pytest.raises(OAuthError, match="was revoked"):
        refreshed(platform, first["refresh_token"], at=now() + MINUTE)

    with pytest.raises(OAuthError, match="was revoked"):
        refreshed(platform, second.refresh_token, at=now() + MINUTE)
    keys = ApiKey.objects.filter(platform_id=platform.account_id, kind="restricted")
    assert {key.expires_at is not None for key in keys} == {True}
    assert Endpoint.objects.get(id=made).deleted_at is not None


def test_a_client_that_sends_a_refresh_token_twice_at_once_loses_nothing():
    platform, account = a_platform(), a_platform()
    first = connected(platform, account)
    second = refreshed(platform, first["refresh_token"])

    with pytest.raises(OAuthError, match="was revoked"):
        refreshed(platform, first["refresh_token"], at=now() + timedelta(seconds=10))

    assert get("balance", second.access_token) == 200
    assert refreshed(platform, second.refresh_token).access_token


def test_an_old_token_of_another_consent_ends_nothing_of_this_one():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)

    def a_token():
        code = agree(browser, address(application, scope="read_write"))["code"]
        return oauth.redeem(platform=platform, code=code, at=now())

    old = a_token()
    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())
    new = a_token()

    with pytest.raises(OAuthError):
        refreshed(platform, old.refresh_token, at=now() + MINUTE)

    assert get("balance", new.access_token) == 200


def test_another_platform_ends_nothing_with_a_token_that_it_has_found():
    platform, account = a_platform(), a_platform()
    first = connected(platform, account)
    second = refreshed(platform, first["refresh_token"])

    with pytest.raises(OAuthError):
        refreshed(a_platform(), first["refresh_token"], at=now() + MINUTE)

    assert get("balance", second.access_token) == 200


def test_keys_end_where_an_application_wants_that_and_are_refreshed():
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, key_lifetime_seconds=1_800)
    row = ApiKey.objects.exclude(kind="publishable").get(platform_id=platform.account_id)

    assert token["expires_in"] == 1_800
    assert abs(row.expires_at - now() - timedelta(minutes=30)) < MINUTE
    assert get("balance", token["access_token"]) == 200
    ApiKey.objects.filter(id=row.id).update(expires_at=now())
    assert get("balance", token["access_token"]) == 401
    fresh = ask(
        "/oauth/token",
        a_key(platform),
        grant_type="refresh_token",
        refresh_token=token["refresh_token"],
    ).json()
    assert fresh["expires_in"] == 1_800
    assert get("balance", fresh["access_token"]) == 200


def test_keys_of_the_wire_do_not_end_by_themselves():
    tokens = connected(a_platform(), a_platform())

    assert "expires_in" not in tokens
    keys = ApiKey.objects.filter(name="OAuth: Budget")
    assert [key.expires_at for key in keys] == [None]
    assert OAuthRefreshToken.objects.get().token != tokens["refresh_token"]


@pytest.mark.parametrize("more", [{"code_challenge_method": "plain"}, {}])
def test_a_plain_challenge_is_refused(more):
    platform, account = a_platform(), a_platform()
    application = an_application(platform)
    asked = {
        "client_id": application.client_id,
        "response_type": "code",
        "scope": "read_write",
        "code_challenge": VERIFIER,
    } | more

    answer = a_person(account).get("/oauth/authorize", asked)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{BACK}?error=invalid_request")
    assert not OAuthGrant.objects.exists()


@pytest.mark.parametrize("params", [{}, {"code_verifier": ""}, {"code_verifier": "w" * 43}])
def test_a_code_of_a_link_with_a_challenge_takes_its_verifier(params):
    platform, account = a_platform(), a_platform()
    url = address(an_application(platform), code_challenge=CHALLENGE, code_challenge_method="S256")
    code = agree(a_person(account), url)["code"]

    refused = ask(
        "/oauth/token", a_key(platform), grant_type="authorization_code", code=code, **params
    )

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    right = ask(
        "/oauth/token",
        a_key(platform),
        grant_type="authorization_code",
        code=code,
        code_verifier=VERIFIER,
    )
    assert right.status_code == 200


def test_a_verifier_for_a_link_whose_challenge_was_dropped_is_refused():
    platform, account = a_platform(), a_platform()
    code = agree(a_person(account), address(an_application(platform)))["code"]

    refused = ask(
        "/oauth/token",
        a_key(platform),
        grant_type="authorization_code",
        code=code,
        code_verifier=VERIFIER,
    )

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert "without a code_challenge" in refused.json()["error_description"]


def test_who_is_sent_back_can_tell_who_has_sent_it():
    back = agree(a_person(a_platform()), address(an_application(a_platform())))

    assert back["iss"].startswith("http")
