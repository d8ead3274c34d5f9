"""What an account has not shared, a platform does not reach by any other way either."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account, ApiKey, Connection, OAuthRefreshToken
from accounts.services import api_keys
from connect.oauth.services import oauth
from connect.oauth.services.oauth import OAuthError
from core.tenant import Tenant
from tests.books import assert_books_balance
from tests.connect.test_oauth import (
    BACK,
    a_person,
    address,
    agree,
    an_application,
    ask,
    connected,
    get,
    hidden_in,
)
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller, now
from tests.survival.test_ledger_faults import together
from tests.webhooks.steps import relayed
from webhooks.models import Delivery
from webhooks.queries import body_of
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db

BUDGET = ["balance", "balance_transactions"]
BANK = {
    "object": "bank_account", "country": "US", "currency": "usd",
    "routing_number": "110000000", "account_number": "000123456789",
}  # fmt: skip
# Every way to an account that names it in the URL or in the body: with the platform's own key and
# without a header.
WAYS = [
    ("get", "accounts/{}", {}),
    ("post", "accounts/{}", {"business_profile": {"name": "Mine now"}}),
    ("delete", "accounts/{}", {}),
    ("post", "accounts/{}/reject", {"reason": "fraud"}),
    ("get", "accounts/{}/external_accounts", {}),
    ("post", "accounts/{}/external_accounts", {"external_account": BANK}),
    ("get", "accounts/{}/external_accounts/{bank}", {}),
    ("post", "accounts/{}/external_accounts/{bank}", {"default_for_currency": True}),
    ("delete", "accounts/{}/external_accounts/{bank}", {}),
    ("get", "accounts/{}/persons", {}),
    ("post", "accounts/{}/persons", {"first_name": "Eve"}),
    ("get", "accounts/{}/capabilities", {}),
    ("post", "accounts/{}/capabilities/transfers", {"requested": True}),
    ("post", "accounts/{}/login_links", {}),
    ("post", "account_links", {"account": "{}", "type": "account_onboarding",
     "return_url": "https://example.com/", "refresh_url": "https://example.com/"}),
    ("post", "account_sessions", {"account": "{}", "components": {"payouts": {"enabled": True}}}),
]  # fmt: skip


def call(key, method, path, body=None, **headers):
    more = {"Authorization": f"Bearer {key}"} | headers
    if method == "post":
        body, kind = body or {}, "application/json"
        return Client().post(f"/v1/{path}", body, content_type=kind, headers=more)
    return getattr(Client(), method)(f"/v1/{path}", headers=more)


@pytest.mark.attacks
@pytest.mark.parametrize(("resources", "may_read"), [(BUDGET, False), ([], True)])
def test_its_own_key_changes_nothing_of_an_account_that_may_only_be_seen(resources, may_read):
    platform, account = a_platform(), a_platform()
    bank = a_bank_account(account)
    connected(platform, account, "read_only", resources=resources)
    key = a_key(platform)

    for method, path, params in WAYS:
        body = {name: account.account_id if it == "{}" else it for name, it in params.items()}
        answer = call(key, method, path.format(account.account_id, bank=bank.id), body)
        is_apart = "external_accounts" in path or "persons" in path
        if method == "get" and may_read and not is_apart:
            assert answer.status_code == 200, (path, answer.content)
        else:
            assert answer.status_code == 403, (path, answer.content)
            assert answer.json()["error"]["code"] == "more_permissions_required"
    listed = call(key, "get", "accounts").json()["data"]
    assert [it["id"] for it in listed] == ([account.account_id] if may_read else [])
    assert Account.objects.get(id=account.account_id).closed_at is None


def test_an_account_that_may_only_be_seen_cannot_be_paid_either():
    platform = a_platform()
    seller = a_seller(a_platform())
    connected(platform, seller, "read_only")
    params = {"amount": 1000, "currency": "usd"}

    for path, more in (
        ("transfers", {"destination": seller.account_id}),
        ("payment_intents", {"on_behalf_of": seller.account_id}),
        ("payment_intents", {"transfer_data": {"destination": seller.account_id}}),
    ):
        answer = call(a_key(platform), "post", path, params | more)
        assert answer.status_code == 400, answer.content
        assert answer.json()["error"]["code"] == "resource_missing"
    assert_books_balance()


def test_who_may_do_everything_still_does_not_delete_what_it_did_not_open():
    platform, account = a_platform(), a_platform()
    connected(platform, account, "read_write")

    answer = call(a_key(platform), "delete", f"accounts/{account.account_id}")

    assert answer.status_code == 400
    assert "accounts that you have opened" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path", ["data.source", "data.source.customer", "data.source.payment_intent"]
)
def test_a_budget_app_sees_in_a_transaction_no_more_than_an_id(path):
    platform, account = a_platform(), a_platform()
    a_paid_intent(account)
    token = connected(platform, account, "read_only", resources=BUDGET)
    acting = {"Stripe-Account": account.account_id}

    for key, headers in ((token["access_token"], {}), (a_key(platform), acting)):
        answer = call(key, "get", f"balance_transactions?expand[]={path}", **headers)
        assert answer.status_code == 403, answer.content
        assert answer.json()["error"]["code"] == "more_permissions_required"
    lines = call(token["access_token"], "get", "balance_transactions").json()["data"]
    assert all(line["source"].startswith("ch_") for line in lines)
    assert_books_balance()


def test_a_payers_key_sees_no_more_than_its_way_to_pay():
    merchant = a_platform()
    intent = a_paid_intent(merchant)
    key = a_key(merchant, kind="publishable")
    path = f"payment_intents/{intent.id}?client_secret={intent.client_secret}&expand[]="

    assert call(key, "get", path + "payment_method").json()["payment_method"]["id"]
    for name in ("latest_charge", "latest_charge.balance_transaction"):
        assert call(key, "get", path + name).status_code == 403, name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("resources", "hears"), [(BUDGET, False), (["events"], True), ([], True)]
)  # fmt: skip
def test_a_platform_hears_only_of_what_is_shared_with_it(resources, hears):
    platform, account = a_platform(), a_platform()
    endpoint, _ = endpoints.create(
        tenant=platform, url="https://example.com/", enabled_events=["*"], is_connect=True, at=now()
    )
    connected(platform, account, "read_only", resources=resources)
    a_paid_intent(account)

    relayed()

    sent = Delivery.objects.filter(endpoint=endpoint)
    types = set(sent.values_list("event__type", flat=True))
    assert ("charge.succeeded" in types) is hears
    assert "account.application.authorized" in types
    assert all(f'"account": "{account.account_id}"' in body_of(delivery) for delivery in sent)


@pytest.mark.parametrize("scope", ["read_only", "read_write"])
def test_a_token_is_for_its_account_and_not_for_those_that_are_connected_to_it(scope):
    platform, account = a_platform(), a_platform()
    seller = a_seller(account)
    key = connected(platform, account, scope)["access_token"]

    assert get("balance", key, **{"Stripe-Account": seller.account_id}) == 403
    client_id = "ca_" + account.account_id.removeprefix("acct_")
    for path, params in (
        ("deauthorize", {"client_id": client_id, "stripe_user_id": seller.account_id}),
        ("token", {"grant_type": "authorization_code", "code": "x"}),
    ):
        answer = ask(f"/oauth/{path}", key, **params)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_each_mode_is_disconnected_by_itself_and_rolled_keys_end_with_the_rest():
    platform, account = a_platform(), a_platform()
    live = Tenant(platform.account_id, livemode=True)
    application, browser = an_application(platform), a_person(account)

    def token(who):
        code = agree(browser, address(application, scope="read_write"))["code"]
        return oauth.redeem(platform=who, code=code, at=now())

    in_test, in_live = token(platform), token(live)
    row = ApiKey.objects.get(digest=api_keys.digest(in_live.access_token))
    _, rolled = api_keys.roll(key=row, expires_in=timedelta(hours=1), at=now())

    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())
    assert get("balance", in_test.access_token) == 401
    assert get("balance", in_live.access_token) == get("balance", rolled) == 200
    with pytest.raises(OAuthError, match="disconnected since"):
        oauth.refresh(platform=platform, refresh_token=in_live.refresh_token, scope=None, at=now())

    oauth.disconnect(platform=live, account_id=account.account_id, at=now())
    assert get("balance", in_live.access_token) == get("balance", rolled) == 401
    assert not OAuthRefreshToken.objects.filter(revoked=None).exists()


def test_a_code_from_before_the_end_does_not_connect_again():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    first, kept = (agree(browser, address(application))["code"] for _ in range(2))
    oauth.redeem(platform=platform, code=first, at=now())
    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())

    with pytest.raises(OAuthError, match="disconnected since") as refused:
        oauth.redeem(platform=platform, code=kept, at=now())
    assert refused.value.error == "invalid_grant"
    again = agree(browser, address(application))["code"]
    assert oauth.redeem(platform=platform, code=again, at=now()).tenant == account


def test_an_account_that_only_its_platform_looks_after_is_not_let_go_of():
    platform = a_platform()
    seller = a_seller(platform)

    answer = ask(
        "/oauth/deauthorize",
        a_key(platform),
        stripe_user_id=seller.account_id,
        client_id="ca_" + platform.account_id.removeprefix("acct_"),
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert Connection.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_two_codes_of_one_account_at_once_connect_it_once():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    codes = [agree(browser, address(application))["code"] for _ in range(4)]

    results = together(
        *[lambda c=code: oauth.redeem(platform=platform, code=c, at=now()) for code in codes]
    )

    assert all(isinstance(result, oauth.Token) for result in results), results
    assert Connection.objects.count() == 1


def test_a_code_goes_with_the_challenge_of_its_link():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    url = address(application, code_challenge=challenge, code_challenge_method="S256")
    params = {"grant_type": "authorization_code", "code": agree(browser, url)["code"]}

    for wrong in ({}, {"code_verifier": "w" * 43}, {"code_verifier": challenge}):
        answer = ask("/oauth/token", a_key(platform), **params, **wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), wrong
    right = ask("/oauth/token", a_key(platform), **params, code_verifier=verifier)
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"scope": "read_only read_write"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"resource": "x"}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "S999"}, "invalid_request"),
    ],
)
def test_a_link_that_is_wrong_leads_back_with_a_word_that_clients_know(params, error):
    platform, account = a_platform(), a_platform()
    application = an_application(platform)
    asked = {"client_id": application.client_id, "response_type": "code"} | params

    answer = a_person(account).get("/oauth/authorize", asked)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{BACK}?error={error}")


@pytest.mark.parametrize(
    "uri",
    [
        f"{BACK}?x=1", f"{BACK}/", f"{BACK}/../evil", f"{BACK}#f", f"{BACK}%00",
        "https://budget.example.com@evil.example/back", "https://budget.example.com:444/back",
        "http://budget.example.com/back", "https://budget.example.com\\@evil.example/back",
        "javascript:alert(1)",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_an_address_that_is_not_the_applications(uri):
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    page = browser.get(address(application))

    asked = browser.get(address(application, redirect_uri=uri))
    agreed = browser.post(
        "/oauth/authorize", hidden_in(page) | {"allow": "true", "redirect_uri": uri}
    )

    assert (asked.status_code, agreed.status_code) == (400, 400)
    assert "This link does not work" in agreed.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"client_id": "ca_nobody"}, {"client_id": "ca\0"}, {"state": "\0"}]
)
def test_a_form_that_was_tampered_with_is_told_so(wrong):
    platform, account = a_platform(), a_platform()
    browser = a_person(account)
    hidden = hidden_in(browser.get(address(an_application(platform))))

    answer = browser.post("/oauth/authorize", hidden | {"allow": "true"} | wrong)

    assert answer.status_code == 400
    assert "This link does not work" in answer.content.decode()


def test_consent_cannot_be_given_from_another_site_nor_inside_a_frame():
    platform, account = a_platform(), a_platform()
    application, browser = an_application(platform), a_person(account)
    page = browser.get(address(application))
    hidden = hidden_in(page)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    forged = {n: v for n, v in hidden.items() if n != "csrfmiddlewaretoken"} | {"allow": "true"}

    assert strict.post("/oauth/authorize", forged).status_code == 403
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_what_is_no_form_is_refused_in_the_same_words():
    key = {"Authorization": f"Bearer {a_key(a_platform())}"}
    for body, kind in (
        (b"a=1&" * 3_000, "application/x-www-form-urlencoded"),
        (b"--", "multipart/form-data"),
    ):
        answer = Client().post("/oauth/token", body, content_type=kind, headers=key)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
