"""What Rialto has beside the wire: order, pace, rolled secrets and resends, over HTTP."""

from datetime import timedelta
from typing import Any, get_args, get_type_hints

import pytest
from django.test import Client

from accounts.models import AuditEvent, KeyKind
from core.request_context import RequestContext, working_for
from tests.factories import a_key, a_platform, a_seller, now
from tests.webhooks.steps import an_event, relayed, try_all
from tests.webhooks.test_wire import Api
from webhooks import encryption
from webhooks.models import Delivery, Endpoint, Resend
from webhooks.resources import WebhookEndpointResend
from webhooks.services import resending, signing_secrets

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "webhook_endpoints"


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def api(platform):
    return Api(a_key(platform))


def made(api: Api, url: str = "http://127.0.0.1:9/", **more: Any) -> dict[str, Any]:
    answer = api("POST", PATH, url=url, enabled_events=["*"], **more)
    assert api.status == 200, answer
    return answer


def faults(resend: dict[str, Any]) -> list[str]:
    """Name the fields of a resend that are not as its class says."""
    hints = get_type_hints(WebhookEndpointResend)
    wrong = [
        name
        for name, hint in hints.items()
        if not (resend[name] in (get_args(hint)) or isinstance(resend[name], hint))
    ]
    return [*wrong, *(resend.keys() ^ hints.keys())]


def test_order_and_pace_are_chosen_changed_and_unset(api):
    plain = made(api)
    paced = made(api, delivery_settings={"order": "object", "max_per_second": 5})
    path = f"{PATH}/{paced['id']}"

    assert plain["delivery_settings"] == {"order": "any", "max_per_second": None}
    assert paced["delivery_settings"] == {"order": "object", "max_per_second": 5}
    row = Endpoint.objects.get(id=paced["id"])
    assert (row.keeps_order, row.most_per_second) == (True, 5)
    slower = api("POST", path, delivery_settings={"max_per_second": 2})
    assert slower["delivery_settings"] == {"order": "object", "max_per_second": 2}
    unset = api("POST", path, delivery_settings={"max_per_second": "", "order": "any"})
    assert unset["delivery_settings"] == {"order": "any", "max_per_second": None}
    for wrong in ({"order": "random"}, {"max_per_second": 0}, {"max_per_second": 10_001}):
        error = api("POST", path, delivery_settings=wrong)["error"]
        assert (api.status, error["param"]) == (400, f"delivery_settings[{next(iter(wrong))}]")


def test_an_ordered_endpoint_is_sent_an_objects_events_one_after_another(api, platform, httpserver):
    httpserver.expect_oneshot_request("/").respond_with_data("", status=500)
    httpserver.expect_request("/").respond_with_data("")
    made(api, httpserver.url_for("/"), delivery_settings={"order": "object"})
    first, second = an_event(platform), an_event(platform, type="customer.updated")
    relayed()

    try_all()
    held_back = [request.get_json()["id"] for request, _ in httpserver.log]
    try_all(after=timedelta(minutes=1))

    told = [request.get_json()["id"] for request, _ in httpserver.log]
    assert held_back == [first.id]
    assert told == [first.id, first.id, second.id]


def test_a_rolled_secret_is_shown_once_and_both_sign_for_as_long_as_was_asked(api):
    old = made(api)
    path = f"{PATH}/{old['id']}"

    new = api("POST", f"{path}/roll_secret", overlap_hours=6)

    row = Endpoint.objects.get()
    at = now()
    assert new["secret"].startswith("whsec_")
    assert "secret" not in api("GET", path)
    soon, late = at + timedelta(hours=5, minutes=59), at + timedelta(hours=6)
    assert signing_secrets.in_use(row, at=soon) == [new["secret"], old["secret"]]
    assert signing_secrets.in_use(row, at=late) == [new["secret"]]
    newer = api("POST", f"{path}/roll_secret")
    row.refresh_from_db()
    day = at + timedelta(hours=23)
    assert signing_secrets.in_use(row, at=day) == [newer["secret"], new["secret"]]
    newest = api("POST", f"{path}/roll_secret", overlap_hours=0)
    row.refresh_from_db()
    assert signing_secrets.in_use(row, at=at) == [newest["secret"]]
    for wrong in (-1, 25):
        error = api("POST", f"{path}/roll_secret", overlap_hours=wrong)["error"]
        assert (api.status, error["param"]) == (400, "overlap_hours")
    written = AuditEvent.objects.filter(action="endpoint.secret_rolled")
    assert {one.actor_kind for one in written} == {"api"}
    assert "whsec_" not in str([one.changes for one in written])


