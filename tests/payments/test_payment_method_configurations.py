"""Which methods a merchant wants payers to see."""

from typing import Any

import pytest
from django.test import Client

from core.tenant import Tenant
from payments.models import PaymentMethodConfiguration
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def ask(key: str, method: str, path: str = "", **params: Any) -> Any:
    send = getattr(Client(), method.lower())
    headers = {"Authorization": f"Bearer {key}"}
    if method == "POST":
        params = {"data": params, "content_type": "application/json"}
    else:
        params = {"query_params": params}
    return send(f"/v1/payment_method_configurations{path}", headers=headers, **params)


def showing(preference: str) -> dict[str, Any]:
    return {"display_preference": {"preference": preference}}


def test_everybody_has_a_default_configuration_from_the_first_look(key):
    first = ask(key, "GET").json()["data"]
    again = ask(key, "GET").json()["data"]

    assert [row["is_default"] for row in first] == [True]
    assert first == again
    assert first[0]["card"]["available"] is True
    assert first[0]["sepa_debit"]["display_preference"]["value"] == "off"
    # No rail carries it.
    assert "affirm" not in first[0]


def test_a_configuration_is_made_changed_and_switched_off(key):
    made = ask(key, "POST", name="Shop", card=showing("off"), us_bank_account=showing("on")).json()
    changed = ask(
        key, "POST", f"/{made['id']}", name="Kiosk", card=showing("none"), active=False
    ).json()

    assert (made["name"], made["active"], made["is_default"]) == ("Shop", True, False)
    assert made["card"]["available"] is False
    assert made["us_bank_account"]["available"] is True
    assert (changed["name"], changed["active"]) == ("Kiosk", False)
    assert changed["card"] == {
        "available": True,
        "display_preference": {"overridable": None, "preference": "none", "value": "on"},
    }
    assert changed["us_bank_account"]["available"] is True
    assert [row["id"] for row in ask(key, "GET", active="false").json()["data"]] == [made["id"]]
    assert ask(key, "GET", f"/{made['id']}").json() == changed


def test_a_method_that_no_rail_carries_can_be_off_and_not_on(key):
    refused = ask(key, "POST", affirm=showing("on"))
    taken = ask(key, "POST", affirm=showing("off"))

    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "affirm[display_preference][preference]"
    assert taken.status_code == 200
    assert PaymentMethodConfiguration.objects.filter(is_default=False).count() == 1


def test_the_default_stays_active(key):
    (default,) = ask(key, "GET").json()["data"]

    answer = ask(key, "POST", f"/{default['id']}", active=False)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "active")
    assert ask(key, "GET", f"/{default['id']}").json()["active"] is True


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"card": {"display_preference": {"preference": "maybe"}}}, None),
        ({"cash": showing("on")}, "cash"),
        ({"parent": "pmc_1"}, "parent"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(key, params, param):
    answer = ask(key, "POST", **params)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == (param or "card[display_preference][preference]")


def test_configurations_of_two_accounts_do_not_meet(key):
    (mine,) = ask(key, "GET").json()["data"]
    other = a_key(a_platform())

    assert ask(other, "GET", f"/{mine['id']}").status_code == 404
    assert ask(other, "POST", f"/{mine['id']}", name="x").status_code == 404
    assert [row["id"] for row in ask(other, "GET").json()["data"]] != [mine["id"]]
