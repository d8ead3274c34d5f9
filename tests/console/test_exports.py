"""A list as a file: all of it, as it was filtered, for whoever asked and nobody else."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from console.exports import services
from console.exports.csv_rows import guard
from console.models import Export, ExportChunk, SavedFilter
from core.operator_pages import lists
from payments.models import Customer, PaymentIntent
from tests import factories
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db
EXPORTS = "admin:console_exports"


def ask(client: Client, page: str = "payments_paymentintent", query: str = "?") -> Export:
    answer = client.post(reverse(EXPORTS), {"page": page, "query": query})
    assert answer.status_code == 302
    return Export.objects.order_by("-id").first()


def read(client: Client, export: Export) -> list[list[str]]:
    answer = client.get(reverse("admin:console_export", args=[export.id]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def some_customers(count: int) -> list[str]:
    platform = a_platform()
    ids = [f"cus_{number:024}" for number in range(count)]
    Customer.objects.bulk_create(
        Customer(id=id, account_id=platform.account_id, livemode=False, created_at=now())
        for id in ids
    )
    return ids[::-1]


def test_what_is_filtered_is_exported_with_decimals_words_and_moments(operator):
    platform = a_platform()
    dollars = a_paid_intent(platform, amount=56_56)
    yen = a_paid_intent(platform, amount=5_000, currency="jpy")
    a_paid_intent(a_platform(), amount=56_56)

    export = ask(operator, query=f"?account={platform.account_id}&after=pi_z")
    assert "waiting" in operator.get(reverse(EXPORTS)).content.decode()
    services.make_due(at=now())

    header, *rows = read(operator, export)
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert [cell["ID"] for cell in cells] == [yen.id, dollars.id]
    assert [(cell["amount"], cell["currency"]) for cell in cells] == [
        ("5000", "JPY"),
        ("56.56", "USD"),
    ]
    assert cells[0]["mode"] == "test"
    assert cells[0]["status"] == "succeeded"
    assert cells[0]["created at"].endswith("Z")
    assert f"{export.id}.csv" in operator.get(reverse(EXPORTS)).content.decode()


def test_an_export_goes_on_where_its_worker_died(operator, settings):
    ids = some_customers(services.PIECE_ROWS * 2 + 10)
    export = ask(operator, page="payments_customer")
    # A worker does one piece and dies.
    services.make_piece(at=now())
    export.refresh_from_db()
    assert (export.status, export.row_count) == ("running", services.PIECE_ROWS)

    services.make_due(at=now())

    _, *rows = read(operator, export)
    assert [row[0] for row in rows] == ids


def test_only_who_asked_downloads_it_and_only_for_a_day(operator):
    some_customers(1)
    export = ask(operator, page="payments_customer")
    services.make_due(at=now())
    other, address = Client(), reverse("admin:console_export", args=[export.id])
    other.force_login(factories.an_operator("other@example.com"))

    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert export.id not in other.get(reverse(EXPORTS)).content.decode()
    services.remove_due(at=now() + services.KEPT_FOR)
    assert operator.get(address).status_code == 404
    assert not ExportChunk.objects.exists()


def test_what_somebody_may_not_see_is_not_exported():
    clerk = Client()
    clerk.force_login(factories.an_operator("clerk@example.com", role="finance"))
    support = Client()
    support.force_login(factories.an_operator("support@example.com", role="support"))

    page = {"page": "accounts_apikey", "query": ""}
    assert clerk.post(reverse(EXPORTS), page).status_code == 403
    assert clerk.post(reverse(EXPORTS), {"page": "nothing"}).status_code == 404
    # Support sees customers, and exports nothing.
    assert support.post(reverse(EXPORTS), {"page": "payments_customer"}).status_code == 403
    assert not Export.objects.exists()


def test_each_has_two_exports_under_way_and_every_one_is_written_down(operator):
    for _ in range(3):
        ask(operator)

    assert Export.objects.count() == services.MOST_AT_ONCE
    assert "under way" in operator.get(reverse(EXPORTS)).content.decode()
    assert AuditEvent.objects.filter(action="list.exported").count() == services.MOST_AT_ONCE


def test_a_cell_is_never_a_formula(operator):
    platform = a_platform()
    Customer.objects.create(
        id="cus_1",
        account_id=platform.account_id,
        livemode=False,
        name="=1+1",
        email="@sum",
        created_at=now(),
    )
    export = ask(operator, page="payments_customer")
    services.make_due(at=now())

    _, row = read(operator, export)

    assert {"'=1+1", "'@sum"} <= set(row)
    assert [guard(text) for text in ("+1", "-1", "\t=1", "a=1")] == ["'+1", "'-1", "'\t=1", "a=1"]


@pytest.mark.attacks
def test_an_export_of_all_lists_works(operator):
    from django.contrib import admin

    a_paid_intent(a_platform())
    for page in admin.site.pages:
        name = f"{page.model._meta.app_label}_{page.model._meta.model_name}"
        export = ask(operator, page=name)
        services.make_due(at=now())
        export.refresh_from_db()
        assert export.status == "done", name


def test_what_is_too_long_to_be_kept_is_refused_not_cut(operator):
    address = reverse("admin:payments_paymentintent_changelist")
    kept = {"page": "payments_paymentintent", "query": "?status=canceled", "name": "n" * 61}
    many = "&".join(["status=canceled", *[f"account={'a' * 200}{n}" for n in range(10)]])

    named = operator.post(reverse("admin:console_saved_filters"), kept, follow=True)
    saved = operator.post(
        reverse("admin:console_saved_filters"), kept | {"name": "Off", "query": many}, follow=True
    )
    asked = operator.post(
        reverse("admin:console_exports"), kept | {"query": many}, follow=True
    ).content.decode()

    assert "Write 60 characters at most: these are 61." in named.content.decode()
    assert named.redirect_chain == [(f"{address}?status=canceled", 302)]
    for page in (saved.content.decode(), asked):
        assert "These are too many filters to be kept." in page
    assert not SavedFilter.objects.exists()
    assert not Export.objects.exists()


def test_filters_are_saved_under_a_name_by_each_for_themselves(operator):
    address = reverse("admin:payments_paymentintent_changelist")
    kept = {"page": "payments_paymentintent", "query": "?status=canceled&after=pi_1", "name": "Off"}
    operator.post(reverse("admin:console_saved_filters"), kept)
    other = Client()
    other.force_login(factories.an_operator("other@example.com"))

    assert 'href="?status=canceled"' in operator.get(address).content.decode()
    assert 'href="?status=canceled"' not in other.get(address).content.decode()
    again = operator.post(reverse("admin:console_saved_filters"), kept, follow=True)
    assert "is taken" in again.content.decode()
    saved = SavedFilter.objects.get()
    forget = {"page": "payments_paymentintent", "id": saved.id, "do": "forget"}
    other.post(reverse("admin:console_saved_filters"), forget)
    assert SavedFilter.objects.exists()
    operator.post(reverse("admin:console_saved_filters"), forget)
    assert not SavedFilter.objects.exists()
    assert PaymentIntent.objects.count() == 0
    assert lists.AFTER not in saved.query
