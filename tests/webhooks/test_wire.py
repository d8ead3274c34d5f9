"""Events and endpoints as their users meet them, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, as_owner, relayed, try_all
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


class Api:
    """A caller with a key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client()

    def __call__(self, method: str, path: str, acting_for: str = "", **params: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        headers |= {"Stripe-Account": acting_for} if acting_for else {}
        given = (
            {"data": params, "content_type": "application/json"}
            if method == "POST"
            else {"query_params": params}
        )
        answer = getattr(self.client, method.lower())(f"/v1/{path}", headers=headers, **given)
        self.status = answer.status_code
        return answer.json()


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def api(platform):
    return Api(a_key(platform))


def test_a_secret_is_shown_once_and_kept_encrypted(api):
    made = api(
        "POST",
        "webhook_endpoints",
        url="https://example.com/",
        enabled_events=["*"],
        connect=True,
        description="d",
        metadata={"a": "b"},
    )

    assert made["secret"].startswith("whsec_")
    assert made["status"] == "enabled"
    assert "secret" not in api("GET", f"webhook_endpoints/{made['id']}")
    assert "secret" not in api("POST", f"webhook_endpoints/{made['id']}", description="e")
    row = Endpoint.objects.get()
    assert row.is_connect
    assert made["secret"].encode() not in bytes(row.secret)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "ftp://example.com/", "https://", "https:///x", "javascript:alert(1)",
        "https://user:pass@example.com/", "https://example.com:0/", "https://example.com:99999/",
        "https://exa mple.com/", "https://example.com/\nX-Injected: 1", "https://exämple.com/",
        "https://[::1/",
    ],
)  # fmt: skip
def test_an_unusable_address_is_refused(api, url):
    error = api("POST", "webhook_endpoints", url=url, enabled_events=["*"])["error"]

    assert api.status == 400
    assert error["param"] == "url"
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(("types", "param"), [(["charge.sings"], "enabled_events[0]"), ([], None)])
def test_an_unknown_type_is_refused(api, types, param):
    error = api("POST", "webhook_endpoints", url="https://example.com/", enabled_events=types)[
        "error"
    ]

    assert api.status == 400
    assert error["param"] == (param or "enabled_events")


def test_an_endpoint_is_switched_off_and_on_and_deleted(api):
    made = api("POST", "webhook_endpoints", url="https://example.com/", enabled_events=["*"])
    path = f"webhook_endpoints/{made['id']}"

    assert api("POST", path, disabled=True)["status"] == "disabled"
    assert api("POST", path, disabled=False)["status"] == "enabled"
    assert api("DELETE", path) == {"id": made["id"], "object": "webhook_endpoint", "deleted": True}
    assert api("GET", path)["error"]["code"] == "resource_missing"
    assert api("GET", "webhook_endpoints")["data"] == []


def test_events_are_listed_by_type_and_by_time(api, platform):
    a_paid_intent(platform)
    customer = an_event(platform)

    def types(**params: Any) -> set[str]:
        return {event["type"] for event in api("GET", "events", limit=100, **params)["data"]}

    assert types(type="customer.created") == {"customer.created"}
    assert types(type="payment_intent.*") >= {"payment_intent.succeeded"}
    assert types(**{"types[]": ["customer.created", "charge.succeeded"]}) == {
        "customer.created",
        "charge.succeeded",
    }
    assert types(**{"created[gt]": int(customer.created_at.timestamp())}) == set()
    api("GET", "events", type="x", **{"types[]": ["y"]})
    assert api.status == 400


def test_events_are_shown_for_thirty_days(api, platform):
    event = an_event(platform)
    assert api("GET", f"events/{event.id}")["id"] == event.id

    as_owner("UPDATE webhooks_event SET created_at = created_at - interval '30 days 1 second'")

    assert api("GET", "events")["data"] == []
    assert api("GET", f"events/{event.id}")["error"]["code"] == "resource_missing"
    assert api.status == 404


def test_events_are_found_by_whether_they_arrived(api, platform, httpserver):
    httpserver.expect_request("/").respond_with_data("", status=500)
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    failed = an_event(platform)
    nobody_asked = an_event(platform, "cus_2", "customer.updated")
    relayed()
    try_all()

    def find(*, succeeded: bool) -> list[str]:
        listed = api("GET", "events", delivery_success=str(succeeded).lower())
        return [event["id"] for event in listed["data"]]

    assert find(succeeded=False) == [failed.id]
    assert find(succeeded=True) == [nobody_asked.id]
    assert api("GET", f"events/{failed.id}")["pending_webhooks"] == 1


def test_a_failing_event_is_sent_again_when_asked(api, platform, httpserver):
    httpserver.expect_oneshot_request("/").respond_with_data("", status=500)
    httpserver.expect_request("/").respond_with_data("")
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    event = an_event(platform)
    relayed()
    try_all()

    shown = api("POST", f"events/{event.id}/retry")
    try_all()

    assert (api.status, shown["pending_webhooks"]) == (200, 1)
    first, second = (request.data for request, _ in httpserver.log)
    assert first == second
    assert Delivery.objects.get().status == "delivered"


def test_what_is_to_be_sent_to_a_disabled_endpoint_is_refused_or_goes_to_the_others(
    api, platform, httpserver
):
    httpserver.expect_request("/").respond_with_data("")
    off = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    on = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    event = an_event(platform)
    relayed()
    try_all()
    Endpoint.objects.filter(id=off.id).update(is_enabled=False)

    refused = api("POST", f"events/{event.id}/retry", webhook_endpoint=off.id)
    assert (api.status, refused["error"]["param"]) == (400, "webhook_endpoint")
    api("POST", f"events/{event.id}/retry")

    assert api.status == 200
    states = dict(Delivery.objects.values_list("endpoint_id", "status"))
    assert states == {off.id: "delivered", on.id: "pending"}


def test_a_platform_resends_its_sellers_event_to_its_own_endpoint(api, platform, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    seller = a_seller(platform)
    own = an_endpoint(seller, httpserver.url_for("/"), "customer.created")
    theirs = an_endpoint(platform, httpserver.url_for("/"), "customer.created", is_connect=True)
    event = an_event(seller)
    relayed()
    try_all()
    path = f"events/{event.id}/retry"

    shown = api("POST", path, account=seller.account_id, webhook_endpoint=theirs.id)

    assert shown["account"] == seller.account_id
    states = dict(Delivery.objects.values_list("endpoint_id", "status"))
    assert states == {own.id: "delivered", theirs.id: "pending"}
    api("POST", path, account=a_seller(a_platform()).account_id)
    assert api.status == 404
    api("POST", path, account=seller.account_id, webhook_endpoint=own.id)
    assert api.status == 400


def test_a_platform_sees_whose_event_it_looks_at(api, platform):
    seller = a_seller(platform)
    event = an_event(seller)

    seen = api("GET", f"events/{event.id}", acting_for=seller.account_id)

    assert seen["account"] == seller.account_id
    assert event.created_at > now() - timedelta(minutes=1)