def test_a_roll_that_was_cut_off_is_not_done_twice(api, platform):
    old = made(api)
    answers = []

    for is_recovery in (False, True, True):
        request = RequestContext(id_suffix="a" * 24, is_recovery=is_recovery)
        with working_for(request):
            answers.append(
                signing_secrets.roll(
                    tenant=platform, endpoint_id=old["id"], overlap=timedelta(hours=1), at=now()
                )[1]
            )

    row = Endpoint.objects.get()
    assert len(set(answers)) == 1
    assert signing_secrets.in_use(row, at=now()) == [answers[0], old["secret"]]
    assert encryption.decrypt(row.secret, row=row.id) == answers[0]
    assert AuditEvent.objects.filter(action="endpoint.secret_rolled").count() == 1


def test_what_was_not_accepted_is_sent_again_and_its_progress_is_told(api, platform, httpserver):
    httpserver.expect_oneshot_request("/").respond_with_data("", status=410)
    httpserver.expect_request("/").respond_with_data("")
    endpoint = made(api, httpserver.url_for("/"))
    an_event(platform)
    relayed()
    try_all()
    path = f"{PATH}/{endpoint['id']}"

    refused = api("POST", f"{path}/resends")
    assert (api.status, refused["error"]["param"]) == (400, "webhook_endpoint")
    api("POST", path, disabled=False)
    resend = api("POST", f"{path}/resends")
    try_all()

    assert (resend["status"], resend["sent"], resend["total"]) == ("done", 1, 1)
    assert (resend["deliveries"], resend["webhook_endpoint"]) == ("unaccepted", endpoint["id"])
    assert faults(resend) == []
    assert Delivery.objects.filter(status="delivered").exists()
    assert api("GET", f"{path}/resends/{resend['id']}") == resend
    listed = api("GET", f"{path}/resends", limit=1)
    assert (listed["data"], listed["has_more"], listed["url"]) == (
        [resend],
        False,
        f"/v1/{path}/resends",
    )
    nothing = api("POST", f"{path}/resends")
    assert (api.status, "Nothing has failed here" in nothing["error"]["message"]) == (400, True)
    api("POST", f"{path}/resends/{resend['id']}/cancel")
    assert api.status == 400


