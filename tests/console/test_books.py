"""The page of the books: checks in the background, balances of the past, files, closed days."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from accounts.models import AuditEvent
from console.exports import services
from console.figures import counting
from console.models import Export, ExportStatus, HourlyFigure
from ledger.audit import runs, verify
from ledger.models import VerifyRun
from tests import factories
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db

BOOKS, EXPORT = "/admin/books/", "/admin/books/export/"
ROW = re.compile(r'<th scope="row">(.*?)</th>(.*?)</tr>', re.S)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def rows(client: Client, address: str, **query: str) -> list[tuple[str, str]]:
    page = client.get(address, query).content.decode()
    return [(text_of(head), text_of(cells)) for head, cells in ROW.findall(page)]


def someone(role: str) -> Client:
    client = Client()
    client.force_login(factories.an_operator(f"{role}@example.com", role=role))
    return client


def content() -> str:
    services.make_due(at=now())
    row = Export.objects.latest("id")
    assert row.status == ExportStatus.DONE, row.status
    return b"".join(services.content(row)).decode()


def test_whoever_asks_has_the_books_checked_once_and_sees_the_result(operator):
    a_paid_intent(a_platform())

    asked = operator.post(BOOKS, {"do": "verify_books"}, follow=True).content.decode()
    again = operator.post(BOOKS, {"do": "verify_books"}, follow=True).content.decode()

    assert "Waits for a worker" in asked
    assert "checked already" in again
    recorded = AuditEvent.objects.get(action="books.checked")
    assert recorded.target_id == str(VerifyRun.objects.get().pk)
    assert runs.make_asked(clock=now) == 1
    assert runs.make_asked(clock=now) == 0
    run = VerifyRun.objects.get()
    assert (run.asked_by, run.finding_count, run.is_waiting) == ("operator@example.com", 0, False)
    shown = text_of(operator.get(BOOKS).content.decode())
    assert f"balanced {run.check_count} " in shown
    assert "balanced" in text_of(operator.get("/admin/").content.decode())


def test_what_a_run_finds_stands_on_the_page_and_in_the_log(operator, caplog):
    platform = a_platform()
    a_paid_intent(platform)
    counting.count_day(now().date(), at=now())
    HourlyFigure.objects.filter(measure="volume").update(amount=1)
    operator.post(BOOKS, {"do": "verify_books"})

    runs.make_asked(clock=now)

    assert "1 finding " in text_of(operator.get(BOOKS).content.decode())
    assert [line for line in caplog.messages if platform.account_id in line]
    run = verify.begin(at=now(), asked_by="ada")
    caplog.clear()
    assert len(verify.carry_out(run, clock=now)) == 1
    assert caplog.messages == []
    assert rows(operator, BOOKS)[0][1].endswith("ada")


def test_a_run_says_how_far_it_is_and_one_that_was_cut_off_too(operator):
    VerifyRun.objects.create(began_at=now() - timedelta(hours=3), check_count=9)
    cut_off = text_of(operator.get(BOOKS).content.decode())
    VerifyRun.objects.create(began_at=now(), asked_by="ada@example.com", check_count=3)
    under_way = text_of(operator.get(BOOKS).content.decode())

    assert re.search(r"3 of \d+ checks are made.* Asked for by ada@example\.com", under_way)
    assert "cut off: ask again" in cut_off
    assert "Check the books now" in cut_off


def test_the_trial_balance_is_balanced_in_each_currency_at_the_end_of_a_day(operator):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    a_paid_intent(platform, amount=5_000, currency="jpy")
    yesterday = f"{now() - timedelta(days=1):%Y-%m-%d}"

    shown = rows(operator, "/admin/books/trial-balance/")
    before = operator.get("/admin/books/trial-balance/", {"at": yesterday}).content.decode()

    named = [(head.split(" ")[0], cells) for head, cells in shown]
    assert named == [
        ("Processor", "1 4,825 JPY"),
        ("Pending", "1 4,825 JPY"),
        ("In", "4,825 JPY 4,825 JPY"),
        ("Processor", "1 96.80 USD"),
        ("Available", "1 96.80 USD"),
        ("In", "96.80 USD 96.80 USD"),
    ]
    assert "Nothing had been posted" in before
    assert_books_balance()


def test_a_statement_leads_from_the_opening_to_the_closing_balance(operator):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    month = f"{now():%Y-%m}"
    asked = {"owner": platform.account_id, "currency": "USD", "month": month, "code": ""}

    page = operator.get("/admin/books/statement/", asked).content.decode()
    wrong = operator.get("/admin/books/statement/", asked | {"month": "x", "currency": "zzz"})
    nobody = operator.get("/admin/books/statement/", asked | {"owner": "acct_nobody"})

    lines = [cells for _, cells in rows(operator, "/admin/books/statement/", **asked)]
    assert "Opening balance 0.00 USD Closing balance 96.80 USD" in text_of(page)
    assert [line.rsplit(" available ")[-1] for line in lines] == [
        "100.00 USD 100.00 USD",
        "3.20 USD 96.80 USD",
    ]
    shown = text_of(wrong.content.decode())
    assert "Write a month, such as 2026-11." in shown
    assert "Write an ISO 4217 code" in shown
    assert 'value="zzz"' in wrong.content.decode()
    assert "Nothing was posted for it here." in text_of(nobody.content.decode())


@pytest.mark.parametrize(
    ("what", "asked", "begins"),
    [
        ("ledger", {"form": "csv"}, "entry_id,kind,source"),
        ("ledger", {"form": "beancount"}, 'option "title" "Rialto, test mode"'),
        ("statement", {"currency": "usd", "code": ""}, "time,entry_id,kind"),
        ("trial-balance", {}, "mode,account_code,owner"),
    ],
)
def test_a_part_of_the_books_is_written_in_the_background(operator, what, asked, begins):
    platform = a_platform()
    a_paid_intent(platform)
    today = f"{now():%Y-%m-%d}"
    span = {"first": today, "last": today, "month": today[:7], "owner": platform.account_id}

    answer = operator.post(EXPORT, span | asked | {"what": what})

    assert answer["Location"] == "/admin/exports/"
    text = content()
    assert text.startswith(begins)
    assert platform.account_id in text or platform.account_id.lower() in text.lower()
    if what == "trial-balance":
        total = list(csv.reader(io.StringIO(text)))[-1]
        assert total == ["test", "total", "", "usd", "96.80", "96.80"]
    recorded = AuditEvent.objects.get(action="books.exported")
    assert recorded.target_id == Export.objects.get().id
    row = Export.objects.get()
    sent = operator.get(f"/admin/exports/{row.id}.csv")
    assert b"".join(sent.streaming_content).decode() == text
    assert operator.get("/admin/exports/").status_code == 200


def test_a_span_that_ends_before_it_begins_is_refused_where_it_was_typed(operator):
    form = {"what": "ledger", "form": "csv", "first": "2026-11-30", "last": "2026-11-01"}

    shown = operator.post(EXPORT, form)

    assert "Choose the first day, or a later one." in shown.content.decode()
    assert 'value="2026-11-30"' in shown.content.decode()
    assert not Export.objects.exists()


def test_who_may_no_more_gets_no_export_that_was_asked_for(operator):
    a_paid_intent(a_platform())
    operator.post(EXPORT, {"what": "trial-balance", "at": ""})
    person = Export.objects.get().user
    factories.as_owner(
        f"UPDATE accounts_user SET operator_role = 'support' WHERE id = '{person.pk}'"
    )

    services.make_due(at=now())

    assert Export.objects.get().status == ExportStatus.FAILED


@pytest.mark.django_db(transaction=True)
def test_days_that_are_over_are_closed_and_that_is_recorded(operator):
    shown = operator.post(BOOKS, {"do": "close_days"}, follow=True).content.decode()

    assert re.search(r"Closed through \d{4}-\d\d-\d\d|No day is closed", shown)
    assert AuditEvent.objects.get(action="days.closed").changes is not None


def test_who_may_only_look_sees_no_button_and_does_nothing():
    auditor, support = someone("auditor"), someone("support")

    page = auditor.get(BOOKS).content.decode()
    answers = [
        auditor.post(BOOKS, {"do": do}, follow=True) for do in ("verify_books", "close_days")
    ]

    assert "verify_books" not in page
    assert "close_days" not in page
    assert all("your role may not" in answer.content.decode() for answer in answers)
    assert not VerifyRun.objects.exists()
    assert support.get(BOOKS).status_code == 403
    assert support.post(EXPORT, {"what": "trial-balance"}).status_code == 403
