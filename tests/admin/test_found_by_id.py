"""Every id that people meet leads to its page, whole and by its end."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.urls import reverse

from console.find import pages_of_ids
from core.database.finding import TAIL_LENGTH
from core.ids import PREFIXES

admin.site.discover()
WITH_IDS = {
    pages_of_ids.name_of(page): page
    for page in pages_of_ids.all_pages()
    if pages_of_ids.has_ids(page.model)
}


def pages_of(prefix: str) -> list[str]:
    return [
        name for name, page in WITH_IDS.items() if prefix in pages_of_ids.prefixes_of(page.model)
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_kind_of_id_has_a_page_or_a_reason_to_have_none(prefix):
    leads = bool(pages_of(prefix)) or prefix in pages_of_ids.PARTS
    leads = leads or bool(pages_of(pages_of_ids.ALSO_CALLED.get(prefix, "")))

    assert leads != (prefix in pages_of_ids.WITHOUT_PAGE), (
        f"{prefix}_ leads nowhere, and no reason is given."
    )
    if prefix in pages_of_ids.PARTS:
        label, column = pages_of_ids.PARTS[prefix]
        assert column in {one.attname for one in apps.get_model(label)._meta.fields}


def test_no_reason_is_given_for_ids_that_nobody_makes():
    named = {*pages_of_ids.WITHOUT_PAGE, *pages_of_ids.PARTS, *pages_of_ids.ALSO_CALLED}

    assert named | {*pages_of_ids.KEYS_OF} <= {*PREFIXES}


@pytest.mark.django_db
def test_the_ends_of_all_ids_are_indexed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = {(table, text.partition("USING ")[2]) for table, text in cursor.fetchall()}

    for page in WITH_IDS.values():
        meta = page.model._meta
        by_end = f'btree ("right"(({meta.pk.column})::text, {TAIL_LENGTH}))'
        assert (meta.db_table, by_end) in indexes, f"{meta.label} needs a tail_index."


@pytest.mark.django_db
def test_every_row_is_found_by_its_id_and_by_the_end_of_it(operator, business):
    find = reverse("admin:console_find")
    unseen = set(WITH_IDS)
    for name, page in WITH_IDS.items():
        # Rows of the tests' own with a word for an id have no end to look for.
        has_mode = any(one.name == "livemode" for one in page.model._meta.fields)
        rows = page.model._default_manager.exclude(**{"livemode": True} if has_mode else {"pk": ""})
        rows = rows.order_by("-pk").values_list("pk", flat=True)
        ids = [id for id in rows[:5] if len(id.rpartition("_")[2]) >= TAIL_LENGTH]
        if not ids:
            continue
        its_page = reverse(f"admin:{name}_change", args=[quote(ids[0])])

        whole = operator.get(find, {"q": ids[0]})
        end = operator.get(find, {"q": f"…{ids[0][-12:]}"})

        assert whole.status_code == 302, f"{ids[0]} of {name}"
        assert whole["Location"] == its_page
        assert its_page in (end["Location"] if end.status_code == 302 else end.content.decode())
        unseen.discard(name)
    assert unseen == {"processors_bankpayment"}


@pytest.mark.django_db
def test_an_id_of_a_part_leads_to_the_page_of_the_whole(operator, business):
    attempt = apps.get_model("webhooks.Attempt").objects.get()
    line = apps.get_model("checkout.CheckoutSessionLine").objects.first()
    seen = apps.get_model("payments.PaymentMethod").objects.first().pk.replace("pm_", "src_")

    for id, page, key in (
        (attempt.id, "webhooks_delivery", attempt.delivery_id),
        (line.id, "checkout_checkoutsession", line.session_id),
        (seen, "payments_paymentmethod", seen.replace("src_", "pm_")),
    ):
        answer = operator.get(reverse("admin:console_find"), {"q": id})
        assert answer["Location"] == reverse(f"admin:{page}_change", args=[quote(key)])
