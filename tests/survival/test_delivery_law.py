"""The checker that follows each fault of deliveries finds what is wrong with them."""

import time
from dataclasses import replace

import pytest

from tests.factories import a_platform, now
from tests.survival.deliveries.law import Known, hold
from tests.survival.deliveries.sink import Heard
from tests.webhooks.steps import an_event, as_owner, relayed, try_all
from webhooks.models import Delivery, Endpoint, Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(httpserver) -> tuple[Known, list[Heard]]:
    """An endpoint that was sent two events of an object, and what it has written down."""
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    row, secret = endpoints.create(
        tenant=platform, url=httpserver.url_for("/"), enabled_events=["*"], at=now()
    )
    Endpoint.objects.filter(id=row.id).update(keeps_order=True)
    due = [an_event(platform).id for _ in range(2)]
    relayed()
    try_all()
    log = [
        Heard(time.time(), "/", {n.lower(): v for n, v in one.headers.items()}, one.data, 200, True)
        for one, _ in httpserver.log
    ]
    known = Known(row.id, {"/"}, keeps_order=True, secrets=[(secret, 0.0, float("inf"))])
    known.due = set(due)
    return known, log


def problems(known: Known, log: list[Heard]) -> str:
    return "\n".join(hold([known], log).problems)


def test_nothing_is_wrong_with_deliveries_that_arrived(told):
    known, log = told

    found = hold([known], log)

    assert found.problems == []
    assert (found.due, found.arrived, found.lost, found.doubled) == (2, 2, 0, 0)


def test_a_delivery_that_never_arrived_is_found(told):
    known, log = told

    assert "is said to be delivered, and never was" in problems(known, log[1:])


def test_what_nobody_owes_other_bytes_and_other_signatures_are_found(told):
    known, (first, second) = told
    unsigned = first.headers | {"stripe-signature": f"t={int(time.time())},v1=00"}
    unknown = first.headers | {"webhook-id": "evt_0"}

    assert "which nobody owes it" in problems(
        known, [first, second, replace(first, headers=unknown)]
    )
    assert "other bytes" in problems(known, [replace(first, body=b"{}"), second])
    assert "was not signed" in problems(known, [replace(first, headers=unsigned), second])


def test_a_secret_that_was_replaced_signs_nothing_any_more(told):
    known, log = told
    known.secrets = [(secret, begun, log[0].at - 60) for secret, begun, _ in known.secrets]

    assert "was not signed" in problems(known, log)


def test_what_comes_after_something_later_of_its_object_is_found(told):
    known, (first, second) = told
    again = replace(first, at=second.at + 1)

    assert f"was sent {first.event_id} after {second.event_id}" in problems(
        known, [first, second, again]
    )


def test_a_delivery_that_is_gone_and_an_event_that_was_passed_over_are_lost(told):
    known, log = told
    event = Event.objects.get(id=min(known.due))
    tenant = Delivery.objects.get(event=event).tenant
    known.due.add(an_event(tenant).id)
    passed_over = problems(known, log)
    as_owner(
        f"DELETE FROM webhooks_attempt; DELETE FROM webhooks_delivery WHERE event_id = '{event.id}'"
    )

    assert "is lost: None" in passed_over
    assert "The law does not hold" in problems(known, log)
