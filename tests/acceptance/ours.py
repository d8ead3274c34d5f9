"""Chapters of the actions that have calls of ours: webhooks, and money that comes too late."""

import json

from core.tenant import Tenant
from tests.acceptance.caller import Caller
from tests.payments.lateness import a_late_payment
from tests.webhooks.steps import a_resend_of
from webhooks.models import Endpoint


def money_that_comes_too_late(our: Caller) -> None:
    # Of baht, which would be the first currency in the balance of others.
    thai = Caller(our.server)
    with our.server.using_its_database():
        tenant = Tenant(thai.account, livemode=False)
        first, second = a_late_payment(tenant), a_late_payment(tenant)
    path = "/v1/unapplied_payments"
    listed = thai.raw.deserialize(thai.raw.raw_request("get", path), api_mode="V1")
    assert [one.id for one in listed.data] == [second.id, first.id]
    thai.raw.raw_request("get", f"{path}/{first.id}")
    thai.raw.raw_request("post", f"{path}/{first.id}/refund")
    thai.raw.raw_request("post", f"{path}/{second.id}/apply")
    our.transport.called |= thai.transport.called
    our.transport.faults += thai.transport.faults


def webhooks(our: Caller) -> None:
    our.raw.raw_request("post", "/v1/stripecli/sessions", websocket_features=["webhooks"])
    made = our.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["customer.created"]}
    )
    assert str(made.secret).startswith("whsec_")
    assert our.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert our.v1.webhook_endpoints.retrieve(made.id).url == "http://127.0.0.1:9/"
    assert made.id in [e.id for e in our.v1.webhook_endpoints.list().data]
    our.v1.customers.create({})
    our.v1.webhook_endpoints.update(made.id, {"disabled": False})
    _send_again(our, f"/v1/webhook_endpoints/{made.id}")
    assert our.v1.webhook_endpoints.delete(made.id).deleted
    event = our.v1.events.list({"types": ["customer.created"]}).data[0]
    assert our.v1.events.retrieve(event.id).type == "customer.created"
    our.raw.raw_request("post", f"/v1/events/{event.id}/retry")


def _send_again(our: Caller, path: str) -> None:
    our.raw.raw_request("post", f"{path}/roll_secret")
    with our.server.using_its_database():
        running = a_resend_of(Endpoint.objects.get(id=path.rpartition("/")[2]), status="running")
    our.raw.raw_request("post", f"{path}/resends/{running.id}/cancel")
    missed = our.raw.raw_request("post", f"{path}/resends", deliveries="missed")
    our.raw.raw_request("get", f"{path}/resends/{json.loads(missed.body)['id']}")
    our.raw.raw_request("get", f"{path}/resends")
