"""What Rialto does not have can be listed and looked for, and says why it cannot be made."""

import pytest
from django.test import Client

from accounts.models import KeyKind
from api.absent.routes import ROUTES
from api.absent.views import resource_of
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db

LISTS = [route for route, does in ROUTES.items() if "{}" not in route and "list" in does]


def call(key, method, route, **params):
    client, path = Client(headers={"Authorization": f"Bearer {key}"}), route.replace("{}", "x_1")
    if method == "get":
        return client.get(f"/v1/{path}", params)
    return getattr(client, method)(f"/v1/{path}", content_type="application/json")


def test_every_list_is_empty_whatever_is_asked_of_it():
    key = a_key(a_platform())
    for path in LISTS:
        answer = call(key, "get", path, **{"limit": 100, "status": "active", "created[gte]": 1})
        assert answer.status_code == 200, path
        assert answer.json() == {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/{path}",
        }


def test_a_search_finds_nothing():
    key = a_key(a_platform())
    for path in (route for route, does in ROUTES.items() if "search" in does):
        assert call(key, "get", path, query="active:'true'").json() == {
            "object": "search_result",
            "data": [],
            "has_more": False,
            "url": f"/v1/{path}",
            "next_page": None,
        }


def test_every_object_is_missing():
    key = a_key(a_platform())
    for path in (r for r, does in ROUTES.items() if "{}" in r and {"read", "list"} & set(does)):
        answer = call(key, "get", path)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (
            404,
            "resource_missing",
            "id",
        ), path
        assert error["message"].endswith(": 'x_1'")


def test_nothing_can_be_made_changed_or_taken_away_and_the_answer_says_why():
    key = a_key(a_platform())
    for method, does in (("post", "write"), ("delete", "delete")):
        for path in (route for route, all_of in ROUTES.items() if does in all_of):
            answer = call(key, method, path)
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (400, "feature_not_supported"), path
            assert error["message"].startswith("Rialto has no ")


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 101}, "limit"), ({"starting_after": "in_1"}, "starting_after")],
)
def test_paging_is_checked_as_everywhere(params, param):
    answer = call(a_key(a_platform()), "get", "invoices", **params)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_permissions_are_asked_for_and_nobody_looks_without_a_key():
    platform = a_platform()
    narrow = a_key(platform, kind=KeyKind.RESTRICTED, permissions={"invoices": "read"})

    codes = [
        call(narrow, method, route).status_code
        for method, route in (
            ("get", "invoices"),
            ("get", "invoices/{}"),
            ("get", "invoices/{}/lines"),
            ("post", "invoices"),
            ("get", "plans"),
        )
    ]

    assert codes == [200, 404, 404, 403, 403]
    assert Client().get("/v1/invoices").status_code == 401
    assert Client().post("/v1/invoices").status_code == 401
    assert resource_of("test_helpers/treasury/received_credits") == "treasury_received_credits"


def test_what_no_client_can_call_is_an_unknown_address():
    key = a_key(a_platform())
    for method, route in (
        ("get", "plens"),
        ("get", "invoices/{}/line"),
        ("delete", "invoices"),
        ("get", "invoices/{}/pay"),
        ("post", "exchange_rates"),
    ):
        answer = call(key, method, route)
        assert answer.status_code == 404, (method, route)
        assert answer.json()["error"]["message"].startswith("Unrecognized request URL")
