"""An application acts for the account that let it in, and for nobody else."""

import pytest

from connect.models import ExternalAccount
from tests.books import assert_books_balance
from tests.connect.test_oauth import connected
from tests.connect.test_oauth_bounds import BANK, call
from tests.factories import a_bank_account, a_key, a_platform, a_seller

pytestmark = pytest.mark.django_db

ENDPOINT = {"url": "https://example.com/hear", "enabled_events": ["*"]}
LINK = {"account": "{}", "type": "account_onboarding", "return_url": "https://example.com/",
        "refresh_url": "https://example.com/"}  # fmt: skip
APART = [
    ("get", "accounts/{}/persons", {}, "persons_read"),
    ("post", "accounts/{}/persons", {"first_name": "Eve"}, "persons_write"),
    ("get", "accounts/{}/external_accounts", {}, "external_accounts_read"),
    ("post", "accounts/{}/external_accounts", {"external_account": BANK},
     "external_accounts_write"),
    ("post", "accounts/{}", {"external_account": BANK}, "external_accounts_write"),
    ("post", "accounts/{}/login_links", {}, "login_links_write"),
    ("post", "account_links", LINK, "account_links_write"),
]  # fmt: skip
OWN = [
    ("post", "webhook_endpoints", ENDPOINT, "webhook_endpoints_write"),
    ("post", "ephemeral_keys", {"customer": "cus_1"}, "ephemeral_keys_write"),
    (
        "post",
        "customer_sessions",
        {"customer": "cus_1", "components": {}},
        "customer_sessions_write",
    ),
    ("get", "accounts", {}, "sellers_read"),
]


@pytest.mark.parametrize(
    ("way", "method", "path", "params", "needed"),
    [(way, *one) for way in ("token", "header") for one in APART + OWN]
    + [("path", *one) for one in APART],
)
def test_no_scope_lets_an_application_choose_where_money_goes_or_who_looks_on(
    way, method, path, params, needed
):
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, "read_write")
    key = token["access_token"] if way == "token" else a_key(platform)
    more = {"Stripe-Account": account.account_id} if way == "header" else {}

    body = {name: account.account_id if it == "{}" else it for name, it in params.items()}
    answer = call(key, method, path.format(account.account_id), body, **more)

    assert answer.status_code == 403, answer.content
    assert answer.json()["error"]["code"] == "more_permissions_required"
    assert needed in answer.json()["error"]["message"]
    assert not ExternalAccount.objects.filter(account_id=account.account_id).exists()
    assert_books_balance()


@pytest.mark.parametrize("way", ["token", "header"])
def test_an_application_reaches_no_seller_of_the_account_that_let_it_in(way):
    platform, account = a_platform(), a_platform()
    seller = a_seller(account)
    token = connected(platform, account, "read_write")
    key = token["access_token"] if way == "token" else a_key(platform)
    more = {"Stripe-Account": account.account_id} if way == "header" else {}
    paid = {"amount": 100, "currency": "usd", "destination": seller.account_id}

    for method, path, params in (
        ("get", f"accounts/{seller.account_id}", {}),
        ("post", f"accounts/{seller.account_id}", {"metadata": {"a": "b"}}),
        ("get", f"accounts/{seller.account_id}/capabilities", {}),
        ("post", "transfers", paid),
    ):
        answer = call(key, method, path, params, **more)

        assert answer.status_code == (400 if path == "transfers" else 404), answer.content
        assert answer.json()["error"]["code"] == "resource_missing"
    assert_books_balance()


@pytest.fixture
def shop():
    """A shop of one person with a bank account, opened by somebody else's platform."""
    shop = a_seller(a_platform())
    a_bank_account(shop)
    return shop


def seen_by(way, application, shop, token):
    """Ask for the shop's account as an application can, and for what happened to it."""
    key = token["access_token"] if way == "token" else a_key(application)
    more = {"Stripe-Account": shop.account_id} if way == "header" else {}
    if way == "list":
        (found,) = call(key, "get", "accounts").json()["data"]
        return found, {}
    events = {} if way == "path" else call(key, "get", "events", **more).json()
    return call(key, "get", f"accounts/{shop.account_id}", **more).json(), events


@pytest.mark.parametrize("way", ["token", "header", "path", "list"])
@pytest.mark.parametrize("scope", ["read_only", "read_write"])
def test_an_account_shows_an_application_neither_its_people_nor_its_bank_accounts(way, scope, shop):
    application = a_platform()
    token = connected(application, shop, scope)

    account, events = seen_by(way, application, shop, token)

    assert (account["id"], account["object"]) == (shop.account_id, "account")
    assert not {"individual", "external_accounts"} & account.keys()
    if events:
        assert "account.external_account.created" in {event["type"] for event in events["data"]}
        assert not [word for word in ("6789", "first_name", "last4") if word in str(events)]


@pytest.mark.parametrize("way", ["token", "header", "path", "list"])
def test_an_account_shows_an_application_what_its_owner_agreed_to_by_name(way, shop):
    application = a_platform()
    resources = ["accounts", "events", "external_accounts"]
    if way == "list":
        resources.append("sellers")
    token = connected(application, shop, "read_only", resources=resources)

    account, _ = seen_by(way, application, shop, token)

    assert account["external_accounts"]["data"][0]["last4"] == "6789"
    assert "individual" not in account


def test_an_account_shows_its_owner_and_its_platform_everything():
    platform = a_platform()
    shop = a_seller(platform)
    a_bank_account(shop)
    connected(a_platform(), shop, "read_write")

    for key in (a_key(shop), a_key(platform)):
        account = call(key, "get", f"accounts/{shop.account_id}").json()

        assert account["external_accounts"]["data"][0]["last4"] == "6789"
        assert account["individual"]["first_name"]
