"""The page of a request: who asked for what, the answer in words, and what came of it."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import ApiKey, Membership
from api import request_log
from api.models import RequestLog
from core.admin import page_of
from core.ids import new_id
from ledger.models import JournalEntry
from tests import factories
from tests.console.reading import count, text_of
from tests.factories import a_key, a_platform, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db
A_PAYMENT = {
    "amount": "5656",
    "currency": "usd",
    "confirm": "true",
    "payment_method": "pm_card_visa",
    "payment_method_types[]": "card",
    "description": "Of somebody",
}


@pytest.fixture(autouse=True)
def _log(settings) -> None:
    settings.REQUEST_LOG_ENABLED = True
    request_log._waiting.clear()


def ask(key: str, fields: dict[str, str], **headers: str) -> RequestLog:
    answer = Client().post(
        "/v1/payment_intents",
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {key}"} | headers,
    )
    request_log.flush()
    return RequestLog.objects.get(id=answer["Request-Id"])


def page(row) -> str:
    return page_of("api_requestlog", row.id)


def test_a_request_page_tells_who_asked_and_what_came_of_it(operator):
    platform = a_platform()
    key = a_key(platform)
    row = ask(key, A_PAYMENT, **{"idempotency-key": "order-7"})
    intent_id = Event.objects.get(type="payment_intent.succeeded").object_id

    shown = text_of(operator, page(row))

    for words in (
        "POST /v1/payment_intents 200 Done Test mode",
        f"secret {ApiKey.objects.get().hint}",
        "127.0.0.1",
        "order-7",
        "payment_intent.succeeded",
        "charge.succeeded",
        "In the books: 2 entries",
        "Charge captured",
        "amount 5656 confirm true currency usd description (11 characters)",
        "payment_method pm_card_visa payment_method_types[0] card",
        f"Object payment_intent {intent_id}",
    ):
        assert words in shown, shown
    content = operator.get(page(row)).content.decode()
    for link in (
        page_of("payments_paymentintent", intent_id),
        page_of("accounts_account", platform.account_id),
        page_of("accounts_apikey", ApiKey.objects.get().id),
        page_of("ledger_journalentry", JournalEntry.objects.first().id),
    ):
        assert f'href="{link}"' in content
    assert key not in content


def test_a_refusal_is_explained_with_a_link_and_nothing_that_was_sent_is_shown(operator):
    key = a_key(a_platform())
    number = "4000000000000002"
    declined = ask(key, A_PAYMENT | {"payment_method": "pm_card_chargeDeclined"})
    with_number = ask(key, A_PAYMENT, **{"idempotency-key": number})
    unknown = ask(key, A_PAYMENT | {"nonsense": "Ada Lovelace"})

    shown = operator.get(page(declined)).content.decode()
    assert '/docs/errors/#card_declined"><code>card_declined</code></a>' in shown
    assert number not in text_of(operator, page(with_number))
    told = text_of(operator, page(unknown))
    assert "400 Refused" in told
    assert "There is no such parameter for this call." in told
    assert "Nothing that anybody was told of" in told
    assert "nonsense (12 characters)" in told
    assert "Param nonsense Message Received unknown parameter: nonsense" in told
    assert "Ada Lovelace" not in told


def test_a_request_page_asks_the_same_at_1_and_at_50_children(operator):
    key = a_key(a_platform())
    few, many = ask(key, A_PAYMENT), ask(key, A_PAYMENT)
    event = Event.objects.filter(request_id=many.id).first()
    for number in range(50):
        Event.objects.create(
            id=new_id("evt"),
            account_id=event.account_id,
            livemode=False,
            type="customer.created",
            object_id=f"cus_{number}",
            data=json.dumps({"object": {}}),
            request_id=many.id,
            created_at=now(),
        )

    first = count(operator, page(few))

    assert first <= 12
    assert count(operator, page(many)) == first
    assert "more events" in text_of(operator, page(many))
    assert "cus_49" not in text_of(operator, page(few))


def test_who_may_see_a_request():
    platform = a_platform()
    mine, other = (ask(a_key(tenant), {}) for tenant in (platform, a_platform()))
    stranger = ask("sk_test_nobody", {})
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="developer")
    support = Client()
    support.force_login(factories.an_operator("support@example.com", role="support"))
    client = Client()
    client.force_login(person)

    def status(row) -> int:
        return client.get(page(row)).status_code

    assert (status(mine), status(other), status(stranger)) == (200, 404, 404)
    assert "In the books" not in text_of(client, page(mine))
    assert client.post(page(mine)).status_code == 405
    assert support.get(page(mine)).status_code == 403
