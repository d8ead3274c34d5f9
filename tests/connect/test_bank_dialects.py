"""What banks tell in their own ways is read, and what it moves is right."""

import pytest

from core.errors import InvalidRequest
from ledger.queries import balance
from processors.bank import text
from processors.models import BankFile, BankLine, BankPayment, BankStatement
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


def a_report(file: BankFile, *parts: str, status: str = "") -> str:
    return bank.report(bank.batch(*parts, status=status), file_id=text.reference(file.id))


def test_a_refused_batch_gives_all_its_money_back_though_no_payment_is_named(platform):
    payout = a_payout(platform)
    nameless = bank.tag("TxInfAndSts", bank.tag("TxSts", "RJCT"), bank.reason("AM04"))

    news = hear(a_report(a_sent_file(), nameless, status=bank.tag("PmtInfSts", "RJCT")))

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "insufficient_funds")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 50_00
    assert "does not name 1 of the payments" in news.words()
    assert_books_balance()


def test_a_refusal_of_nobody_knows_which_payment_moves_nothing(platform):
    payout = a_payout(platform)
    nameless = bank.tag("TxInfAndSts", bank.tag("TxSts", "RJCT"), bank.reason("AM04"))

    news = hear(a_report(a_sent_file(), nameless, status=bank.tag("PmtInfSts", "PART")))

    assert (news.keys, status(payout), BankPayment.objects.get().status) == (
        [],
        "in_transit",
        "sent",
    )
    assert_books_balance()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("<MsgId>M-1", "<MsgId>pain.002-1", "statement"),
        ("?><", "?><!-- rejections: pain.002 --><", "statement"),
        ("?><", f"?><!-- {'no camt.053 ' * 600} --><", "report"),
    ],
)
def test_what_a_file_is_says_its_namespace(platform, old, new, kind):
    payout = a_payout(platform)
    file = a_sent_file()

    report = a_report(file, bank.payment(name_of(payout), "ACSP"))

    hear({"statement": booked(payout), "report": report}[kind].replace(old, new, 1))

    assert BankFile.objects.exclude(kind="payments").get().kind == kind
    assert status(payout) == {"statement": "paid", "report": "in_transit"}[kind]
    assert_books_balance()
