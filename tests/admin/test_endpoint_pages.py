"""The list of endpoints and the page of one: how it takes events, and what can be done about it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Membership
from core.admin import page_of
from core.ids import new_id
from tests.factories import a_platform, a_seller, an_operator, now
from tests.webhooks.steps import an_endpoint, an_event
from webhooks import encryption
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.operator_pages import figures
from webhooks.services import signing_secrets

pytestmark = pytest.mark.django_db
LIST = "/admin/webhooks/endpoint/"


def a_delivery(endpoint, status, code=None, error="", type="customer.created"):
    waits = status in ("pending", "failing")
    row = Delivery.objects.create(
        id=new_id("dlv"),
        account_id=endpoint.account_id,
        livemode=endpoint.livemode,
        event=an_event(endpoint.tenant, type=type),
        endpoint=endpoint,
        body="{}",
        status=status,
        attempt_count=0 if status == "pending" else 1,
        next_attempt_at=now() + timedelta(hours=1) if waits else None,
        created_at=now(),
    )
    if status != "pending":
        Attempt.objects.create(
            delivery=row,
            number=1,
            status_code=code,
            latency_ms=1_234,
            error=error,
            response_body="We are <closed>",
            created_at=now(),
        )
    return row


@pytest.fixture
def endpoint():
    return one_with_deliveries()


def one_with_deliveries():
    row = an_endpoint(a_platform(), "http://127.0.0.1:9/hooks", "customer.created")
    for _ in range(3):
        a_delivery(row, "delivered", 200)
    a_delivery(row, "exhausted", None, "The endpoint did not answer in time.")
    a_delivery(row, "failing", 503)
    a_delivery(row, "pending")
    return row


def page(row, verb="change"):
    return page_of("webhooks_endpoint", row.id) if verb == "change" else f"{LIST}{row.id}/{verb}/"


def text_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def send(client, address, **form):
    return client.post(address, {"reason": "They asked"} | form, follow=True)


def test_the_page_tells_how_an_endpoint_takes_its_events(operator, endpoint):
    shown = text_of(operator, page(endpoint))

    for words in (
        "Accepted in 24 hours 60.0 % of 5",
        "Accepted in 7 days 60.0 % of 5",
        "Wait for their first try 1",
        "Failing, tried again by themselves 1",
        "canceled ones too 2",
        "of what is not accepted: It answered 503 Service Unavailable.",
        "The endpoint did not answer in time.",
        "We are <closed>",
        "1,234 ms",
    ):
        assert words in shown, words


def test_the_page_of_a_destination_says_that_its_events_are_thin(operator, endpoint):
    Endpoint.objects.filter(id=endpoint.id).update(is_thin=True, name="Warehouse")

    shown = text_of(operator, page(endpoint))

    assert "Name Warehouse" in shown
    assert "API version none: thin events" in shown


def test_a_rate_of_some_deliveries_says_so_and_almost_all_is_not_all(endpoint):
    [some] = figures.figures([endpoint.id], most_rated=3).values()

    # The newest three: one waits, one fails, one was given up.
    assert str(some.day) == "0.0 % of the newest 2"
    assert str(figures.Rate(accepted=9_999, failed=1)) == "99.9 % of 10,000"
    assert str(figures.Rate(accepted=3, failed=0)) == "100 % of 3"


def test_the_last_deliveries_are_filtered(operator, endpoint):
    paid = a_delivery(endpoint, "delivered", 200, type="payment_intent.succeeded")

    failed = operator.get(page(endpoint), {"show": "failed"}).context["deliveries"]
    of_type = operator.get(page(endpoint), {"type": "payment_intent.succeeded"})
    none = text_of(operator, page(endpoint), type="payout.paid")

    assert [row["word"] for row in failed] == ["failing, tried again", "given up"]
    assert [row["id"] for row in of_type.context["deliveries"]] == [paid.id]
    assert "None of its deliveries is so." in none


def test_the_list_tells_it_of_each_and_is_filtered(operator, endpoint):
    platform = a_platform()
    quiet = an_endpoint(platform, "http://127.0.0.1:9/quiet")
    gone = an_endpoint(platform, "http://127.0.0.1:9/gone")
    Endpoint.objects.filter(id=gone.id).update(deleted_at=now(), is_enabled=False)

    shown = text_of(operator, LIST)

    assert "60.0 % of 5" in shown
    assert "1, 1 waiting" in shown
    assert "nothing sent" in shown
    assert gone.url not in shown
    for query, wanted in (
        ({"failing": "1"}, {endpoint.id}),
        ({"state": "deleted"}, {gone.id}),
        ({"state": "enabled", "account": platform.account_id}, {quiet.id}),
    ):
        rows = operator.get(LIST, query).context["cl"].result_list
        assert {row.id for row in rows} == wanted, query


def test_both_pages_ask_as_much_of_one_row_as_of_fifty(operator, endpoint):
    def queries(address):
        with CaptureQueriesContext(connection) as seen:
            assert operator.get(address).status_code == 200
        return len(seen)

    few = [queries(LIST), queries(page(endpoint))]
    others = [an_endpoint(a_platform(), f"http://127.0.0.1:9/{n}") for n in range(3)]
    Endpoint.objects.bulk_create(
        Endpoint(
            id=new_id("we"),
            account_id=others[0].account_id,
            livemode=False,
            url=f"http://x/{n}",
            secret=others[0].secret,
            created_at=now(),
        )
        for n in range(46)
    )
    for n in range(50):
        a_delivery(endpoint, "failing" if n % 2 else "delivered", 500)

    assert [queries(LIST), queries(page(endpoint))] == few
    assert few[1] <= 14


def test_an_endpoint_is_switched_off_and_on_with_a_reason(operator, endpoint):
    without = send(operator, page(endpoint), do="disable", reason="")
    off = send(operator, page(endpoint), do="disable")
    endpoint.refresh_from_db()
    was_on = endpoint.is_enabled
    on = send(operator, page(endpoint), do="enable")

    assert "Say why" in without.content.decode()
    assert "It is disabled" in off.content.decode()
    assert not was_on
    assert "It is enabled" in on.content.decode()
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
    changes = AuditEvent.objects.filter(action="endpoint.changed").order_by("id")
    assert [row.changes for row in changes] == [
        {"is_enabled": [True, False]},
        {"is_enabled": [False, True]},
    ]
    assert {(row.reason, row.actor_email) for row in changes} == {
        ("They asked", "operator@example.com")
    }


def test_what_was_missed_is_sent_when_it_is_enabled_or_later(operator, endpoint):
    send(operator, page(endpoint), do="disable")
    offered = operator.get(page(endpoint)).content.decode()
    send(operator, page(endpoint), do="enable")
    later = operator.get(page(endpoint)).content.decode()
    sent = send(operator, page(endpoint), do="missed")
    again = send(operator, page(endpoint), do="missed")

    assert 'name="missed"' in offered
    assert 'value="missed"' in later
    assert "What it missed is being sent" in sent.content.decode()
    assert "has missed nothing" in again.content.decode()
    assert not Delivery.objects.filter(status__in=("failing", "exhausted", "canceled")).exists()


def test_the_pace_of_an_endpoint_is_chosen(operator, endpoint):
    for wrong in ("0", "many", "99999", "²"):
        refused = send(operator, page(endpoint), do="pace", most_per_second=wrong)
        assert "Write a number from 1 to 10,000" in refused.content.decode()
    shown = send(operator, page(endpoint), do="pace", keeps_order="1", most_per_second="50")

    endpoint.refresh_from_db()
    assert (endpoint.keeps_order, endpoint.most_per_second) == (True, 50)
    assert 'value="50"' in shown.content.decode()
    send(operator, page(endpoint), do="pace")
    endpoint.refresh_from_db()
    assert (endpoint.keeps_order, endpoint.most_per_second) == (False, None)


def test_events_are_chosen_from_a_list_and_a_refused_form_keeps_them(operator, endpoint):
    chosen = ["charge.failed", "payout.paid"]

    refused = send(operator, page(endpoint), do="events", events=chosen, reason="")
    kept = [row["type"] for row in refused.context["events"] if row["is_chosen"]]
    none = send(operator, page(endpoint), do="events")
    unknown = send(operator, page(endpoint), do="events", events=["charge.eaten"])
    send(operator, page(endpoint), do="events", events=chosen)
    endpoint.refresh_from_db()
    named = endpoint.enabled_events
    send(operator, page(endpoint), do="events", events=["*", "payout.paid"])

    assert kept == chosen
    assert "Name at least one event type" in none.content.decode()
    assert "charge.eaten is not a type of event" in unescape(unknown.content.decode())
    assert named == chosen
    endpoint.refresh_from_db()
    assert endpoint.enabled_events == ["*"]


def test_a_rolled_secret_is_shown_once_and_both_sign_for_a_while(operator, endpoint):
    old = encryption.decrypt(endpoint.secret, row=endpoint.id)
    form = {"fingerprint": signing_secrets.fingerprint(endpoint), "overlap": "24"}

    answer = send(operator, page(endpoint, "roll"), **form)
    again = send(operator, page(endpoint, "roll"), **form)

    [shown] = re.findall(r"whsec_[\w+/]+", answer.content.decode())
    endpoint.refresh_from_db()
    assert "no-store" in answer["Cache-Control"]
    assert "rolled already" in again.content.decode()
    assert shown not in again.content.decode() + text_of(operator, page(endpoint))
    assert signing_secrets.in_use(endpoint, at=now()) == [shown, old]
    assert signing_secrets.in_use(endpoint, at=now() + timedelta(hours=25)) == [shown]
    recorded = AuditEvent.objects.get(action="endpoint.secret_rolled")
    assert all(one.startswith("hmac:") for one in recorded.changes["secret"])
    assert shown not in str(recorded.changes)


def test_a_secret_ends_at_once_if_that_is_wanted_and_odd_overlaps_are_refused(operator, endpoint):
    for overlap in ("²", "2"):
        form = {"fingerprint": signing_secrets.fingerprint(endpoint), "overlap": overlap}
        answer = send(operator, page(endpoint, "roll"), **form)
        assert 'role="alert"' in answer.content.decode()

    answer = send(operator, page(endpoint, "roll"), **form | {"overlap": "0"})

    assert "signs nothing any more" in answer.content.decode()
    endpoint.refresh_from_db()
    assert len(signing_secrets.in_use(endpoint, at=now())) == 1


def test_a_members_developer_has_the_endpoints_of_the_platform_and_of_its_sellers(endpoint):
    person = an_operator("dev@example.com", role="")
    Membership.objects.create(user=person, account_id=endpoint.account_id, role="developer")
    client = Client()
    client.force_login(person)
    theirs = an_endpoint(a_seller(endpoint.tenant), "http://127.0.0.1:9/seller")
    foreign = an_endpoint(a_platform(), "http://127.0.0.1:9/foreign")

    rows = client.get(LIST).context["cl"].result_list

    assert {row.id for row in rows} == {endpoint.id, theirs.id}
    assert "It is disabled" in send(client, page(endpoint), do="disable").content.decode()
    for verb in ("change", "roll", "resend"):
        assert client.post(page(foreign, verb), {"do": "disable"}).status_code == 404


def test_the_other_mode_is_offered_and_nothing_is_done_in_it(operator, endpoint):
    Endpoint.objects.update(livemode=True)

    assert "is live data" in operator.get(page(endpoint)).content.decode()
    assert operator.post(page(endpoint), {"do": "disable", "reason": "x"}).status_code == 404
