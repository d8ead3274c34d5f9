"""Operators tell of money of their own that is at the bank."""

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from connect.models import LocationCash
from ledger.posting import owner_settings
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "admin:connect_locationcash_add"


def a_form(**details: str) -> dict[str, str]:
    return {
        "location": "main",
        "currency": "EUR",
        "livemode": "",
        "prefunded_amount": "1000.00",
        "note": "Our loan of November",
    } | details


def test_an_operator_tells_of_it_before_anything_is_paid_and_again_later(operator):
    assert operator.post(reverse(ADD), a_form()).status_code == 302

    row = LocationCash.objects.get()
    assert (row.location, row.currency, row.livemode) == ("main", "eur", False)
    assert (row.prefunded_amount, row.note) == (1_000_00, "Our loan of November")
    # A payout takes of it while the page is open; and its row stays what it is about.
    LocationCash.objects.update(free_amount=-5_00)
    page = reverse("admin:connect_locationcash_change", args=[quote(row.id)])
    fields = a_form(prefunded_amount="500.00", location="lisbon", currency="usd", free_amount="9")
    assert operator.post(page, fields).status_code == 302
    row.refresh_from_db()
    assert (row.location, row.currency) == ("main", "eur")
    assert (row.free_amount, row.prefunded_amount) == (-5_00, 500_00)
    shown = operator.get(page).content.decode()
    assert "0.00 EUR" in shown, "what the ledger says now, and not what was read some time ago"
    assert "500.00 EUR" in shown
    changed = AuditEvent.objects.get(target_id=row.id, action="location_cash.changed")
    assert changed.changes["prefunded_amount"] == ["1,000.00 EUR", "500.00 EUR"]
    page = reverse("admin:accounts_auditevent_change", args=[quote(changed.id)])
    assert "1,000.00 EUR → 500.00 EUR" in operator.get(page).content.decode()
    history = reverse("admin:connect_locationcash_history", args=[quote(row.id)])
    assert quote(changed.id) in operator.get(history, follow=True).content.decode()


def test_a_location_of_its_own_has_its_own_row(operator):
    owner_settings.set_location(owner="acct_seller", location="lisbon", livemode=False)

    assert operator.post(reverse(ADD), a_form(location="lisbon")).status_code == 302
    assert operator.post(reverse(ADD), a_form(location="lisbon", livemode="on")).status_code == 200

    assert LocationCash.objects.get().location == "lisbon"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("prefunded_amount", "-1"), ("prefunded_amount", ""), ("currency", "xxx"),
        ("currency", ""), ("currency", "usd"), ("location", "nowhere"), ("location", ""),
    ],
)  # fmt: skip
def test_what_no_payout_would_find_is_refused_with_a_reason(operator, field, wrong):
    answer = operator.post(reverse(ADD), a_form(**{field: wrong}))

    assert answer.status_code == 200
    assert answer.context["adminform"].errors
    assert LocationCash.objects.count() == 0


def test_one_location_has_one_row_in_each_currency_and_mode(operator):
    for livemode in ("", "on"):
        operator.post(reverse(ADD), a_form(livemode=livemode))

    assert operator.post(reverse(ADD), a_form()).status_code == 200
    assert LocationCash.objects.count() == 2


def test_who_may_not_say_so_does_not():
    client = Client()
    client.force_login(factories.an_operator("staff@example.com", role=""))

    assert client.post(reverse(ADD), a_form()).status_code == 403
