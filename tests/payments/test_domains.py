"""Web domains are registered as shops expect, and show no wallet."""

import pytest

from tests.factories import a_key, a_platform, a_seller
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


def test_a_domain_is_registered_once_and_no_wallet_is_active(platform):
    key = a_key(platform)

    made = ask(key, "POST", "payment_method_domains", domain_name="Shop.example").json()
    again = ask(key, "POST", "payment_method_domains", domain_name="shop.example").json()
    off = ask(key, "POST", f"payment_method_domains/{made['id']}", enabled=False).json()
    found = ask(key, "GET", "payment_method_domains", enabled="false").json()["data"]
    checked = ask(key, "POST", f"payment_method_domains/{made['id']}/validate").json()

    assert (again, made["domain_name"], made["enabled"]) == (made, "shop.example", True)
    assert not off["enabled"]
    assert found == [off] == [checked]
    for wallet in ("amazon_pay", "apple_pay", "google_pay", "klarna", "link", "paypal"):
        assert made[wallet]["status"] == "inactive"
        assert made[wallet]["status_details"]["error_message"].endswith(".")


def test_each_merchant_has_domains_of_its_own(platform):
    key, seller = a_key(platform), a_seller(platform).account_id

    ask(key, "POST", "payment_method_domains", seller, domain_name="shop.example")

    assert ask(key, "GET", "payment_method_domains").json()["data"] == []
    assert len(ask(key, "GET", "payment_method_domains", seller).json()["data"]) == 1


def test_the_older_endpoint_registers_lists_and_forgets(platform):
    key = a_key(platform)

    made = ask(key, "POST", "apple_pay/domains", domain_name="shop.example").json()
    again = ask(key, "POST", "apple_pay/domains", domain_name="shop.example").json()
    path = f"apple_pay/domains/{made['id']}"
    shown = ask(key, "GET", path).json()
    gone = ask(key, "DELETE", path).json()

    assert made == again == shown
    assert gone == {"id": made["id"], "object": "apple_pay_domain", "deleted": True}
    assert ask(key, "GET", path).status_code == ask(key, "DELETE", path).status_code == 404
    assert ask(key, "GET", "apple_pay/domains").json()["data"] == []


@pytest.mark.parametrize("name", ["https://shop.example", "shop", "shop.example/", "-a.example"])
def test_what_is_no_domain_is_refused(platform, name):
    key = a_key(platform)
    for path in ("payment_method_domains", "apple_pay/domains"):
        answer = ask(key, "POST", path, domain_name=name)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "domain_name")
