"""What the page of an endpoint sends: what failed once more, a test, and a drawing of its hours."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from core.errors import InvalidRequest
from tests.admin.test_endpoint_pages import (
    LIST,
    a_delivery,
    one_with_deliveries,
    page,
    send,
    text_of,
)
from tests.factories import now
from tests.webhooks.steps import an_endpoint
from webhooks.catalog import TEST_EVENT
from webhooks.models import Delivery, Endpoint, Event
from webhooks.operator_pages import chart
from webhooks.services import audience, resending
from webhooks.services.audience import Settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint():
    return one_with_deliveries()


def test_all_that_failed_is_sent_again_in_the_background(operator, endpoint):
    before = {row.id: row for row in Delivery.objects.all()}

    refused = send(operator, page(endpoint, "resend"), reason=" ")
    sent = send(operator, page(endpoint, "resend"))
    again = send(operator, page(endpoint, "resend"))

    assert "Say why" in refused.content.decode()
    assert "2 deliveries are being sent again" in sent.content.decode()
    assert "Nothing has failed here since then" in again.content.decode()
    due = Delivery.objects.filter(status="pending", next_attempt_at__lte=now())
    assert {before[row.id].status for row in due} == {"exhausted", "failing"}
    assert all(row.attempts_before_resend == row.attempt_count for row in due)
    recorded = AuditEvent.objects.get(action="endpoint.failed_resent")
    assert recorded.changes == {"deliveries": [None, 2]}
    assert (recorded.reason, recorded.target_id) == ("They asked", endpoint.id)


def test_a_resend_goes_on_batch_by_batch_from_where_it_stands_and_can_be_stopped(
    operator, endpoint
):
    """Whoever dies between two batches has lost nothing: the row says where it stands."""
    oldest = list(Delivery.objects.exclude(status="pending").order_by("id"))

    begun = resending.begin(endpoint=endpoint, at=now(), sends_accepted=True, batch=2)
    halfway = text_of(operator, page(endpoint))
    again = send(operator, page(endpoint, "resend")).content.decode()
    throttled = resending.step(begun.id, at=now(), most_waiting=3)
    Delivery.objects.filter(id=oldest[0].id).update(status="delivered", next_attempt_at=None)
    resending.step(begun.id, at=now(), batch=2, most_waiting=3)
    stopped = send(operator, page(endpoint, "resend"), do="stop").content.decode()
    resending.make_due(at=now())

    assert "2 of 5" in halfway
    assert "runs already" in again
    assert throttled == 0
    assert "4 of 5 were sent" in stopped
    due = Delivery.objects.filter(next_attempt_at__lte=now(), attempts_before_resend=1)
    assert {row.id for row in due} == {row.id for row in oldest[1:4]}
    recorded = AuditEvent.objects.get(action="endpoint.resend_stopped")
    assert recorded.changes == {"resend": [None, "4 of 5 sent"]}


def test_a_resend_ends_with_what_there_was_when_it_began(endpoint):
    hour_ago = now() - timedelta(hours=1)
    begun = resending.begin(endpoint=endpoint, at=now(), since=hour_ago, batch=1)
    a_delivery(endpoint, "exhausted", 500)
    resending.make_due(at=now())

    begun.refresh_from_db()
    assert (begun.status, begun.sent, begun.total) == ("done", 2, 2)
    assert Delivery.objects.filter(status="exhausted").count() == 1
    with pytest.raises(InvalidRequest, match="still to come"):
        resending.begin(endpoint=endpoint, at=now(), since=now() + timedelta(hours=1))


def test_a_test_event_goes_to_one_endpoint_alone(operator, endpoint):
    other = an_endpoint(endpoint.tenant, "http://127.0.0.1:9/other", "*")

    shown = send(operator, page(endpoint), do="test").content.decode()
    event = Event.objects.get(type=TEST_EVENT)
    head = Settled(1, event.id, event.account_id, False, event.type, event.object_id)
    made = audience.deliveries([head], at=now())

    assert "A test event is on its way" in shown
    assert [row.endpoint_id for row in made.deliveries] == [endpoint.id]
    assert not any(other.id in text for text in made.bodies.values())
    assert AuditEvent.objects.get(action="endpoint.tested").changes == {"event": [None, event.id]}


def test_the_hours_are_drawn_and_told(operator, endpoint):
    hours = chart.hours(endpoint.id, at=now())
    shown = text_of(operator, page(endpoint))

    assert (len(hours), sum(hour.tries for hour in hours)) == (24, 5)
    assert (hours[-1].accepted, hours[-1].percent, hours[-1].most_ms) == (3, "60.0", 1_234)
    assert "5 60.0 % 1234 ms 1234 ms" in shown
    assert "Owed in the last hour: 0 = 0 delivered" in text_of(operator, LIST)


@pytest.mark.parametrize("state", [{"is_enabled": False}, {"deleted_at": now()}])
def test_nothing_is_sent_again_to_what_hears_nothing(operator, endpoint, state):
    Endpoint.objects.update(**state)

    shown = text_of(operator, page(endpoint))
    answer = send(operator, page(endpoint, "resend"))

    assert "Send them again" not in shown
    assert "so nothing is sent to it" in answer.content.decode()
    assert not Delivery.objects.filter(next_attempt_at__lte=now()).exists()
    assert not AuditEvent.objects.filter(action="endpoint.failed_resent").exists()


def test_one_delivery_is_sent_again_from_the_page_of_its_endpoint(operator, endpoint):
    row = Delivery.objects.get(status="exhausted")

    answer = send(operator, f"/admin/webhooks/delivery/{row.id}/resend/", **{"from": "endpoint"})

    assert answer.redirect_chain[-1][0] == page(endpoint)
    row.refresh_from_db()
    assert row.status == "pending"
