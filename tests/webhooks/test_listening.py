"""Commands that listen hear of what happens, and what they say of it is kept with each delivery."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import signing

from accounts.models import ApiKey
from config.door.listeners import PATH, Listeners
from tests.factories import a_key, a_platform, a_seller, now
from tests.webhooks.steps import an_event, relayed, try_all
from tests.webhooks.test_wire import Api
from webhooks import queries
from webhooks.listening import conversations, listeners, tickets
from webhooks.listening.tickets import Ticket
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


def a_ticket(tenant, feature="webhooks", **filters) -> Ticket:
    a_key(tenant)
    key = ApiKey.objects.filter(account_id=tenant.account_id).latest("created_at")
    return Ticket(tenant.account_id, tenant.livemode, key.id, "laptop", feature, filters)


def answered(frame, status, **more):
    return json.dumps(
        {
            "type": "webhook_response",
            "webhook_conversation_id": frame["webhook_conversation_id"],
            "forward_url": "http://127.0.0.1:3000/hook",
            "status": status,
            "body": "thanks\0",
            "http_headers": {"X-Seen": "yes", "Set-Cookie": "s=1"},
        }
        | more
    )


def test_a_listener_hears_of_its_account_and_of_sellers_and_its_answers_are_attempts():
    """Nobody else sends to it: neither the engine, nor another listener answers for it."""
    platform = a_platform()
    seller = a_seller(platform)
    an_event(platform, "cus_before")
    relayed()
    talk = conversations.begin(a_ticket(platform))
    own, theirs = an_event(platform, "cus_own"), an_event(seller, "cus_theirs")
    an_event(a_platform(), "cus_strange")
    relayed()
    try_all()

    told = [json.loads(one) for one in talk.next() or []]
    again = talk.next()
    shown = {json.loads(one["event_payload"])["id"]: one for one in told}
    talk.hear(answered(shown[own.id], 201))
    talk.hear(answered(shown[theirs.id], 500))
    talk.hear(answered(shown[own.id] | {"webhook_conversation_id": "dlv_other"}, 200))
    talk.hear("no json")

    assert again == []
    assert set(shown) == {own.id, theirs.id}
    assert [one["endpoint"]["api_version"] is None for one in told] == [True, False] * 2
    assert "account" not in json.loads(shown[own.id]["event_payload"])
    assert json.loads(shown[theirs.id]["event_payload"])["account"] == seller.account_id
    kept = Delivery.objects.order_by("id").values_list("event_id", "status", "attempt_count")
    assert list(kept) == [(own.id, "delivered", 1), (theirs.id, "exhausted", 1)]
    first = Attempt.objects.earliest("id")
    assert (first.status_code, first.response_body) == (201, "thanks")
    assert first.request_headers["forwarded-to"] == "http://127.0.0.1:3000/hook"
    assert first.response_headers["x-seen"] == "yes"
    assert "s=1" not in str(first.response_headers)
    assert queries.conservation().holds


def test_what_nobody_took_is_canceled_when_the_listener_has_gone():
    platform = a_platform()
    talk = conversations.begin(a_ticket(platform))
    taken, left = an_event(platform, "cus_1"), an_event(platform, "cus_2")
    relayed()
    frames = [json.loads(one) for one in talk.next() or []]
    talk.hear(json.dumps({"type": "event_ack", "webhook_conversation_id": frames[0]["webhook_id"]}))

    talk.end()
    try_all()
    an_event(platform, "cus_after")
    relayed()

    kept = dict(Delivery.objects.values_list("event_id", "status"))
    assert kept == {taken.id: "delivered", left.id: "canceled"}
    assert "is nowhere" in Attempt.objects.get().error


def test_an_event_from_before_is_sent_to_whoever_listens_now():
    platform = a_platform()
    event = an_event(platform, "cus_1")
    relayed()
    talk = conversations.begin(a_ticket(platform))

    listeners.tell(event, {platform.account_id}, at=now())
    listeners.tell(event, {platform.account_id}, at=now())

    assert len(talk.next() or []) == 2
    assert queries.conservation().holds


def test_an_endpoint_is_used_again_once_nobody_can_have_it_any_more():
    """Whoever is held up for long is told to come again, and shares its endpoint with nobody."""
    ticket = a_ticket(a_platform())
    first = listeners.open_for(ticket, at=now() - timedelta(hours=1))
    closed = listeners.close_lapsed(at=now() - timedelta(minutes=30))
    second = listeners.open_for(ticket, at=now())
    third = listeners.open_for(ticket, at=now())

    assert closed == 1
    assert (first == second, second == third) == (True, False)
    assert listeners.keep(third, at=now())
    listeners.close(third, at=now())
    assert not listeners.keep(third, at=now())
    assert Endpoint.objects.filter(deleted_at=None).count() == 1
    assert not queries.endpoints(ticket.tenant).exists()


def test_a_ticket_is_worth_nothing_once_its_key_is_revoked_or_it_was_changed():
    ticket = a_ticket(a_platform())
    text = tickets.write(ticket)

    assert tickets.read(text) == ticket
    assert tickets.read(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    assert tickets.read(signing.dumps({"account_id": "acct_1"}, salt="other")) is None
    ApiKey.objects.filter(id=ticket.key_id).update(expires_at=now())
    assert tickets.read(text) is None


def test_a_session_says_where_to_listen_and_by_which_secret():
    tenant = a_platform()
    api = Api(a_key(tenant))

    told = api(
        "POST",
        "stripecli/sessions",
        device_name="laptop",
        websocket_features=["v2_events", "webhooks"],
    )
    errors = [
        api("POST", "stripecli/sessions", websocket_features=["request_logs"], filters=filters)
        for filters in ("[", '{"filter_moon": ["full"]}', '{"filter_http_method": "GET"}')
    ] + [api("POST", "stripecli/sessions", websocket_features=["v2_events"])]

    assert told["websocket_url"].endswith("/v1/stripecli/socket")
    assert told["secret"] == tickets.secret(tenant, "laptop")
    assert tickets.secret(tenant, "desktop") != told["secret"]
    ticket = tickets.read(told["websocket_id"])
    assert ticket is not None
    assert (ticket.tenant, ticket.device, ticket.feature) == (tenant, "laptop", "webhooks")
    assert [one["error"]["param"] for one in errors] == [*["filters"] * 3, "websocket_features"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_no_page_of_somebody_else_listens(origin):
    refused = []
    scope = SimpleNamespace(path=PATH, headers={"origin": origin, "websocket-id": "x"})

    asyncio.run(Listeners(None).serve(scope, SimpleNamespace(close=refused.append)))

    assert refused == [403]
