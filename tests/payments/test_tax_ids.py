"""Tax ids of customers and merchants are kept and shown, and nobody checks them."""

import typing

import pytest
import stripe

from core.request_context import RequestContext, working_for
from payments.customers.services import tax_ids
from payments.customers.tax_id_params import TYPES
from payments.models import Customer, TaxId
from tests.acceptance import annotations
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask
from webhooks.models import Event

pytestmark = pytest.mark.django_db

GERMAN = {"type": "eu_vat", "value": "DE123456789"}
AMERICAN = {"type": "us_ein", "value": "12-3456789"}


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


def events():
    rows = Event.objects.filter(type__startswith="customer.tax_id.").order_by("id")
    return [(row.type.rpartition(".")[2], row.object_id) for row in rows]


def test_a_customers_tax_ids_are_kept_shown_and_forgotten(key):
    customer = ask(key, "POST", "customers", tax_id_data=[GERMAN], expand=["tax_ids"]).json()
    path = f"customers/{customer['id']}/tax_ids"
    (first,) = customer["tax_ids"]["data"]
    second = ask(key, "POST", path, **AMERICAN).json()
    listed = ask(key, "GET", path).json()["data"]
    gone = ask(key, "DELETE", f"{path}/{first['id']}").json()

    assert first["id"].startswith("txi_")
    assert (first["type"], first["value"], first["country"]) == ("eu_vat", "DE123456789", "DE")
    assert (first["customer"], first["owner"]["type"]) == (customer["id"], "customer")
    assert first["verification"]["status"] == "unavailable"
    assert annotations.faults(first, annotations.class_of(first)) == []
    assert second["country"] == "US"
    assert listed == [second, first]
    assert gone == {"id": first["id"], "object": "tax_id", "deleted": True}
    assert ask(key, "GET", f"{path}/{first['id']}").status_code == 404
    assert ask(key, "DELETE", f"{path}/{first['id']}").status_code == 404
    assert events() == [
        ("created", first["id"]),
        ("created", second["id"]),
        ("deleted", first["id"]),
    ]


def test_a_merchants_own_tax_ids_are_told_apart_from_its_customers(key):
    customer = ask(key, "POST", "customers").json()["id"]
    owner = {"type": "customer", "customer": customer}
    own = ask(key, "POST", "tax_ids", **GERMAN).json()
    theirs = ask(key, "POST", "tax_ids", **AMERICAN, owner=owner).json()

    assert (own["customer"], own["owner"]["type"], own["verification"]) == (None, "self", None)
    assert annotations.faults(own, annotations.class_of(own)) == []
    assert ask(key, "GET", "tax_ids").json()["data"] == [own]
    assert ask(
        key, "GET", "tax_ids", **{f"owner[{name}]": value for name, value in owner.items()}
    ).json()["data"] == [theirs]
    assert ask(key, "GET", f"tax_ids/{theirs['id']}").json() == theirs
    assert ask(key, "GET", f"customers/{customer}/tax_ids/{own['id']}").status_code == 404
    assert ask(key, "DELETE", f"customers/{customer}/tax_ids/{own['id']}").status_code == 404
    assert ask(key, "DELETE", f"tax_ids/{own['id']}").json()["deleted"]
    assert events() == [("created", theirs["id"])]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        (GERMAN | {"type": "xx_vat"}, "type"),
        (GERMAN | {"type": "unknown"}, "type"),
        ({"type": "eu_vat"}, "value"),
        (GERMAN | {"value": ""}, "value"),
        (GERMAN | {"value": "1" * 65}, "value"),
        (GERMAN | {"owner": {"type": "customer"}}, "owner[customer]"),
        (GERMAN | {"owner": {"type": "account"}}, "owner[type]"),
        (GERMAN | {"owner": {"type": "self", "customer": "cus_nobodys"}}, "owner[customer]"),
        (GERMAN | {"owner": {"type": "customer", "customer": "cus_nobodys"}}, "owner[customer]"),
    ],
)
def test_what_is_no_tax_id_is_not_kept(key, params, param):
    assert ask(key, "POST", "tax_ids", **params).json()["error"]["param"] == param
    assert not TaxId.objects.exists()


def test_a_customer_with_a_wrong_tax_id_is_not_made(key):
    wrong = [GERMAN, AMERICAN | {"type": "us_vat"}]

    error = ask(key, "POST", "customers", tax_id_data=wrong).json()["error"]

    assert error["param"] == "tax_id_data[1][type]"
    assert not Customer.objects.exists()


def test_all_types_of_the_official_package_are_taken():
    words, _ = typing.get_args(annotations.fields_of(stripe.TaxId)["type"])

    assert set(TYPES) == set(typing.get_args(words)) - {"unknown"}


@pytest.mark.parametrize(
    ("type", "value", "country"),
    [
        ("eu_vat", "EL123456789", "GR"),
        ("eu_vat", "XI123456789", "GB"),
        ("eu_vat", "123456789", None),
        ("eu_oss_vat", "EU123456789", None),
        ("gb_vat", "GB123456789", "GB"),
        ("ic_nif", "A12345678", "ES"),
        ("th_vat", "1234567890123", "TH"),
    ],
)
def test_a_tax_ids_country_is_that_of_its_type_or_prefix(key, type, value, country):
    assert ask(key, "POST", "tax_ids", type=type, value=value).json()["country"] == country


def test_tax_ids_are_listed_page_by_page(key):
    customer = ask(key, "POST", "customers", tax_id_data=[GERMAN] * 3).json()["id"]
    path = f"customers/{customer}/tax_ids"

    first = ask(key, "GET", path, limit=2).json()
    second = ask(key, "GET", path, limit=2, starting_after=first["data"][-1]["id"]).json()

    assert (first["has_more"], second["has_more"]) == (True, False)
    ids = [one["id"] for one in first["data"] + second["data"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 3


def test_nothing_of_a_deleted_tax_id_is_kept_but_that_there_was_one(key):
    customer = ask(key, "POST", "customers", tax_id_data=[GERMAN]).json()["id"]
    number = TaxId.objects.get()

    ask(key, "DELETE", f"customers/{customer}/tax_ids/{number.id}")

    number.refresh_from_db()
    assert (number.value, number.customer_id) == ("", customer)
    assert ask(key, "GET", f"tax_ids/{number.id}").status_code == 404
    assert ask(key, "GET", f"customers/{customer}/tax_ids").json()["data"] == []
    shown = ask(key, "GET", f"customers/{customer}", expand=["tax_ids"]).json()
    assert shown["tax_ids"]["data"] == []


def test_a_deleted_customers_tax_ids_are_seen_no_more(key):
    customer = ask(key, "POST", "customers", tax_id_data=[GERMAN]).json()["id"]
    number = TaxId.objects.get().id

    ask(key, "DELETE", f"customers/{customer}")

    assert ask(key, "GET", f"tax_ids/{number}").status_code == 404
    assert ask(key, "GET", f"customers/{customer}/tax_ids").status_code == 404


def test_a_request_that_was_cut_off_keeps_one_tax_id(platform):
    made = []
    for is_recovery in (False, True):
        with working_for(RequestContext(id_suffix="a" * 24, is_recovery=is_recovery)):
            made.append(tax_ids.create(tenant=platform, **GERMAN, at=now()).id)

    assert made == [TaxId.objects.get().id] * 2
