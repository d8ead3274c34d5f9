"""What banks tell in their own ways is read, and what it moves is right."""

import pytest

from core.errors import InvalidRequest
from processors.models import BankLine, BankStatement
from tests.books import assert_books_balance
from tests.connect.test_bank_payouts import IBANS, a_payout, a_sent_file, booked, hear, status
from tests.factories import a_platform
from tests.processors.bank import samples as bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def test_a_bank_may_number_its_statements_anew_each_year(platform):
    first, second = a_payout(platform), a_payout(platform, IBANS[1])
    a_sent_file()
    # Without a reference of the bank's own, an entry is known by its statement.
    of_2026 = booked(first, id="00001", ref="NONREF")
    page = booked(second, opening=950_00, id="00001", ref="NONREF")
    of_2027 = page.replace("2026-11-24", "2027-01-04")

    hear(of_2026)
    news = hear(of_2027)

    assert (news.matched, news.known) == (1, 0)
    assert [status(payout) for payout in (first, second)] == ["paid", "paid"]
    assert BankStatement.objects.filter(name="00001").count() == 2
    with pytest.raises(InvalidRequest, match="Statement 00001 has been read before"):
        hear(of_2027.replace("M-1", "M-3"))
    assert_books_balance()


def test_a_new_years_statement_still_begins_where_the_old_years_ended(platform):
    hear(bank.statement(opening=1_000_00, closing=900_00 + 100_00, id="00001"))
    page = bank.statement(opening=900_00, closing=900_00, id="00001")

    with pytest.raises(InvalidRequest, match="one is missing between them"):
        hear(page.replace("2026-11-24", "2027-01-04"))
    assert BankStatement.objects.count() == 1


def test_entries_of_one_amount_on_statements_of_one_number_are_two_lines(platform):
    entry = bank.entry(-1_00, ref="NONREF")
    hear(bank.statement(entry, opening=1_000_00, closing=999_00, id="1"))

    page = bank.statement(entry, opening=999_00, closing=998_00, id="1")
    news = hear(page.replace("2026-11-24", "2027-01-04"))

    assert (news.known, news.unmatched, BankLine.objects.count()) == (0, 1, 2)
