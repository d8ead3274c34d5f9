"""What operators see of refunds before and after, and the prices that they set."""

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Charge, FeeSchedule, Refund
from payments.refunds.services import outside_refunds
from processors.protocols.base import Outcome, OutcomeStatus
from tests import factories
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def split():
    platform = a_platform()
    seller = a_seller(platform)
    a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    return platform, seller, Charge.objects.get()


def test_a_charge_leads_to_what_a_refund_of_it_would_do(operator, split):
    platform, seller, charge = split
    page = reverse("admin:payments_preview", args=[charge.id])
    assert (
        page
        in operator.get(
            reverse("admin:payments_charge_change", args=[charge.id.replace("_", "_5F")]),
            follow=True,
        ).content.decode()
    )

    empty = operator.get(page).content.decode()
    shown = operator.get(page, {"amount": "40.00", "reverse": "1"}).content.decode()

    assert "100.00 USD" in empty
    assert "Who would pay what" not in empty
    assert seller.account_id in shown
    assert "transfer reversal" in shown
    assert "40.00\u00a0USD" in shown
    assert Refund.objects.count() == 0
    assert (total(platform), total(seller)) == (6_80, 90_00)


def test_a_balance_that_would_go_negative_is_stated(operator, split):
    page = reverse("admin:payments_preview", args=[split[2].id])

    shown = operator.get(page, {"amount": ""}).content.decode()

    assert "A balance would go below zero." in shown
    assert "-93.20\u00a0USD" in shown


@pytest.mark.parametrize("amount", ["x", "-1", "0", "1.001", "NaN", "1e999999", "Infinity", "900"])
def test_what_is_no_amount_is_stated(operator, split, amount):
    answer = operator.get(reverse("admin:payments_preview", args=[split[2].id]), {"amount": amount})

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert "Who would pay what" not in answer.content.decode()


def test_who_bears_a_refund_made_outside_is_decided_on_a_page(operator, split):
    platform, seller, charge = split
    refund = outside_refunds.record(
        charge_id=charge.id,
        outcome=Outcome(OutcomeStatus.SUCCEEDED, "out_1", 40_00, "usd"),
        at=now(),
    )
    page = reverse("admin:payments_share", args=[refund.id])
    undecided = reverse("admin:payments_refund_changelist") + "?undecided=1"
    assert refund.id in operator.get(undecided).content.decode()
    assert operator.get(page).status_code == 200

    without = operator.post(page, {"reverse": "1"}, follow=True).content.decode()
    form = {"reverse": "1", "fee": "1", "reason": "Both agreed"}
    first = operator.post(page, form, follow=True).content.decode()
    second = operator.post(page, {"reason": "Again"}, follow=True).content.decode()

    assert "Say why" in without
    assert 'name="reverse" value="1" checked' in " ".join(without.split())

    assert "It is decided, and booked." in first
    assert "is decided already" in second
    assert (total(platform), total(seller)) == (2_80, 54_00)
    assert refund.id not in operator.get(undecided).content.decode()
    assert_books_balance()


def test_whoever_may_only_look_decides_nothing(split):
    person = factories.an_operator("person@example.com", role="")
    client = Client()
    client.force_login(person)

    assert client.get(reverse("admin:payments_preview", args=[split[2].id])).status_code == 403
    assert client.post(reverse("admin:payments_share", args=["re_1"])).status_code == 403
    assert Client().get(reverse("admin:payments_preview", args=["ch_1"])).status_code == 302


def test_what_does_not_exist_has_no_page(operator):
    assert operator.get(reverse("admin:payments_preview", args=["ch_1"])).status_code == 404
    assert operator.get(reverse("admin:payments_share", args=["re_1"])).status_code == 404


def a_form(**details: str) -> dict[str, str]:
    return {
        "account": "",
        "method": "card",
        "card_country": "",
        "currency": "usd",
        "bps": "150",
        "fixed_amount": "0.25",
        "least_amount": "0",
        "most_amount": "",
        "returns": "none",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00:00",
        "ends_at_0": "",
        "ends_at_1": "",
    } | details


def test_an_operator_sets_a_price_and_ends_it(operator):
    add = reverse("admin:payments_feeschedule_add")

    assert operator.post(add, a_form(currency="USD", card_country="GB")).status_code == 302

    made = FeeSchedule.objects.get()
    assert (made.currency, made.card_country, made.bps) == ("usd", "GB", 150)
    change = reverse("admin:payments_feeschedule_change", args=[made.id.replace("_", "_5F")])
    ended = a_form(currency="usd", card_country="GB", ends_at_0="2027-01-01", ends_at_1="00:00:00")
    assert operator.post(change, ended).status_code == 302
    made.refresh_from_db()
    assert made.ends_at.year == 2027


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("bps", "10001"), ("currency", "xxx"), ("card_country", "USA"), ("card_country", "é1"),
        ("returns", "half"), ("fixed_amount", "-1"), ("ends_at_0", "2025-01-01"),
        ("most_amount", "-1"), ("account", "acct_nobodys"),
    ],
)  # fmt: skip
def test_a_price_that_makes_no_sense_is_refused_with_a_reason(operator, field, wrong):
    fields = a_form(**{field: wrong}) | ({"ends_at_1": "00:00:00"} if field == "ends_at_0" else {})

    answer = operator.post(reverse("admin:payments_feeschedule_add"), fields)

    assert answer.status_code == 200
    assert FeeSchedule.objects.count() == 0
