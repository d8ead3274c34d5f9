"""Test and live data are never on one page: one switch says which a session looks at."""

import pytest
from django.test import Client
from django.urls import reverse

from core.admin import page_of
from core.ids import new_id
from payments.models import Customer, UnresolvedRequest
from tests.factories import a_paid_intent, a_platform, an_operator, now

pytestmark = pytest.mark.django_db
MODE = "/admin/mode/"


def a_customer(platform, *, livemode):
    return Customer.objects.create(
        id=new_id("cus"),
        account_id=platform.account_id,
        livemode=livemode,
        name="Live Ada" if livemode else "Test Ada",
        created_at=now(),
    )


@pytest.fixture
def customers():
    platform = a_platform()
    return [a_customer(platform, livemode=mode) for mode in (False, True)]


def look_at(client, *, livemode):
    return client.post(MODE, {"livemode": str(livemode).lower(), "next": "/admin/"})


def shown(client, page, **query):
    return client.get(reverse(f"admin:{page}"), query).content.decode()


@pytest.mark.parametrize("livemode", [False, True])
def test_a_list_its_count_and_its_search_are_of_one_mode(operator, customers, livemode):
    hidden, seen = sorted(customers, key=lambda row: row.livemode == livemode)
    look_at(operator, livemode=livemode)
    page = reverse("admin:payments_customer_changelist")

    for query in ({}, {"q": hidden.id}, {"q": seen.id}):
        answer = operator.get(page, query)
        wanted = [] if query.get("q") == hidden.id else [seen.id]
        assert [row.pk for row in answer.context["cl"].result_list] == wanted
        assert answer.context["cl"].result_count == len(wanted)
        assert ("Live data" if livemode else "Test data") in answer.content.decode()


def test_a_page_of_the_other_mode_offers_to_switch(operator, customers):
    test, live = (reverse("admin:payments_customer_change", args=[row.id]) for row in customers)
    assert operator.get(test).status_code == 200

    missing = operator.get(live)

    assert missing.status_code == 404
    assert "is live data" in missing.content.decode()
    assert "Live Ada" not in missing.content.decode()
    answer = operator.post(MODE, {"livemode": "true", "next": live}, follow=True)
    assert "Live Ada" in answer.content.decode()
    assert operator.get(test).status_code == 404


def test_the_page_of_a_payment_is_of_one_mode(operator):
    intent = a_paid_intent(a_platform())
    page = page_of("payments_paymentintent", intent.id)
    assert operator.get(page).status_code == 200

    look_at(operator, livemode=True)

    answer = operator.get(page)
    assert answer.status_code == 404
    assert "is test data" in answer.content.decode()


def test_what_does_not_exist_is_missing_and_offers_nothing(operator):
    for id in ("cus_1", "x" * 300, "_00"):
        answer = operator.get(reverse("admin:payments_customer_change", args=[id]))
        assert answer.status_code == 404
        assert "is live data" not in answer.content.decode()


def test_pages_of_work_are_of_one_mode(operator):
    a_paid_intent(a_platform(), payment_method="pm_card_rialto_timeoutAfterCharge")
    [question] = UnresolvedRequest.objects.all()
    assert question.object_id in shown(operator, "payments_unknown")

    look_at(operator, livemode=True)

    assert question.object_id not in shown(operator, "payments_unknown")
    for page in (
        "connect_sellers_to_look_at",
        "connect_payouts_to_look_at",
        "connect_next_payouts",
        "connect_bank_files",
        "connect_negative_balances",
        "connect_treasury",
        "ledger_clearing",
    ):
        assert "Live data" in shown(operator, page)


def test_the_switch_takes_a_form_and_leads_nowhere_else(operator):
    assert operator.get(MODE).status_code == 405
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", ""):
        answer = operator.post(MODE, {"livemode": "true", "next": elsewhere})
        assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(an_operator("strict@example.com"))
    assert strict.post(MODE, {"livemode": "true"}).status_code == 403
    assert Client().post(MODE, {"livemode": "true"}).status_code == 302


def test_a_session_begins_in_test_mode_until_there_is_live_money(client):
    client.force_login(an_operator())

    assert "Test data" in shown(client, "index")
    assert "Switch to live" in shown(client, "index")
    assert client.session["livemode"] is False
