"""Accounts are connected to platforms by OAuth, and platforms get what was agreed on."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe
from django.test import Client

from accounts.models import ApiKey, Connection, Membership, OAuthApplication, OAuthGrant, User
from connect.oauth.services import oauth
from connect.oauth.services.oauth import OAuthError
from core.tenant import Tenant
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.soak import times
from tests.survival.test_ledger_faults import together
from tests.webhooks.steps import relayed
from webhooks.models import Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db

BACK = "https://budget.example.com/back"


def an_application(platform, **details) -> OAuthApplication:
    return OAuthApplication.objects.create(
        account_id=platform.account_id,
        livemode=False,
        name="Budget",
        client_id="ca_" + platform.account_id.removeprefix("acct_"),
        redirect_uris=BACK,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        **details,
    )


def a_person(*accounts: Tenant) -> Client:
    person = User.objects.create_user("ada@example.com", "secret")
    for account in accounts:
        Membership.objects.create(user=person, account_id=account.account_id, role="owner")
    client = Client()
    client.force_login(person)
    return client


def address(application, **more) -> str:
    stripe.client_id = None
    url = stripe.OAuth.authorize_url(client_id=application.client_id, **more)
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def agree(browser, url, *, allow=True, account="") -> dict[str, str]:
    """Fill the page in as a browser does, and return what the platform is sent back with."""
    page = browser.get(url)
    assert page.status_code == 200, page.content
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    )
    params = (
        hidden | ({"allow": "true"} if allow else {}) | ({"account": account} if account else {})
    )
    answer = browser.post(url.partition("?")[0], params)
    assert answer.status_code == 302, answer.content
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert answer["Location"].startswith(BACK)
    return {name: values[0] for name, values in query.items()}


def hidden_in(page) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    return dict(fields)


def ask(path, key, **params):
    return Client().post(path, params, headers={"Authorization": f"Bearer {key}"})


def connected(platform, account, scope="read_write", **details):
    application = an_application(platform, **details)
    code = agree(a_person(account), address(application, scope=scope))["code"]
    answer = ask("/oauth/token", a_key(platform), grant_type="authorization_code", code=code)
    assert answer.status_code == 200, answer.content
    return answer.json()


def get(path, key, **headers) -> int:
    more = {"Authorization": f"Bearer {key}"} | headers
    return Client().get(f"/v1/{path}", headers=more).status_code


def test_an_owner_agrees_and_the_platform_gets_a_key():
    platform, account = a_platform(), a_platform()
    application = an_application(platform)

    back = agree(a_person(account), address(application, scope="read_write", state="s1"))

    assert (back["state"], back["scope"]) == ("s1", "read_write")
    answer = ask(
        "/oauth/token", a_key(platform), grant_type="authorization_code", code=back["code"]
    )
    token = answer.json()
    assert token["stripe_user_id"] == account.account_id
    assert (token["token_type"], token["livemode"], token["scope"]) == (
        "bearer",
        False,
        "read_write",
    )
    assert token["access_token"].startswith("sk_test_")
    assert token["stripe_publishable_key"].startswith("pk_test_")
    assert get("balance", token["access_token"]) == 200
    assert get("balance", a_key(platform), **{"Stripe-Account": account.account_id}) == 200
    created = Client().post(
        "/v1/customers",
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token['access_token']}"},
    )
    assert created.status_code == 200


def test_read_only_sees_and_changes_nothing():
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, "read_only")
    acting = {"Stripe-Account": account.account_id}
    key = a_key(platform)

    assert get("balance", token["access_token"]) == 200
    assert get("balance", key, **acting) == 200
    for who, headers in ((token["access_token"], {}), (key, acting)):
        answer = Client().post(
            "/v1/customers",
            {},
            content_type="application/json",
            headers={"Authorization": f"Bearer {who}"} | headers,
        )
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "more_permissions_required"
    assert token["scope"] == "read_only"


def test_the_budget_app_reads_a_balance_and_its_transactions_and_nothing_else():
    platform, account = a_platform(), a_platform()
    a_paid_intent(account)
    token = connected(platform, account, "read_only", resources=["balance", "balance_transactions"])
    key, acting = token["access_token"], {"Stripe-Account": account.account_id}

    for who, headers in ((key, {}), (a_key(platform), acting)):
        assert get("balance", who, **headers) == 200
        assert get("balance_transactions", who, **headers) == 200
        for path in ("charges", "customers", "payouts", "events", "accounts"):
            assert get(path, who, **headers) == 403, path


def test_the_page_names_what_is_shared_and_has_neither_script_nor_frame():
    platform, account = a_platform(), a_platform()
    application = an_application(platform, resources=["balance"])

    page = a_person(account).get(address(application, redirect_uri=BACK))

    text = page.content.decode()
    for words in (
        "Budget wants to see your account",
        "see: Your balance",
        "change anything",
        "ada@example.com",
        "Share it",
        "Do not share",
    ):
        assert words in text, words
    assert "<script" not in text
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://budget.example.com" in policy


def test_who_does_not_share_sends_the_platform_back_with_a_no():
    platform, account = a_platform(), a_platform()
    back = agree(a_person(account), address(an_application(platform), state="s"), allow=False)

    assert (back["error"], back["state"]) == ("access_denied", "s")
    assert not OAuthGrant.objects.exists()


def test_who_has_several_accounts_chooses_one():
    platform, first, second = a_platform(), a_platform(), a_platform()
    browser, url = a_person(first, second), address(an_application(platform))

    code = agree(browser, url, account=second.account_id)["code"]
    token = ask("/oauth/token", a_key(platform), grant_type="authorization_code", code=code).json()

    assert token["stripe_user_id"] == second.account_id
    page = browser.get(url)
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    )
    for account in ("", a_platform().account_id):
        refused = browser.post("/oauth/authorize", hidden | {"allow": "true", "account": account})
        assert "Choose the account" in refused.content.decode()


def test_only_who_is_signed_in_and_owns_an_account_can_share_one():
    application = an_application(a_platform())
    url = address(application)

    assert Client().get(url)["Location"].startswith("/login/?next=/oauth/authorize")
    assert "You have no account to share" in a_person().get(url).content.decode()
    signed_in = Client().post(
        "/login/", {"username": "ada@example.com", "password": "secret", "next": url}
    )
    assert (signed_in.status_code, signed_in["Location"]) == (302, url)
    wrong = Client().post("/login/", {"username": "ada@example.com", "password": "x"})
    assert "do not belong together" in wrong.content.decode()


@pytest.mark.parametrize(
    "more", [{"redirect_uri": "https://evil.example.com/"}, {"scope": "everything"},
             {"response_type": "token"}],
)  # fmt: skip
def test_a_wrong_link_shares_nothing(more):
    platform, account = a_platform(), a_platform()
    answer = a_person(account).get(address(an_application(platform), **more))

    if "redirect_uri" in more:
        assert answer.status_code == 400
        assert "This link does not work" in answer.content.decode()
    else:
        assert answer["Location"].startswith(BACK)
        assert parse_qs(urlsplit(answer["Location"]).query)["error"][0] in (
            "invalid_scope",
            "unsupported_response_type",
            "unauthorized_client",
        )
    assert not OAuthGrant.objects.exists()


def test_a_code_is_good_once_for_its_own_platform_and_five_minutes():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)

    def a_code() -> str:
        return agree(browser, address(application))["code"]

    def redeem(code, who=platform, at=None):
        return oauth.redeem(platform=who, code=code, at=at or now())

    with pytest.raises(OAuthError, match="does not exist"):
        redeem(a_code(), a_platform())
    with pytest.raises(OAuthError, match="expired"):
        redeem(a_code(), at=now() + timedelta(minutes=6))
    code = a_code()
    made = redeem(code)
    with pytest.raises(OAuthError, match="already been used"):
        redeem(code, at=now() + timedelta(seconds=20))
    assert get("balance", made.access_token) == 200

    # Who sends it again later has stolen it.
    with pytest.raises(OAuthError, match="already been used"):
        redeem(code, at=now() + timedelta(seconds=40))
    keys = ApiKey.objects.filter(platform_id=platform.account_id)
    assert all(key.expires_at for key in keys)


def test_a_refresh_token_gives_a_key_of_the_same_or_a_lesser_scope_once():
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, "read_only")
    key = a_key(platform)

    more = ask(
        "/oauth/token",
        key,
        grant_type="refresh_token",
        scope="read_write",
        refresh_token=token["refresh_token"],
    )
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    again = ask(
        "/oauth/token", key, grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert again.json()["scope"] == "read_only"
    assert get("balance", again.json()["access_token"]) == 200
    twice = ask(
        "/oauth/token", key, grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert twice.json()["error"] == "invalid_grant"


def test_disconnecting_ends_the_keys_and_tells_the_platform():
    platform, account = a_platform(), a_platform()
    endpoints.create(
        tenant=platform, url="https://example.com/", enabled_events=["*"], is_connect=True, at=now()
    )
    token = connected(platform, account)
    client_id = "ca_" + platform.account_id.removeprefix("acct_")

    answer = ask(
        "/oauth/deauthorize",
        a_key(platform),
        client_id=client_id,
        stripe_user_id=account.account_id,
    )

    assert answer.json() == {"stripe_user_id": account.account_id}
    assert get("balance", token["access_token"]) == 401
    assert get("balance", a_key(platform), **{"Stripe-Account": account.account_id}) == 403
    types = list(
        Event.objects.filter(type__startswith="account.application").values_list("type", flat=True)
    )
    assert sorted(types) == ["account.application.authorized", "account.application.deauthorized"]
    data = json.loads(Event.objects.get(type="account.application.deauthorized").data)
    assert data["object"] == {"id": client_id, "object": "application", "name": "Budget"}
    twice = ask(
        "/oauth/deauthorize",
        a_key(platform),
        client_id=client_id,
        stripe_user_id=account.account_id,
    )
    assert (twice.status_code, twice.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("path", "params", "status", "error"),
    [
        ("token", {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ("token", {"grant_type": "authorization_code"}, 400, "invalid_request"),
        ("token", {"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant"),
        ("token", {"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ("deauthorize", {"client_id": "ca_x", "stripe_user_id": "acct_x"}, 401, "invalid_client"),
        ("deauthorize", {}, 400, "invalid_request"),
    ],
)
def test_what_is_wrong_is_one_of_the_six_words(path, params, status, error):
    answer = ask(f"/oauth/{path}", a_key(a_platform()), **params)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_only_a_platforms_own_secret_key_redeems():
    for key in ("sk_test_rlt_x", a_key(a_platform(), kind="publishable")):
        answer = ask("/oauth/token", key, grant_type="authorization_code", code="x")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert Client().get("/oauth/token").json()["error"] == "invalid_request"


@pytest.mark.django_db(transaction=True)
def test_of_eight_redemptions_of_one_code_at_once_exactly_one_wins():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    for _ in range(times(10)):
        code = agree(browser, address(application))["code"]

        results = together(
            *[lambda code=code: oauth.redeem(platform=platform, code=code, at=now())] * 8
        )

        assert sum(isinstance(r, oauth.Token) for r in results) == 1
        assert sum(isinstance(r, OAuthError) for r in results) == 7, results
    assert Connection.objects.filter(platform_id=platform.account_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_platform_hears_of_the_end_although_it_is_connected_no_more():
    platform, other, account = a_platform(), a_platform(), a_platform()
    for who in (platform, other):
        endpoints.create(
            tenant=who, url="https://example.com/", enabled_events=["*"], is_connect=True, at=now()
        )
    connected(platform, account)
    Connection.objects.create(
        platform_id=other.account_id,
        account_id=account.account_id,
        livemode=False,
        created_at=now(),
    )
    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())

    relayed()

    event = Event.objects.get(type="account.application.deauthorized")
    assert [d.endpoint.account_id for d in event.deliveries.all()] == [platform.account_id]
