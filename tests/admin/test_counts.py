"""Every page of the console asks the database the same, whatever the number of rows behind it."""

import re

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger.models import BalanceTransaction, Hold, JournalEntry, LedgerAccount, Seal
from ledger.posting import holds
from tests.admin.multiplying import Multiplied
from tests.admin.test_every_address import ALL, fill, key_of
from tests.factories import a_paid_intent, a_platform, now

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROWS = 50
# What the ledger alone writes is made by payments and holds; a seal has no number of its own.
LEDGER = {JournalEntry, LedgerAccount, BalanceTransaction, Hold, Seal}
# A list asks who it is, for its rows, and little more; so does the page of a row.
OF_LISTS, OF_ROWS = 5, 7
# Pages that tell more. Each may be lowered, and is raised for a reason only.
MOST = {
    "/admin/": 30,
    "/admin/accounts/account/<path:object_id>/change/": 18,
    "/admin/checkout/paymentlink/<path:object_id>/change/": 9,
    "/admin/connect/locationcash/": 6,
    "/admin/connect/locationcash/treasury/": 11,
    "/admin/connect/payout/<path:object_id>/change/": 16,
    "/admin/connect/payout/bank-files/": 8,
    "/admin/connect/payoutrun/next/": 12,
    "/admin/live/": 7,
    "/admin/payments/customer/<path:object_id>/change/": 14,
    "/admin/payments/paymentintent/<path:object_id>/change/": 25,
    "/admin/webhooks/endpoint/<path:object_id>/change/": 9,
    "/admin/webhooks/endpoint/": 6,
}  # fmt: skip
# Whoever opens these is sent on, or nobody gets there by a link.
_ELSEWHERE = re.compile(r"/(add|history|delete|jsi18n|<path:object_id>|export)/$|\(\?P")
_LIST = re.compile(r"^/admin/\w+/\w+/$")
LARGEST_LIST = 120_000
# That a session is used is written down with the first page of each minute.
ONCE_A_MINUTE = 'UPDATE "accounts_session"'


def pages() -> dict[str, str]:
    """Every page that is looked at, and its address for the first row."""
    found = {route: key_of(route) for route in ALL if not _ELSEWHERE.search(route)}
    return {
        route: fill(route, key or "") for route, key in found.items() if key or "<" not in route
    }


def look(client: Client, address: str) -> tuple[int, int, list[str]]:
    """Open a page: its status, its size, and what it asked the database."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    size = 0 if answer.streaming else len(answer.content)
    asked = [query["sql"] for query in captured.captured_queries]
    return answer.status_code, size, [sql for sql in asked if not sql.startswith(ONCE_A_MINUTE)]


def fill_the_books() -> None:
    for number in range(26):
        platform = a_platform()
        a_paid_intent(platform, payment_method="pm_card_bypassPending")
        a_paid_intent(platform, payment_method="pm_card_bypassPending", currency="eur")
        for currency in ("usd", "eur"):
            holds.create(
                owner=platform.account_id,
                code="available",
                currency=currency,
                amount=1_00,
                source=f"po_{number}_{currency}",
                livemode=False,
                at=now(),
            )


@pytest.fixture
def few(operator, business):
    """What each page asks with a row or a few behind it."""
    ContentType.objects.get_for_models(*admin.site._registry)
    return {route: look(operator, address) for route, address in pages().items()}


@pytest.fixture
def rows(few):
    fill_the_books()
    rows = Multiplied(ROWS)
    for model in admin.site._registry:
        rows.add(model)
    return rows


def test_pages_ask_the_same_with_1_and_with_50_rows(operator, few, rows):
    assert {m for m in admin.site._registry if rows.total(m) < ROWS} - LEDGER == set()
    lists = {f"/admin/{m._meta.label_lower.replace('.', '/')}/": m for m in admin.site._registry}

    wrong = {}
    for route, address in pages().items():
        status, size, asked = look(operator, address)
        first_status, _, before = few[route]
        # What is on more than one page is estimated.
        goes_on = route in lists and rows.total(lists[route]) > ROWS
        most = MOST.get(route, OF_LISTS if route in lists else OF_ROWS)
        if (
            len(asked) - goes_on > min(len(before), most)
            or status >= 500
            or status != first_status
            or any("COUNT(" in sql and "OVER" not in sql for sql in asked if route in lists)
            or (route in lists and size > LARGEST_LIST)
        ):
            wrong[route] = (len(before), len(asked), most, status, size)

    assert wrong == {}, "queries with few and with many rows, the most, status, size"
    assert len(few) > 140
    assert set(MOST) <= set(few)
