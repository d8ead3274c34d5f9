"""The page of a payment: its whole story, in few queries."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from api.models import RequestLog
from console.payments import money
from core.admin import page_of
from ledger.reporting import business_objects
from payments.customers.services import customers
from payments.disputes.services import disputes
from payments.intents.services import payment_intents
from payments.models import Charge
from payments.refunds.services import refunds
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests import factories
from tests.books import assert_books_balance
from tests.console import reading
from tests.factories import a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def text_of(client: Client, intent_id: str) -> str:
    return reading.text_of(client, page_of("payments_paymentintent", intent_id))


@pytest.fixture
def split():
    platform = a_platform(settings={"card_payments": {"statement_descriptor_prefix": "Harbour"}})
    seller = a_seller(platform)
    ada = customers.create(tenant=platform, name="Ada", email="ada@example.com", at=now())
    intent = a_paid_intent(
        platform,
        customer_id=ada.id,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
        metadata={"order": "A-1001"},
        statement_descriptor_suffix="order 7",
    )
    return platform, seller, intent


def test_a_payment_page_tells_who_paid_what_and_where_the_money_is(operator, split):
    platform, _, intent = split
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )

    shown = text_of(operator, intent.id)

    assert "100.00 USD Paid, 40.00 USD refunded Test mode" in shown
    for fact in ("Ada", "ada@example.com", "A-1001", "•••• ", "On the statement HARBOUR* ORDER 7"):
        assert fact in shown
    # Payer, processor, platform, seller: payment, processing, split, refund, now.
    for row in (
        "Ada -100.00 — — +40.00 -60.00",
        "Processor — +3.20 — — +3.20",
        "Platform platform +100.00 -3.20 -90.00 -4.00 +2.80",
        "Ada's Shop seller — — +90.00 -36.00 +54.00",
    ):
        assert row in shown, shown
    for moment in ("Charged 100.00 USD", "Refunded 40.00 USD", "Transferred to Ada's Shop"):
        assert moment in shown
    assert_books_balance()


def test_each_column_of_the_money_adds_up_to_zero(split):
    platform, _, intent = split
    refunds.create(tenant=platform, intent_id=intent.id, amount=10_00, at=now())
    movements = business_objects.movements_of(intent.id)

    [picture] = money.pictures(movements, platform_id=platform.account_id, payer="Ada", names={})

    assert sum(movement.amount for movement in movements) == 0
    amounts = [
        [
            int(re.sub(r"[^0-9-]", "", cell.text.replace("\N{MINUS SIGN}", "-")) or 0)
            for cell in (*line.cells, line.total)
        ]
        for line in picture.lines
    ]
    assert [sum(column) for column in zip(*amounts, strict=True)] == [0, 0, 0, 0, 0]
    assert [part.text for part in picture.parts] == [
        "10.00 USD",
        "3.20 USD",
        "90.00 USD",
    ]


def test_a_seller_without_money_to_give_back_is_shown_below_zero(operator, split):
    platform, _, intent = split
    refunds.create(tenant=platform, intent_id=intent.id, at=now())

    shown = text_of(operator, intent.id)

    assert "Platform platform +100.00 -3.20 -90.00 -100.00 -93.20" in shown
    assert "Platform has given 93.20 USD more than it got of this payment." in shown


def test_what_waits_and_what_went_wrong_is_told_in_words(operator):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    declined = payment_intents.create(tenant=platform, amount=5_00, currency="usd", at=now())
    disputed = a_paid_intent(platform)
    report = DisputeReport(
        "out_1", str(disputed.latest_charge_id), DisputeStage.OPEN, 90_00, "usd", "fraudulent"
    )
    disputes.record(report, processor="simulator", at=now())

    assert "Authorized" in text_of(operator, held.id)
    assert "100.00 USD can be captured until" in text_of(operator, held.id)
    assert "Not paid" in text_of(operator, declined.id)
    assert "No money has moved." in text_of(operator, declined.id)
    assert "90.00 USD of it is disputed (fraudulent)." in text_of(operator, disputed.id)


def count(client: Client, intent_id: str) -> int:
    return reading.count(client, page_of("payments_paymentintent", intent_id))


@pytest.mark.attacks
def test_a_payment_page_asks_the_same_at_1_and_at_50_children(operator):
    platform = a_platform()
    endpoints.create(tenant=platform, url="http://127.0.0.1:9/", enabled_events=["*"], at=now())
    few, many = (
        a_paid_intent(
            platform,
            transfer_destination=a_seller(platform).account_id,
            application_fee_amount=10_00,
            payment_method="pm_card_bypassPending",
        )
        for _ in range(2)
    )
    for intent, times in ((few, 1), (many, 50)):
        for _ in range(times):
            refunds.create(
                tenant=platform,
                intent_id=intent.id,
                amount=1_00,
                reverse_transfer=True,
                refund_application_fee=True,
                at=now(),
            )

    first = count(operator, few.id)

    assert first <= 25
    assert count(operator, many.id) == first
    shown = text_of(operator, many.id)
    assert "and 30 more refunds" in shown
    assert "more events" in shown
    assert_books_balance()


def test_a_charge_leads_to_its_payment_and_what_is_not_there_is_missing(operator, split):
    intent = split[2]

    answer = operator.get(page_of("payments_charge", str(intent.latest_charge_id)))

    assert answer.status_code == 302
    assert answer["Location"] == (
        f"{page_of('payments_paymentintent', intent.id)}#{intent.latest_charge_id}"
    )
    assert operator.get(page_of("payments_charge", "ch_1")).status_code == 404
    assert operator.get(page_of("payments_paymentintent", "pi_1")).status_code == 404
    assert operator.post(page_of("payments_paymentintent", intent.id)).status_code == 405


def test_the_secret_of_the_payer_is_shown_to_nobody(operator, split):
    intent = split[2]

    shown = operator.get(page_of("payments_paymentintent", intent.id)).content.decode()

    assert intent.client_secret not in shown
    assert Charge.objects.get().processor_reference in shown


def test_whoever_may_not_see_payments_sees_none(split):
    client = Client()
    client.force_login(factories.an_operator("person@example.com", role="developer"))

    page = page_of("payments_paymentintent", split[2].id)

    assert client.get(page).status_code == 403
    assert Client().get(page)["Location"].startswith(reverse("admin:login"))


def test_a_platforms_own_people_see_its_payments_only(split):
    platform, seller, intent = split
    direct = a_paid_intent(seller)
    other = a_paid_intent(a_platform())
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="operator")
    client = Client()
    client.force_login(person)

    def status(row) -> int:
        return client.get(page_of("payments_paymentintent", row.id)).status_code

    assert (status(intent), status(direct), status(other)) == (200, 200, 404)
    assert client.get(page_of("payments_charge", str(other.latest_charge_id))).status_code == 404


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        ("owner", ["Who was told", "Requests behind it", "In the books"]),
        ("support", ["Who was told"]),
        ("finance", ["In the books"]),
    ],
)
def test_a_role_sees_the_parts_whose_pages_open_to_it(split, role, parts):
    client = Client()
    client.force_login(factories.an_operator("person@example.com", role=role))

    shown = text_of(client, split[2].id)

    every = ("Who was told", "Requests behind it", "In the books")
    assert [part for part in every if part in shown] == parts


def test_a_request_stands_in_what_happened_for_whom_its_page_opens(operator, split):
    intent = split[2]
    Event.objects.create(
        id="evt_1",
        account_id=intent.account_id,
        livemode=False,
        type="payment_intent.created",
        object_id=intent.id,
        data="{}",
        request_id="req_1",
        created_at=now(),
    )
    RequestLog.objects.create(
        id="req_1",
        method="POST",
        path="/v1/payment_intents",
        status_code=402,
        error_code="card_declined",
        duration_ms=1,
        created_at=now(),
    )
    support = Client()
    support.force_login(factories.an_operator("person@example.com", role="support"))

    asked = "Asked over the API: POST /v1/payment_intents (402 card_declined)"
    assert asked in text_of(operator, intent.id)
    assert asked not in text_of(support, intent.id)


def test_what_is_closed_to_a_role_is_no_link(operator, split):
    support = Client()
    support.force_login(factories.an_operator("person@example.com", role="support"))
    page = page_of("payments_paymentintent", split[2].id)
    transfer = split[2].latest_charge_id and Charge.objects.get().transfer_id
    link = f'href="{page_of("connect_transfer", transfer)}"'

    assert link in operator.get(page).content.decode()
    shown = support.get(page).content.decode()
    assert transfer in shown
    assert link not in shown
