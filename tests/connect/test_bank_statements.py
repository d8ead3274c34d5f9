"""Statements while the day goes on, on pages, of several accounts, and with words of the bank's."""

import pytest

from core.errors import InvalidRequest
from processors.models import BankLine, BankStatement
from tests.books import assert_books_balance
from tests.connect.test_bank_payouts import (
    IBANS,
    a_payout,
    a_sent_file,
    booked,
    hear,
    name_of,
    status,
)
from tests.factories import a_platform
from tests.processors.bank import samples as bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def so_far(page: str) -> str:
    """Make a statement one that was written while the day went on."""
    return page.replace("CLBD", "ITBD").replace("M-1", "M-0")


def numbered(page: int) -> str:
    return bank.tag("StmtPgntn", bank.tag("PgNb", page))


def test_a_day_told_while_it_goes_on_and_then_as_a_whole_is_booked_once(platform):
    first, second = a_payout(platform), a_payout(platform, IBANS[1])
    a_sent_file()
    hear(bank.statement(opening=1_000_00, closing=1_000_00, id="ST-0").replace("-24", "-23"))
    morning, evening = (
        bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref=ref)
        for payout, ref in ((first, "R-1"), (second, "R-2"))
    )

    hear(so_far(bank.statement(morning, opening=1_000_00, closing=950_00, id="A")))
    hear(so_far(bank.statement(evening, opening=950_00, closing=900_00, id="B")))
    news = hear(bank.statement(morning, evening, opening=1_000_00, closing=900_00))
    hear(bank.statement(opening=900_00, closing=900_00, id="ST-2").replace("-24", "-25"))

    assert (news.matched, news.unmatched, news.known) == (0, 0, 2)
    assert [status(payout) for payout in (first, second)] == ["paid", "paid"]
    assert BankStatement.objects.filter(is_interim=True).count() == 2
    assert_books_balance()


def test_what_was_told_of_a_day_is_told_again_with_more(platform):
    first, second = a_payout(platform), a_payout(platform, IBANS[1])
    a_sent_file()
    entries = [
        bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref=f"R-{n}")
        for n, payout in enumerate((first, second))
    ]

    hear(so_far(bank.statement(entries[0], opening=1_000_00, closing=950_00)))
    hear(so_far(bank.statement(*entries, opening=1_000_00, closing=900_00)))
    news = hear(bank.statement(*entries, opening=1_000_00, closing=900_00))

    assert (news.known, BankLine.objects.count()) == (2, 2)
    with pytest.raises(InvalidRequest, match="has been read before"):
        hear(bank.statement(*entries, opening=1_000_00, closing=900_00).replace("M-1", "M-2"))
    with pytest.raises(InvalidRequest, match="one is missing between them"):
        hear(bank.statement(opening=1_000_00, closing=1_000_00, id="ST-3"))
    assert_books_balance()


def test_a_day_on_pages_of_one_name_is_read_whole_and_in_order(platform):
    first, second = a_payout(platform), a_payout(platform, IBANS[1])
    a_sent_file()
    pages = [
        bank.tag(
            "Stmt",
            bank.head().replace("<Elctrnc", numbered(n) + "<Elctrnc", 1),
            bank.balance(begins, opening),
            bank.balance(ends, opening - 50_00),
            # Without a reference of the bank's own, an entry is known by its page.
            bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="NONREF"),
        )
        for n, begins, ends, opening, payout in (
            (1, "OPBD", "ITBD", 1_000_00, first),
            (2, "ITBD", "CLBD", 950_00, second),
        )
    ]

    with pytest.raises(InvalidRequest, match="one is missing between them"):
        hear(
            bank.statements(
                pages[0], pages[1].replace("950.00", "850.00").replace("900.00", "800.00")
            )
        )
    news = hear(bank.statements(*pages))

    assert (news.matched, news.unmatched) == (2, 0)
    assert [status(payout) for payout in (first, second)] == ["paid", "paid"]
    assert list(BankStatement.objects.order_by("id").values_list("name", flat=True)) == [
        "ST-1",
        "ST-1/2",
    ]
    assert_books_balance()


@pytest.mark.parametrize("is_counted", [True, False])
def test_an_entry_whose_status_nobody_knows_is_a_line_to_look_at(platform, is_counted):
    payout = a_payout(platform)
    a_sent_file()
    told = bank.details(-50_00, key=name_of(payout))
    unknown = bank.entry(-50_00, told, status="VORM", words="Vorgemerkt")
    closing = 950_00 if is_counted else 1_000_00

    news = hear(bank.statement(unknown, opening=1_000_00, closing=closing))

    assert (news.matched, news.unmatched, status(payout)) == (0, 1, "in_transit")
    line = BankLine.objects.get()
    assert (line.amount, line.matched_by) == (-50_00, "")
    assert line.text == "Booked or not? The bank gives it a status of its own: VORM. Vorgemerkt"
    again = hear(bank.notification(bank.entry(-50_00, told, status="VORM"), id="N"))
    assert (again.unmatched, again.known) == (0, 1)

    news = hear(bank.notification(bank.entry(-50_00, told)))

    assert (news.matched, status(payout)) == (1, "paid")
    assert_books_balance()


def test_a_file_with_statements_of_other_accounts_is_read_for_ours(platform):
    payout = a_payout(platform)
    a_sent_file()
    ours = booked(payout)
    page = ours.partition("</GrpHdr>")[2].partition("</BkToCstmrStmt>")[0]
    other = page.replace(bank.OURS, "NL91ABNA0417164300").replace("EUR", "CHF")

    news = hear(ours.replace(page, other + page))

    assert (news.matched, news.unmatched, status(payout)) == (1, 0, "paid")
    assert news.problems == [
        "passed over: Statement ST-1 is of another account (••4300) than the one out of which "
        "payouts are paid."
    ]
    with pytest.raises(InvalidRequest, match="is of another account"):
        hear(ours.replace(page, other))
    assert_books_balance()


def test_what_a_report_of_the_day_told_is_known_on_the_statement(platform):
    payout = a_payout(platform)
    a_sent_file()
    page = booked(payout)
    report = page.replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt")

    first = hear(report.replace("Stmt>", "Rpt>"))
    again = hear(page)

    assert (first.matched, status(payout)) == (1, "paid")
    assert (again.matched, again.unmatched, again.known) == (0, 0, 1)
    assert BankStatement.objects.count() == 1
    assert_books_balance()
