"""Events are rendered in the version of the endpoint that hears them, or of who reads them."""

import json
from typing import Any

import pytest

from accounts.models import Account
from payments.refunds.services import refunds
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.payments.test_older_versions import NEWEST, Api
from tests.webhooks.steps import PAID, relayed
from webhooks.models import Delivery, Endpoint, Event
from webhooks.queries import body_of
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "https://shop.example/hooks"


@pytest.fixture
def platform():
    return a_platform()


def listening(platform, version: str | None = None, **details: Any) -> Endpoint:
    wanted: dict[str, Any] = {"enabled_events": ["*"]} | details
    return endpoints.create(tenant=platform, url=ADDRESS, api_version=version, at=now(), **wanted)[
        0
    ]


def receive(endpoint: Endpoint, type: str = PAID) -> Any:
    return json.loads(body_of(Delivery.objects.get(endpoint=endpoint, event__type=type)))


def test_each_endpoint_hears_in_its_own_version(platform):
    old, middle = listening(platform, "2018-11-08"), listening(platform, "2020-08-27")
    new, own = listening(platform, "2025-09-30.clover"), listening(platform)
    intent = a_paid_intent(platform)

    relayed()

    assert receive(old)["api_version"] == "2018-11-08"
    assert receive(old)["data"]["object"]["allowed_source_types"]
    (charge,) = receive(middle)["data"]["object"]["charges"]["data"]
    assert (charge["payment_intent"], charge["paid"]) == (intent.id, True)
    assert charge["refunds"]["total_count"] == 0
    assert receive(middle, "charge.succeeded")["data"]["object"]["refunds"]["data"] == []
    assert receive(new)["api_version"] == "2025-09-30.clover"
    assert "charges" not in receive(new)["data"]["object"]
    assert receive(own)["api_version"] == NEWEST
    assert receive(own)["data"] == json.loads(Event.objects.get(type=PAID).data)


def test_an_endpoint_without_a_version_hears_in_its_accounts(platform):
    own = listening(platform)
    Account.objects.filter(id=platform.account_id).update(api_version="2020-08-27")
    a_paid_intent(platform)

    relayed()

    assert receive(own)["api_version"] == "2020-08-27"
    assert receive(own)["data"]["object"]["charges"]["total_count"] == 1


def test_a_platform_hears_of_its_sellers_in_its_own_version(platform):
    seller = a_seller(platform)
    connect = listening(platform, "2017-04-06", is_connect=True)
    a_paid_intent(seller)

    relayed()

    event = receive(connect)
    assert event["user_id"] == seller.account_id
    assert event["request"] is None
    assert event["data"]["object"]["charges"]["total_count"] == 1


def test_an_event_tells_what_was_true_then_also_in_an_older_version(platform):
    old = Api(a_key(platform), "2020-08-27")
    intent = a_paid_intent(platform)
    paid = Event.objects.get(type=PAID)
    refunds.create(tenant=platform, intent_id=intent.id, at=now())

    told = old("GET", f"events/{paid.id}")["data"]["object"]["charges"]
    (listed,) = old("GET", "events", type=PAID)["data"]
    today = old("GET", f"payment_intents/{intent.id}")["charges"]["data"][0]

    (charge,) = told["data"]
    assert (charge["refunded"], charge["amount_refunded"], today["refunded"]) == (False, 0, True)
    assert charge["refunds"]["data"] == []
    assert listed["data"]["object"]["charges"] == told
    assert listed["api_version"] == "2020-08-27"
    refunded = old("GET", "events", type="charge.refunded")["data"][0]["data"]["object"]
    assert (refunded["refunded"], refunded["refunds"]["total_count"]) == (True, 1)


def test_an_attempt_that_was_not_made_yet_is_not_told(platform):
    api = Api(a_key(platform), "2020-08-27")
    intent = api(
        "POST",
        "payment_intents",
        amount=5_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_chargeDeclined",
    )["error"]["payment_intent"]
    paid = api("POST", f"payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")

    def charges(type: str) -> list[str]:
        (event,) = api("GET", "events", type=type)["data"]
        return [charge["status"] for charge in event["data"]["object"]["charges"]["data"]]

    assert [charge["status"] for charge in paid["charges"]["data"]] == ["succeeded", "failed"]
    assert charges("payment_intent.created") == []
    assert charges("payment_intent.payment_failed") == ["failed"]
    assert charges(PAID) == ["succeeded", "failed"]


def test_a_page_of_events_costs_the_same_whatever_its_length(platform, django_assert_num_queries):
    api = Api(a_key(platform), "2020-08-27")
    a_paid_intent(platform)
    api("GET", "events")
    with django_assert_num_queries(20, exact=False) as few:
        api("GET", "events", limit=100)
    for _ in range(5):
        a_paid_intent(platform)

    with django_assert_num_queries(len(few)):
        api("GET", "events", limit=100)


def test_only_a_version_that_there_may_be_is_kept_for_an_endpoint(platform):
    api = Api(a_key(platform))

    def make(version: str) -> Any:
        return api(
            "POST", "webhook_endpoints", url=ADDRESS, enabled_events=["*"], api_version=version
        )

    assert make("2020-08-27")["api_version"] == "2020-08-27"
    assert make("2024-09-30.acacia")["api_version"] == "2024-09-30.acacia"
    for wrong in ("2023-02-30", "1999-01-01", "2999-01-01", "not-a-date", "2024-09-30.basil"):
        refused = make(wrong)["error"]
        assert (api.status, refused["param"]) == (400, "api_version")
    assert Endpoint.objects.count() == 2


def test_the_people_of_an_account_stay_hidden_from_applications_in_older_versions():
    from api.answers import shown

    account = {"object": "account", "id": "acct_1", "legal_entity": {"first_name": "Ada"}}

    assert shown.without(account, {"persons"}) == {"object": "account", "id": "acct_1"}