def test_all_since_a_moment_is_sent_again(api, platform, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    endpoint = made(api, httpserver.url_for("/"))
    for number in range(3):
        an_event(platform, f"cus_{number}")
    relayed()
    try_all()
    path, hour = f"{PATH}/{endpoint['id']}/resends", int(now().timestamp()) - 3_600

    again = api("POST", path, deliveries="all", since=hour)
    try_all()
    later = api("POST", path, deliveries="all", since=hour + 7_200)

    assert (again["deliveries"], again["since"], again["sent"]) == ("all", hour, 3)
    assert len(httpserver.log) == 6
    assert (api.status, later["error"]["param"]) == (400, "since")


def test_what_was_missed_is_sent_once_it_is_enabled(api, platform, httpserver):
    httpserver.expect_request("/").respond_with_data("")
    endpoint = made(api, httpserver.url_for("/"))
    path = f"{PATH}/{endpoint['id']}"
    api("POST", path, disabled=True)
    missed = an_event(platform)
    relayed()
    api("POST", path, disabled=False)

    resend = api("POST", f"{path}/resends", deliveries="missed")
    try_all()

    assert (resend["deliveries"], resend["total"]) == ("missed", 1)
    assert [request.get_json()["id"] for request, _ in httpserver.log] == [missed.id]


def test_a_resend_is_stopped_and_one_that_was_cut_off_is_not_begun_twice(api, platform):
    endpoint = made(api)
    for number in range(3):
        an_event(platform, f"cus_{number}")
    relayed()
    Delivery.objects.update(status="exhausted", next_attempt_at=None)
    row = Endpoint.objects.get()

    begun = []
    for is_recovery in (False, True):
        with working_for(RequestContext(id_suffix="a" * 24, is_recovery=is_recovery)):
            begun.append(resending.begin(endpoint=row, at=now(), batch=1).id)
    path = f"{PATH}/{endpoint['id']}/resends/{begun[0]}"
    running = api("GET", path)
    busy = api("POST", f"{PATH}/{endpoint['id']}/resends")
    stopped = api("POST", f"{path}/cancel")

    assert begun[0] == begun[1]
    assert Resend.objects.count() == 1
    assert (running["status"], running["sent"], running["ended"]) == ("running", 1, None)
    assert (busy["error"]["type"], stopped["status"]) == ("invalid_request_error", "stopped")
    assert faults(running) + faults(stopped) == []
    assert Delivery.objects.filter(status="exhausted").count() == 2


def test_nobody_reaches_anothers_endpoint_nor_a_resend_of_another_endpoint(api, platform):
    endpoint, other = made(api), made(api)
    an_event(platform)
    relayed()
    resend = api("POST", f"{PATH}/{endpoint['id']}/resends", deliveries="all")["error"]
    assert resend["type"] == "invalid_request_error"
    Delivery.objects.update(status="delivered", next_attempt_at=None)
    resend = api("POST", f"{PATH}/{endpoint['id']}/resends", deliveries="all")
    stranger = Api(a_key(a_platform()))
    reader = Api(a_key(platform, kind=KeyKind.RESTRICTED, permissions={PATH: "read"}))
    before = list(Endpoint.objects.order_by("id").values())

    for method, path in (
        ("POST", "roll_secret"),
        ("POST", "resends"),
        ("GET", "resends"),
        ("GET", f"resends/{resend['id']}"),
        ("POST", f"resends/{resend['id']}/cancel"),
    ):
        stranger(method, f"{PATH}/{endpoint['id']}/{path}")
        assert stranger.status == 404, path
        reader(method, f"{PATH}/{endpoint['id']}/{path}")
        assert reader.status == (200 if method == "GET" else 403), path
    api("GET", f"{PATH}/{other['id']}/resends/{resend['id']}")
    assert api.status == 404
    assert list(Endpoint.objects.order_by("id").values()) == before


def test_a_destination_of_both_is_told_of_both_and_sent_what_it_missed_of_both(
    api, platform, httpserver
):
    httpserver.expect_request("/").respond_with_data("")
    seller = a_seller(platform)
    answer = (
        Client()
        .post(
            "/v2/core/event_destinations",
            {
                "name": "All",
                "type": "webhook_endpoint",
                "event_payload": "snapshot",
                "enabled_events": ["customer.created"],
                "events_from": ["@accounts", "@self"],
                "delivery_settings": {"order": "object", "max_per_second": 7},
                "webhook_endpoint": {"url": httpserver.url_for("/")},
            },
            content_type="application/json",
            headers={"Authorization": f"Bearer {api.key}"},
        )
        .json()
    )
    path = f"{PATH}/{answer['id']}"
    own, theirs = an_event(platform), an_event(seller)
    relayed()
    try_all()
    api("POST", path, disabled=True)
    missed = [an_event(platform, "cus_2"), an_event(seller, "cus_3")]
    relayed()
    api("POST", path, disabled=False)
    api("POST", f"{path}/resends", deliveries="missed")
    try_all()

    assert answer["events_from"] == ["@self", "@accounts"]
    assert answer["delivery_settings"] == {"order": "object", "max_per_second": 7}
    told = {(one["id"], one.get("account")) for one in (r.get_json() for r, _ in httpserver.log)}
    of_own = {(event.id, None) for event in (own, missed[0])}
    of_sellers = {(event.id, seller.account_id) for event in (theirs, missed[1])}
    assert told == of_own | of_sellers
    assert len(httpserver.log) == 4
