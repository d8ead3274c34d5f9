"""Thin events and their destinations, over HTTP: what is stored, sent and asked of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import a_key, a_platform, now
from tests.webhooks.steps import an_event, relayed, try_all
from webhooks.models import Delivery
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api():
    platform = a_platform()
    headers = {"Authorization": f"Bearer {a_key(platform)}"}

    def ask(method: str, path: str, **params: Any) -> Any:
        given = {"query_params": params}
        if method == "POST":
            given = {"data": params, "content_type": "application/json"}
        answer = getattr(Client(), method.lower())(f"/v2/core/{path}", headers=headers, **given)
        assert answer.status_code == 200, answer.content
        return answer.json()

    ask.tenant = platform
    return ask


def a_thin_one(tenant, url="http://127.0.0.1:9/"):
    return endpoints.create(
        tenant=tenant, url=url, enabled_events=["*"], is_thin=True, name="Shop", at=now()
    )[0]


def asked(path: str, api: Any) -> tuple[Any, int]:
    """Get something, and count what is asked of the tables of events and endpoints."""
    with CaptureQueriesContext(connection) as queries:
        answer = api("GET", path.removeprefix("/v2/core/"))
    return answer, sum('FROM "webhooks_' in one["sql"] for one in queries)


def test_lists_and_pages_take_as_many_queries_however_long_they_are(api):
    made = [a_thin_one(api.tenant) for _ in range(4)]
    for number in range(4):
        event = an_event(api.tenant, f"cus_{number}")

    for path in ("event_destinations", "events"):
        first, count = asked(f"{path}?limit=2", api)
        assert (len(first["data"]), first["previous_page_url"], count) == (2, None, 1)
        second, count = asked(first["next_page_url"], api)
        assert (len(second["data"]), second["next_page_url"], count) == (2, None, 2)
        back, count = asked(second["previous_page_url"], api)
        assert (back["data"], count) == (first["data"], 2)
    assert asked(f"event_destinations/{made[0].id}", api)[1] == 1
    assert asked(f"events/{event.id}", api)[1] == 1


def test_a_ping_goes_to_the_destination_that_it_is_about_and_to_nobody_else(api, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    a_thin_one(api.tenant, httpserver.url_for("/other"))
    made = api(
        "POST",
        "event_destinations",
        name="Shop",
        type="webhook_endpoint",
        event_payload="thin",
        enabled_events=["v1.refund.created"],
        webhook_endpoint={"url": httpserver.url_for("/")},
    )

    pinged = api("POST", f"event_destinations/{made['id']}/ping")
    relayed()
    try_all()

    (heard,) = [request.get_json() for request, _ in httpserver.log]
    assert (heard["id"], heard["related_object"]["id"]) == (pinged["id"], made["id"])
    assert Delivery.objects.get().status == "delivered"
    assert made["webhook_endpoint"] == {"signing_secret": None, "url": None}
