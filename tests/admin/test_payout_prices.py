"""Operators set what a platform charges its sellers for instant payouts."""

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from connect.models import PayoutPrice
from tests import factories
from tests.factories import a_platform, a_seller

pytestmark = pytest.mark.django_db

ADD = "admin:connect_payoutprice_add"


def a_form(**details: str) -> dict[str, str]:
    return {
        "account": a_platform().account_id,
        "livemode": "",
        "currency": "USD",
        "bps": "150",
        "fixed_amount": "0.25",
        "least_amount": "0",
        "most_amount": "",
    } | details


def test_an_operator_sets_a_price_and_changes_it(operator):
    fields = a_form()

    assert operator.post(reverse(ADD), fields).status_code == 302

    made = PayoutPrice.objects.get()
    assert (made.currency, made.bps, made.fixed_amount, made.livemode) == ("usd", 150, 25, False)
    change = reverse("admin:connect_payoutprice_change", args=[quote(made.id)])
    assert operator.post(change, fields | {"bps": "0", "fixed_amount": "0"}).status_code == 302
    made.refresh_from_db()
    assert (made.bps, made.fixed_amount) == (0, 0)

    twice = operator.post(reverse(ADD), fields)

    assert twice.status_code == 200
    assert PayoutPrice.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("bps", "10001"), ("bps", "-1"), ("currency", "xxx"), ("currency", ""),
        ("fixed_amount", "-1"), ("least_amount", "-1"), ("most_amount", "-1"),
        ("account", "acct_nobodys"),
    ],
)  # fmt: skip
def test_a_price_that_makes_no_sense_is_refused_with_a_reason(operator, field, wrong):
    answer = operator.post(reverse(ADD), a_form(**{field: wrong}))

    assert answer.status_code == 200
    assert answer.context["adminform"].errors
    assert PayoutPrice.objects.count() == 0


def test_a_price_is_a_platforms_and_no_sellers(operator):
    seller = a_seller(a_platform())

    answer = operator.post(reverse(ADD), a_form(account=seller.account_id))

    assert "Name the platform, and not one of its sellers." in answer.content.decode()
    assert PayoutPrice.objects.count() == 0


def test_who_may_not_set_prices_does_not():
    client = Client()
    client.force_login(factories.an_operator("staff@example.com", role=""))

    assert client.post(reverse(ADD), a_form()).status_code == 403
