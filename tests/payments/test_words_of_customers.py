"""What typed clients say of a customer is kept and shown, and its balance is a sum of entries."""

import pytest

from payments.models import CustomerBalanceTransaction
from tests.factories import a_key, a_platform
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return a_key(a_platform())


def test_what_is_stated_for_invoices_is_kept_and_shown(key):
    params = {
        "business_name": "Rosen GmbH",
        "individual_name": "Ada Rosen",
        "invoice_prefix": "ROSEN1",
        "next_invoice_sequence": 7,
        "invoice_settings": {
            "custom_fields": [{"name": "PO", "value": "12"}],
            "footer": "Thank you",
            "rendering_options": {"amount_tax_display": "exclude_tax"},
        },
    }

    shown = ask(key, "POST", "customers", **params).json()
    ask(key, "POST", f"customers/{shown['id']}", invoice_settings={"footer": ""})
    later = ask(key, "GET", f"customers/{shown['id']}").json()

    assert {name: shown[name] for name in params if name != "invoice_settings"} == {
        name: params[name] for name in params if name != "invoice_settings"
    }
    assert shown["invoice_settings"] == params["invoice_settings"] | {
        "default_payment_method": None
    }
    assert later["invoice_settings"] == shown["invoice_settings"] | {"footer": None}


def test_where_a_customer_was_seen_is_shown_when_it_is_expanded(key):
    tax = {"ip_address": "203.0.113.7", "validate_location": "deferred"}
    made = ask(key, "POST", "customers", tax=tax, expand=["tax"]).json()
    plain = ask(key, "POST", "customers", expand=["tax"]).json()

    assert made["tax"] == {
        "automatic_tax": "not_collecting",
        "ip_address": "203.0.113.7",
        "location": None,
        "provider": "stripe",
    }
    assert plain["tax"]["ip_address"] is None


def test_a_balance_that_is_set_is_an_entry_of_the_difference(key):
    made = ask(key, "POST", "customers", balance=-500).json()
    path = f"customers/{made['id']}"
    ask(key, "POST", path, balance=250, name="Ada")
    again = ask(key, "POST", path, balance=250).json()

    assert (made["balance"], made["currency"]) == (-500, "usd")
    assert again["balance"] == 250
    listed = ask(key, "GET", f"{path}/balance_transactions").json()["data"]
    assert [(row["amount"], row["ending_balance"]) for row in listed] == [(750, 250), (-500, -500)]


def test_without_a_balance_there_is_no_entry(key):
    made = ask(key, "POST", "customers", balance=0).json()

    assert (made["balance"], made["currency"]) == (0, None)
    assert not CustomerBalanceTransaction.objects.exists()


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"invoice_prefix": "small"}, "invoice_prefix"),
        ({"next_invoice_sequence": 0}, "next_invoice_sequence"),
        ({"business_name": "x" * 151}, "business_name"),
    ],
)
def test_what_cannot_be_meant_is_refused(key, params, param):
    answer = ask(key, "POST", "customers", **params)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_name_that_is_given_later_is_told(key):
    made = ask(key, "POST", "customers").json()

    changed = ask(key, "POST", f"customers/{made['id']}", business_name="Rosen GmbH").json()
    again = ask(key, "POST", f"customers/{made['id']}", business_name="").json()

    assert "business_name" not in made
    assert changed["business_name"] == "Rosen GmbH"
    assert "business_name" not in again
