"""Event destinations and thin events, by the official package's own v2 services."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.acceptance.caller import Caller
from tests.factories import now
from webhooks import thin

pytestmark = pytest.mark.slow

URL, SECRET = "webhook_endpoint.url", "webhook_endpoint.signing_secret"


@pytest.fixture
def our(rialto_server) -> Iterator[Caller]:
    caller = Caller(rialto_server)
    yield caller
    assert caller.transport.faults == []


def a_destination(our: Caller, url: str, *types: str, **more: Any) -> Any:
    return our.raw.v2.core.event_destinations.create(
        {
            "name": "Shop",
            "type": "webhook_endpoint",
            "event_payload": "thin",
            "enabled_events": list(types) or ["*"],
            "webhook_endpoint": {"url": url},
            "include": [SECRET, URL],
            **more,
        }
    )


def heard(our: Caller, httpserver: Any, secret: str, count: int) -> list[Any]:
    """Wait until so many have arrived, and parse them as a receiver does."""
    deadline = time.monotonic() + 30
    while len(httpserver.log) < count:
        assert time.monotonic() < deadline, f"{len(httpserver.log)} have arrived."
        time.sleep(0.05)
    return [
        our.raw.parse_event_notification(request.data, request.headers["Stripe-Signature"], secret)
        for request, _ in httpserver.log
    ]


def test_a_thin_event_is_parsed_and_leads_to_the_event_and_to_its_object(our, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    types = ("v1.refund.created", "v1.customer.created", "v1.account.updated")
    made = a_destination(our, httpserver.url_for("/"), *types)
    customer = our.v1.customers.create({"name": "Ada"})
    refund = our.v1.refunds.create({"payment_intent": our.pay().id, "amount": 1_000})
    pinged = our.raw.v2.core.event_destinations.ping(made.id)
    secret = made.webhook_endpoint.signing_secret

    told = {one.type: one for one in heard(our, httpserver, secret, 3)}

    assert set(told) == {"v1.refund.created", "v1.customer.created", thin.PING}
    assert told["v1.refund.created"].fetch_related_object().id == refund.id
    assert told["v1.customer.created"].fetch_related_object().name == "Ada"
    event = told["v1.customer.created"].fetch_event()
    assert (event.object, event.related_object.id) == ("v2.core.event", customer.id)
    assert our.v1.events.retrieve(str(event.snapshot_event)).type == "customer.created"
    assert event.reason.request.id.startswith("req_")
    ping = told[thin.PING]
    assert (ping.id, ping.fetch_related_object().id) == (pinged.id, made.id)
    assert b"Ada" not in b"".join(request.data for request, _ in httpserver.log)
    with pytest.raises(stripe.InvalidRequestError):
        our.v1.events.retrieve(pinged.id)


def test_a_platform_is_told_whose_event_it_is_and_fetches_it_there(our, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    seller = our.seller
    made = a_destination(
        our, httpserver.url_for("/"), "v1.account.updated", events_from=["@accounts"]
    )
    our.v1.accounts.update(seller, {"metadata": {"a": "b"}})

    (told,) = heard(our, httpserver, made.webhook_endpoint.signing_secret, 1)

    assert str(told.context) == seller
    assert told.fetch_related_object().id == seller
    assert told.fetch_event().context == seller


def test_one_destination_hears_of_its_own_account_and_of_connected_ones(our, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    seller = our.seller
    both = ["@self", "@accounts"]
    made = a_destination(our, httpserver.url_for("/"), "v1.customer.created", events_from=both)
    own = our.v1.customers.create({"name": "Ada"})
    theirs = our.v1.customers.create({"name": "Bob"}, {"stripe_account": seller})

    told = heard(our, httpserver, made.webhook_endpoint.signing_secret, 2)

    assert made.events_from == both
    whose = {one.related_object.id: one.context and str(one.context) for one in told}
    assert whose == {own.id: None, theirs.id: seller}
    assert {one.fetch_related_object().name for one in told} == {"Ada", "Bob"}


def test_a_destination_is_made_changed_switched_and_deleted(our):
    destinations = our.raw.v2.core.event_destinations
    made = a_destination(our, "http://127.0.0.1:9/", "v1.refund.created", metadata={"a": "b"})
    other = a_destination(
        our,
        "http://127.0.0.1:9/",
        "refund.created",
        event_payload="snapshot",
        snapshot_api_version="2025-03-31.basil",
    )

    changed = destinations.update(
        made.id, {"name": "New", "enabled_events": ["*"], "metadata": {"a": None}, "include": [URL]}
    )
    assert (changed.name, changed.enabled_events, changed.metadata.to_dict()) == ("New", ["*"], {})
    assert (changed.webhook_endpoint.url, changed.webhook_endpoint.signing_secret) == (
        "http://127.0.0.1:9/",
        None,
    )
    assert changed.updated > changed.created
    off = destinations.disable(made.id)
    assert (off.status, off.status_details.disabled.reason) == ("disabled", "user")
    with pytest.raises(stripe.InvalidRequestError, match="Enable it first"):
        destinations.ping(made.id)
    assert destinations.enable(made.id).status == "enabled"
    assert other.snapshot_api_version == "2025-03-31.basil"
    # A snapshot destination is an endpoint of the first dialect, a thin one is not.
    assert our.v1.webhook_endpoints.retrieve(other.id).api_version == "2025-03-31.basil"
    assert [one.id for one in our.v1.webhook_endpoints.list().data] == [other.id]
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook_endpoint"):
        our.v1.webhook_endpoints.update(made.id, {"description": "d"})
    gone = destinations.delete(made.id)
    assert (gone.id, gone.object) == (made.id, "v2.core.event_destination")
    with pytest.raises(stripe.InvalidRequestError) as missing:
        destinations.retrieve(made.id)
    assert (missing.value.http_status, missing.value.code) == (404, "not_found")


def test_pages_lead_on_and_filters_leave_what_is_asked_for(our):
    made = [a_destination(our, "http://127.0.0.1:9/").id for _ in range(3)]
    for name in ("Ada", "Bob", "Cy"):
        our.v1.customers.create({"name": name})
    customer = our.v1.customers.create({"name": "Di"})
    listing = our.raw.v2.core

    pages = listing.event_destinations.list({"limit": 2})
    found = [one.id for one in pages.auto_paging_iter()]
    events = listing.events.list({"types": ["v1.customer.created"], "limit": 3})
    of_one = listing.events.list({"object_id": customer.id}).data
    hour = timedelta(hours=1)
    later = listing.events.list({"created": {"gt": (now() + hour).isoformat()}}).data
    since = listing.events.list({"created": {"gte": (now() - hour).isoformat()}}).data

    assert (found, len(pages.data)) == (made[::-1], 2)
    assert len(list(events.auto_paging_iter())) == 4
    assert [one.related_object.id for one in of_one] == [customer.id]
    assert (len(later), len(since)) == (0, 4)
    (first,) = listing.events.list({"limit": 1}).data
    assert listing.events.retrieve(first.id).related_object.id == customer.id


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"enabled_events": ["refund.created"]}, "enabled_events[0]"),
        ({"enabled_events": ["v1.refund.invented"]}, "enabled_events[0]"),
        ({"event_payload": "snapshot", "enabled_events": ["v1.refund.created"]},
         "enabled_events[0]"),
        ({"events_from": ["@self", "@organization_members"]}, "events_from"),
        ({"include": ["webhook_endpoint.salt"]}, "include[0]"),
        ({"snapshot_api_version": "2025-03-31.basil"}, "snapshot_api_version"),
        ({"type": "amazon_eventbridge"}, "type"),
        ({"webhook_endpoint": {"url": "ftp://example.com"}}, "webhook_endpoint[url]"),
    ],
)  # fmt: skip
def test_what_no_destination_can_be_is_refused_by_name(our, wrong, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_destination(our, "http://127.0.0.1:9/", **wrong)

    assert refused.value.json_body["error"].keys() == {"type", "code", "message", "param"}
    assert refused.value.param == param, str(refused.value)
    assert our.raw.v2.core.event_destinations.list().data == []


def test_nobody_reaches_anothers_destinations_and_events(our, rialto_server):
    made = a_destination(our, "http://127.0.0.1:9/")
    our.v1.customers.create({})
    event = our.raw.v2.core.events.list().data[0]
    theirs = Caller(rialto_server).raw.v2.core

    for reach in (
        lambda: theirs.event_destinations.retrieve(made.id),
        lambda: theirs.event_destinations.update(made.id, {"name": "mine"}),
        lambda: theirs.event_destinations.disable(made.id),
        lambda: theirs.event_destinations.ping(made.id),
        lambda: theirs.event_destinations.delete(made.id),
        lambda: theirs.events.retrieve(event.id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            reach()
        assert refused.value.http_status == 404
    assert theirs.event_destinations.list().data == []
    assert our.raw.v2.core.event_destinations.retrieve(made.id).name == "Shop"
