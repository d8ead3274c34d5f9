"""An application acts for the account that let it in, and for nobody else."""

import pytest

from connect.models import ExternalAccount
from tests.books import assert_books_balance
from tests.connect.test_oauth import connected
from tests.connect.test_oauth_bounds import BANK, call
from tests.factories import a_key, a_platform, a_seller

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
    ("get", "accounts", {}, "sellers_read"),
]


@pytest.mark.parametrize(
    ("way", "method", "path", "said", "needed"),
    [(way, *one) for way in ("token", "header") for one in APART + OWN]
    + [("path", *one) for one in APART],
)
def test_no_scope_lets_an_application_choose_where_money_goes_or_who_looks_on(
    way, method, path, said, needed
):
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, "read_write")
    key = token["access_token"] if way == "token" else a_key(platform)
    more = {"Stripe-Account": account.account_id} if way == "header" else {}

    body = {name: account.account_id if it == "{}" else it for name, it in said.items()}
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

    for method, path, said in (
        ("get", f"accounts/{seller.account_id}", {}),
        ("post", f"accounts/{seller.account_id}", {"metadata": {"a": "b"}}),
        ("get", f"accounts/{seller.account_id}/capabilities", {}),
        ("post", "transfers", paid),
    ):
        answer = call(key, method, path, said, **more)

        assert answer.status_code == (400 if path == "transfers" else 404), answer.content
        assert answer.json()["error"]["code"] == "resource_missing"
    assert_books_balance()
