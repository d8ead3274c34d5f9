"""Operators write and see money as people do, and nothing is guessed of what they type."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse

from accounts.models import Account
from connect.models import LocationCash, PayoutPrice
from core.database.fields import AmountField
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from payments.models import FeeSchedule
from tests.factories import a_platform

ADD_PRICE = "admin:connect_payoutprice_add"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "usd", 1250), ("12,50", "usd", 1250), ("12.5", "usd", 1250), ("12", "usd", 1200),
        ("12.50 USD", "usd", 1250), ("usd 12,50", "usd", 1250), ("1,250.00", "usd", 1250_00),
        ("1.250,00", "usd", 1250_00), ("1 250,00", "usd", 1250_00), ("1'250.00", "usd", 1250_00),
        ("1\u202f250.00", "usd", 1250_00), ("1,250,000", "usd", 1_250_000_00),
        ("1.250.000", "usd", 1_250_000_00), ("1,250", "jpy", 1250), ("1250 JPY", "jpy", 1250),
        ("1.250", "kwd", 1250), ("1.250 KWD", "kwd", 1250), ("0", "usd", 0), ("0", "", 0),
        ("30 minor units", "", 30), ("1 minor unit", "", 1), (" 7.00 ", "eur", 700),
    ],
)  # fmt: skip
def test_what_can_only_be_one_amount_is_read(text, currency, minor):
    assert amounts.read(text, currency) == minor
    assert amounts.read(amounts.write(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1,250", "usd", "“1,250” may be 1.25 or 1250.00."),
        ("1.250", "usd", "“1.250” may be 1.25 or 1250.00."),
        ("1,250", "kwd", "may be 1.25 or 1250.000."),
        ("1.250", "jpy", "may be 1.25 or 1250."),
        ("12.505", "usd", "may be 12.505 or 12505.00."),
        ("12.5051", "usd", "USD has 2 decimals. Write it like 12.50."),
        ("12.5", "jpy", "JPY has no decimals. Write it like 1250."),
        ("12.50 EUR", "usd", "It says EUR, and the currency is USD."),
        ("-1", "usd", "Write an amount that is not below zero."),
        ("\u22121", "usd", "Write an amount that is not below zero."),
        ("much", "usd", "“much” is no amount. Write it like 12.50."),
        ("", "usd", "is no amount"),
        ("1,2,3", "usd", "is no amount"),
        ("1,25.00", "usd", "is no amount"),
        ("12.50.00", "usd", "is no amount"),
        ("1e3", "usd", "is no amount"),
        ("١٢", "usd", "is no amount"),
        ("9" * 16, "usd", "more than any amount can be"),
        ("9" * 4000, "usd", "more than any amount can be"),
        ("0.30", "", "Name the currency"),
        ("30", "", "Name the currency"),
    ],
)  # fmt: skip
def test_what_may_be_two_amounts_or_none_is_refused_with_what_to_write(text, currency, why):
    with pytest.raises(UnclearAmount, match=re.escape(why)):
        amounts.read(text, currency)


def a_price(**details: str) -> dict[str, str]:
    return {
        "account": a_platform().account_id,
        "livemode": "",
        "currency": "usd",
        "bps": "150",
        "fixed_amount": "0.25",
        "least_amount": "0,50 USD",
        "most_amount": "",
    } | details


@pytest.mark.django_db
def test_a_price_is_typed_and_shown_again_as_money(operator):
    assert operator.post(reverse(ADD_PRICE), a_price(most_amount="1,250.00")).status_code == 302

    made = PayoutPrice.objects.get()
    assert (made.fixed_amount, made.least_amount, made.most_amount) == (25, 50, 1_250_00)
    page = operator.get(reverse("admin:connect_payoutprice_change", args=[quote(made.id)]))
    values = re.findall(r'name="\w+_amount" value="([^"]*)"', page.content.decode())
    assert values == ["0.25 USD", "0.50 USD", "1,250.00 USD"]
    listed = operator.get(reverse("admin:connect_payoutprice_changelist")).content.decode()
    assert "0.25 USD" in listed


@pytest.mark.django_db
def test_what_was_typed_stays_in_the_form_beside_what_is_wrong_with_it(operator):
    answer = operator.post(reverse(ADD_PRICE), a_price(fixed_amount="1,250", least_amount="x"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "may be 1.25 or 1250.00" in page
    assert "Write it like 12.50." in page
    assert 'name="fixed_amount" value="1,250"' in page
    assert not PayoutPrice.objects.exists()


@pytest.mark.django_db
def test_who_changes_the_currency_of_a_price_writes_its_amounts_anew(operator):
    operator.post(reverse(ADD_PRICE), a_price())
    made = PayoutPrice.objects.get()
    change = reverse("admin:connect_payoutprice_change", args=[quote(made.id)])

    answer = operator.post(change, a_price(currency="eur", fixed_amount="0.25 USD"))

    assert "It says USD, and the currency is EUR." in answer.content.decode()
    made.refresh_from_db()
    assert (made.currency, made.fixed_amount) == ("usd", 25)


@pytest.mark.django_db
def test_a_fixed_fee_of_payments_in_any_currency_says_that_it_is_in_minor_units(operator):
    account_id = a_platform().account_id
    page = reverse("admin:accounts_account_change", args=[quote(account_id)])
    form = {"name": "Market", "fee_bps": "250", "settlement_delay_days": "2", "language": ""}

    shown = operator.get(f"{page}?edit=1").content.decode()
    assert 'value="30 minor units"' in shown
    refused = operator.post(page, form | {"fee_fixed_amount": "0.30"})
    assert "Name the currency, or write minor units" in refused.content.decode()
    assert operator.post(page, form | {"fee_fixed_amount": "25 minor units"}).status_code == 302

    assert Account.objects.get(id=account_id).fee_fixed_amount == 25


A_SCHEDULE = {
    "account": "", "method": "card", "card_country": "GB", "currency": "", "bps": "150",
    "fixed_amount": "0", "least_amount": "0", "most_amount": "", "returns": "none",
    "starts_at_0": "2026-01-01", "starts_at_1": "00:00:00", "ends_at_0": "", "ends_at_1": "",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "wrong", "why"),
    [
        ("method", "crad", "crad is not one of the available choices"),
        ("card_country", "XX", "XX is not one of the available choices"),
        ("fixed_amount", "0.25", "Name the currency"),
    ],
)
def test_a_schedule_is_for_what_there_is(operator, field, wrong, why):
    add = reverse("admin:payments_feeschedule_add")

    answer = operator.post(add, A_SCHEDULE | {field: wrong})

    assert why in answer.content.decode()
    assert not FeeSchedule.objects.exists()
    assert operator.post(add, A_SCHEDULE).status_code == 302


@pytest.mark.django_db
def test_a_schedule_for_what_there_is_not_is_shown_as_it_is(operator):
    schedule = FeeSchedule.objects.create(
        bps=1, method="crad", starts_at="2026-01-01T00:00Z", currency="usd", fixed_amount=30
    )

    page = operator.get(reverse("admin:payments_feeschedule_change", args=[quote(schedule.id)]))
    listed = operator.get(reverse("admin:payments_feeschedule_changelist"))

    assert '<option value="crad" selected>crad (unknown)</option>' in page.content.decode()
    assert "0.30 USD" in listed.content.decode()


PAGES = [
    model
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label)
    if any(isinstance(field, AmountField) for field in model._meta.fields)
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label)
def test_no_amount_is_shown_in_minor_units(model, operator, business):
    row = model._default_manager.first()
    assert row is not None
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"

    page = operator.get(reverse(name, args=[quote(row.pk)])).content.decode()

    for field in model._meta.fields:
        if isinstance(field, AmountField):
            assert f'field-{field.name}"' not in page or f'name="{field.name}"' in page, field


@pytest.mark.django_db
def test_cash_is_written_as_money(operator):
    add = reverse("admin:connect_locationcash_add")
    form = {"location": "main", "currency": "EUR", "livemode": "", "note": "Our loan"}

    assert operator.post(add, form | {"prefunded_amount": "1.000,00"}).status_code == 302

    assert LocationCash.objects.get().prefunded_amount == 1_000_00
