"""Links that are paid so many times at most: who gets a place, and who comes too late."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from checkout.models import CheckoutSession, PaymentLink
from checkout.sessions.services import holding, locks
from checkout.states import PaymentStatus
from operations.unit_of_work import UnitOfWork
from payments.intents.services import payment_intents
from payments.models import Charge
from processors.protocols.base import ProcessorUnavailable
from tests.books import assert_books_balance, total
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import VISA, Payer
from tests.checkout.visitors import Visitor, limited, one_place
from tests.factories import now
from tests.rails import losing_the_answer, simulator_with
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Shop()


def test_the_last_place_goes_to_one_of_all_who_want_it_at_once(shop):
    link = limited(shop, 2)
    urls = [Visitor(link).go_on()["Location"] for _ in range(5)]
    payers = [Payer({"url": url}) for url in urls]

    def pay(payer):
        try:
            return payer.send(**VISA, expected_amount="2000").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(pay, payers))

    row = PaymentLink.objects.get()
    assert sorted(answers) == [303, 303, 410, 410, 410]
    assert Charge.objects.filter(status="succeeded").count() == 2
    assert (row.completed_count, row.taken_count, row.is_active) == (2, 2, False)
    each = Event.objects.filter(type="payment_link.updated").order_by("id")
    assert each.count() == 2
    told = json.loads(each[1].data)
    assert told["object"]["restrictions"]["completed_sessions"] == {"count": 2, "limit": 2}
    assert told["previous_attributes"]["active"] is True
    assert total(shop.tenant) == 2 * 19_12
    assert_books_balance()


def test_who_is_declined_gives_the_place_back_and_who_is_asked_keeps_it(shop):
    link = one_place(shop)
    first, second = (Payer({"url": Visitor(link).go_on()["Location"]}) for _ in range(2))
    visa = VISA | {"expected_amount": "2000"}

    declined = first.send(**visa | {"card_number": "4000000000000002"})
    asked = second.send(**visa | {"card_number": "4000002760003184"})
    between = (first.look().status_code, first.send(**visa).status_code)
    left = second.send(**visa)

    assert (declined.status_code, asked.status_code) == (422, 303)
    assert between == (410, 410)
    assert left.status_code == 303
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert PaymentLink.objects.get().completed_count == 1
    assert_books_balance()


def test_a_payment_of_which_nobody_knows_keeps_its_place(shop):
    link = one_place(shop)
    first, second = (Payer({"url": Visitor(link).go_on()["Location"]}) for _ in range(2))
    lost = losing_the_answer("charge", ProcessorUnavailable("No answer."))

    with simulator_with(charge=lost):
        first.send(**VISA)
    late = second.send(**VISA, expected_amount="2000")
    payment_intents.repair(at=now() + timedelta(minutes=5))

    row = PaymentLink.objects.get()
    assert late.status_code == 410
    assert (row.completed_count, row.taken_count, row.is_active) == (1, 1, False)
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert_books_balance()


def test_what_is_paid_after_all_is_counted_beyond_the_limit(shop):
    link = one_place(shop)
    late = Visitor(link).go_on()
    Visitor(link).pay()
    session = CheckoutSession.objects.get(status="open")

    with UnitOfWork(shop.tenant, at=now()) as work:
        holding.complete(work, locks.lock(shop.tenant, session.id), PaymentStatus.PAID)

    assert late.status_code == 303
    shown = shop("GET", f"payment_links/{link['id']}")
    assert shown["restrictions"]["completed_sessions"] == {"count": 2, "limit": 1}


def test_a_used_up_link_is_opened_again_by_a_higher_limit_only(shop):
    link = one_place(shop)
    path = f"payment_links/{link['id']}"
    Visitor(link).pay()

    refused = [
        shop.ask("POST", path, active=True),
        shop.ask("POST", path, restrictions={"completed_sessions": {"limit": 1}}, active=True),
    ]
    again = shop("POST", path, restrictions={"completed_sessions": {"limit": 2}}, active=True)
    Visitor(link).pay()
    low = shop.ask("POST", path, restrictions={"completed_sessions": {"limit": 1}})

    assert [wire["error"]["param"] for _, wire in refused] == ["active", "active"]
    assert again["restrictions"]["completed_sessions"] == {"count": 1, "limit": 2}
    assert low[1]["error"]["param"] == "restrictions[completed_sessions][limit]"
    assert shop("GET", path)["active"] is False
    assert_books_balance()


def test_what_costs_nothing_takes_a_place_too(shop):
    link = one_place(shop, line_items=[{"price_data": LAMP | {"unit_amount": 0}}])
    first, second = (Payer({"url": Visitor(link).go_on()["Location"]}) for _ in range(2))

    paid, late = first.send(), second.send(expected_amount="0")

    assert (paid.status_code, late.status_code) == (303, 410)
    assert CheckoutSession.objects.filter(status="complete").count() == 1
    assert PaymentLink.objects.get().is_active is False
