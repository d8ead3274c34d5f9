"""Operators set at what rate sellers are paid in their own currency."""

from decimal import Decimal

import pytest
from django.urls import reverse

from connect.models import ExchangeRate

pytestmark = pytest.mark.django_db

ADD = "admin:connect_exchangerate_add"


def a_form(**details: str) -> dict[str, str]:
    return {
        "sold": "USD",
        "bought": "EUR",
        "rate": "0.92",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00:00",
    } | details


def test_an_operator_sets_a_rate_in_capitals_or_not_and_only_once_for_a_start(operator):
    assert operator.post(reverse(ADD), a_form()).status_code == 302

    made = ExchangeRate.objects.get()
    assert (made.sold, made.bought, made.rate) == ("usd", "eur", Decimal("0.92"))

    twice = operator.post(reverse(ADD), a_form(sold="usd"))

    assert twice.status_code == 200
    assert "already exists" in twice.content.decode()
    assert ExchangeRate.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "wrong", "reason"),
    [
        ("rate", "0", "Write a rate above zero, such as 0.92."),
        ("rate", "-1", "Write a rate above zero, such as 0.92."),
        ("rate", "0.0000000000001", "Ensure that there are no more than 12 decimal places."),
        ("rate", "much", "Enter a number."),
        ("rate", "", "This field is required."),
        ("bought", "usd", "Name another currency than the one that is sold."),
        ("bought", "xxx", "Write an ISO 4217 code, such as usd."),
        ("sold", "xxx", "Write an ISO 4217 code, such as usd."),
        ("sold", "", "This field is required."),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused_at_the_field(operator, field, wrong, reason):
    answer = operator.post(reverse(ADD), a_form(**{field: wrong}))

    assert answer.status_code == 200
    assert answer.context["adminform"].errors == {field: [reason]}
    assert ExchangeRate.objects.count() == 0
