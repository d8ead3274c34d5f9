"""Names, headings and counts on the operators' pages are those that people use."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import CheckConstraint
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from payments.models import Customer, PaymentMethod
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db

PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)
SMALL = {"api", "o", "oauth"}


@pytest.mark.parametrize("model", set(PAGES) - {Membership}, ids=lambda m: m._meta.label)
def test_no_page_is_called_by_letters_that_nobody_writes_small(model):
    page = admin.site._registry[model]
    names = [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)]
    columns = {str(label_for_field(name, model, page)) for name in page.list_display}

    assert [name for name in names if SMALL & set(name.split())] == []
    assert [name for name in columns if {"id", "bps", "url", "api"} & set(name.split())] == []
    fields = {str(field.verbose_name) for field in model._meta.fields}
    assert [name for name in fields if {"id", "url", "api", "iban"} & set(name.split())] == []
    assert not names[1].endswith(("trys", "sss"))


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label)
def test_whatever_a_form_breaks_is_told_in_a_sentence(model, rf, admin_user):
    page, request = admin.site._registry[model], rf.get("/")
    request.user = admin_user
    if not page.has_add_permission(request) and not page.has_change_permission(request):
        return

    checks = [one for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    told = {one.name: one.get_violation_error_message() for one in checks}

    assert [name for name, sentence in told.items() if name in sentence] == []


def test_an_id_in_a_heading_keeps_its_letters(operator):
    method = PaymentMethod.objects.create(
        id="pm_1", account_id=a_platform().account_id, livemode=False, type="card", created_at=now()
    )

    shown = operator.get(reverse("admin:payments_paymentmethod_change", args=["pm_5F1"]))

    heading = shown.content.decode().partition("<h1")[2].partition("</h1>")[0]
    assert str(method) in heading
    assert "Payment methods" in heading
    assert "Pm_1" not in heading


def test_a_list_tells_no_number_that_is_none_and_never_shows_all(operator):
    platform = a_platform()
    Customer.objects.bulk_create(
        Customer(id=f"cus_{n}", account_id=platform.account_id, livemode=False, created_at=now())
        for n in range(52)
    )
    address = reverse("admin:payments_customer_changelist")

    page = operator.get(address, {"all": ""}).content.decode()
    found = operator.get(address, {"q": "cus_1"}).content.decode()

    assert page.count('name="_selected_action"') <= 50
    assert "Show all" not in page + found
    assert "52 customers" in page
    assert "1 customer<" in found
    assert "result" not in found.partition("<h1")[2].partition("</h1>")[0]


def test_browsers_have_an_icon():
    answer = Client().get("/favicon.ico")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/vnd.microsoft.icon")
    assert answer.content.startswith(b"\0\0\1\0")
    assert "Set-Cookie" not in answer
