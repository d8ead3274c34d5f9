"""What banks tell in their own ways is read, and what it moves is right."""

import re

import pytest

from core.errors import InvalidRequest
from ledger.queries import account_balance, balance
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.sepa.formats import text
from processors.sepa.services import bank_files
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
from tests.factories import a_platform, an_operator_named, now
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
    assert "does not name 1 of the payments" in news.summary()
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


def at_the_bank() -> int:
    return account_balance("bank", "bankfile", "eur")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda charge, key: bank.entry(-50_50, bank.details(-50_00, key=key), more=charge),
        lambda charge, key: bank.entry(-50_50, bank.details(-50_00, charge, key=key)),
        lambda charge, key: bank.entry(-50_50, bank.details(-50_00, key=key)),
    ],
)
def test_a_charge_beside_a_payment_is_a_line_to_look_at(platform, wrap):
    payout = a_payout(platform)
    a_sent_file()
    charge = bank.tag("Chrgs", bank.tag("Rcrd", bank.euros(50), bank.side(-1)))

    entry = wrap(charge, name_of(payout))
    news = hear(bank.statement(entry, opening=1_000_00, closing=949_50))

    assert (news.matched, news.unmatched, status(payout)) == (1, 1, "paid")
    left = BankLine.objects.get(matched_by="")
    assert (left.amount, left.text[:8]) == (-50, "Charges,")
    assert at_the_bank() == -50_00
    assert_books_balance()


def test_payments_named_without_amounts_are_booked_if_they_are_the_whole_debit(platform):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    a_sent_file()
    named = [bank.details(None, key=name_of(payout)) for payout in paid]

    wrong = hear(bank.notification(bank.entry(-99_00, *named, ref="R-1"), id="NT-1"))
    assert (wrong.matched, wrong.unmatched, wrong.keys) == (0, 1, [])
    assert name_of(paid[0]) in BankLine.objects.get().text
    news = hear(bank.notification(bank.entry(-100_00, *named, ref="R-2"), id="NT-2"))

    assert (news.matched, [status(payout) for payout in paid]) == (1, ["paid", "paid"])
    assert at_the_bank() == -100_00
    assert_books_balance()


def test_one_entry_that_is_not_understood_leaves_the_others_as_they_are(platform):
    payout = a_payout(platform)
    a_sent_file()
    unclear = bank.entry(3_00, bank.details(2_00, key="A"), bank.details(2_00, key="B"), ref="R-1")
    clear = bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="R-2")

    news = hear(bank.statement(unclear, clear, opening=1_000_00, closing=953_00))

    assert (news.matched, news.unmatched, status(payout)) == (1, 1, "paid")
    assert BankLine.objects.get(matched_by="").text == "SEPA-Gutschrift A B"
    assert_books_balance()


def test_a_statement_whose_own_balances_contradict_is_still_refused(platform):
    payout = a_payout(platform)
    a_sent_file()

    with pytest.raises(InvalidRequest, match="does not add up"):
        hear(booked(payout).replace("950.00", "950.01"))

    assert (status(payout), BankLine.objects.count()) == ("in_transit", 0)


def test_payments_named_together_of_a_file_nobody_sent_are_not_lost(platform):
    payout = a_payout(platform)
    bank_files.make(livemode=False, by=an_operator_named("ann@example.com"), at=now())
    named = bank.details(None, key=name_of(payout)), bank.details(None, key="poa-other")

    with pytest.raises(InvalidRequest, match="nobody has marked as sent"):
        hear(bank.notification(bank.entry(-50_00, *named)))


@pytest.mark.parametrize(
    "told",
    [
        lambda file: bank.tag("Btch", bank.tag("PmtInfId", file)) + bank.details(key="NOTPROVIDED"),
        lambda file: bank.tag("Btch", bank.tag("MsgId", file)) + bank.details(-100_00, key="X-1"),
        lambda file: bank.tag("TxDtls", bank.tag("Refs", bank.tag("PmtInfId", file))),
        lambda file: bank.tag("TxDtls", bank.tag("Refs", bank.tag("MsgId", file))),
        lambda file: bank.details(None, key=file),
        lambda file: bank.details(None, bank.tag("AddtlTxInf", f"/PREF/{file}"), key="NOTPROVIDED"),
    ],
)  # fmt: skip
def test_a_debit_of_a_whole_file_is_known_whatever_stands_beside_its_name(platform, told):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    file = a_sent_file()

    news = hear(bank.notification(bank.entry(-100_00, told(text.reference(file.id)))))

    assert (news.matched, news.unmatched, len(news.keys)) == (1, 0, 2)
    assert [status(payout) for payout in paid] == ["paid", "paid"]
    assert at_the_bank() == -100_00
    assert_books_balance()


def test_a_file_whose_payments_are_named_is_booked_payment_by_payment(platform):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    file = a_sent_file()
    batch = bank.tag("Btch", bank.tag("PmtInfId", text.reference(file.id)))
    named = [bank.details(-50_00, key=name_of(payout)) for payout in paid]

    news = hear(bank.notification(bank.entry(-100_00, *named, batch=batch)))

    assert (news.matched, [status(payout) for payout in paid]) == (2, ["paid", "paid"])
    assert at_the_bank() == -100_00
    assert_books_balance()


def broken(key: str) -> str:
    """Write a name as banks do that begin a new line every 20 characters."""
    return "\n".join(key[at : at + 20] for at in range(0, len(key), 20))


@pytest.mark.parametrize(
    "told",
    [
        lambda key: bank.entry(-50_00, words=f"SEPA CREDIT TRANSFER /EREF/{key}"),
        lambda key: bank.entry(-50_00, words=f"/EREF/{broken(key)}/REMI/Payout"),
        lambda key: bank.entry(-50_00, bank.details(key="NOTPROVIDED"), words=f"EREF/{key}"),
        lambda key: bank.entry(-50_00, bank.details(
            None, bank.tag("RmtInf", bank.tag("Ustrd", "Payout")), key="X-1"), words=f"EREF/{key}"),
        lambda key: bank.entry(-50_00, bank.details(
            None, bank.tag("AddtlTxInf", f"/EREF/{key}"), key="NOTPROVIDED")),
        lambda key: bank.entry(-50_00, bank.details(
            None, bank.tag("RmtInf", *(bank.tag("Ustrd", part) for part in (key[:9], key[9:]))))),
    ],
)  # fmt: skip
def test_a_payment_is_known_by_its_name_in_any_words_of_the_bank(platform, told):
    payout = a_payout(platform)
    a_sent_file()

    news = hear(bank.notification(told(name_of(payout))))

    assert (news.matched, news.unmatched, status(payout)) == (1, 0, "paid")
    assert at_the_bank() == -50_00
    assert_books_balance()


@pytest.mark.parametrize("is_return", [True, False])
def test_what_comes_in_with_our_name_in_the_banks_words_is_a_return_if_it_says_so(
    platform, is_return
):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))

    code = bank.tag(
        "BkTxCd", bank.tag("Prtry", bank.tag("Cd", "NRTI+159" if is_return else "NTRF+166"))
    )
    news = hear(bank.notification(bank.entry(50_00, words=name_of(payout), more=code, ref="R-2")))

    assert (news.matched, news.unmatched) == ((1, 0) if is_return else (0, 1))
    assert status(payout) == ("failed" if is_return else "paid")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 50_00 * is_return
    assert_books_balance()


@pytest.mark.parametrize("back", [50_00, 47_50])
@pytest.mark.parametrize("as_file", [True, False])
def test_a_return_may_be_told_before_its_debit(platform, back, as_file):
    payout, other = a_payout(platform), a_payout(platform, IBANS[1])
    file = a_sent_file()
    told = bank.details(back, bank.reason("AC04", name="RtrInf"), key=name_of(payout))
    batch = bank.tag("Btch", bank.tag("PmtInfId", text.reference(file.id)))
    named = [bank.details(-50_00, key=name_of(one)) for one in (payout, other)]
    debit = bank.entry(-100_00, batch=batch) if as_file else bank.entry(-100_00, *named)

    news = hear(
        bank.statement(
            bank.entry(back, told, ref="R-2"), debit, opening=1_000_00, closing=900_00 + back
        )
    )

    assert (news.matched, news.unmatched, news.problems) == (2 if as_file else 3, 0, [])
    assert (status(payout), status(other)) == ("failed", "paid")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == back
    assert at_the_bank() == -100_00 + back
    assert BankPayment.objects.filter(booked_line=None).count() == 0
    again = hear(bank.notification(bank.entry(-50_00, named[0], ref="R-9")))
    assert (again.matched, again.unmatched) == (0, 1)
    assert_books_balance()


def in_version_two(page: str) -> str:
    page = page.replace("camt.053.001.08", "camt.053.001.02")
    page = re.sub(r"(<Sts>)<Cd>(\w+)</Cd>", r"\1\2", page)
    own = r"(</Refs>)(<Amt Ccy=.EUR.>[0-9.]+</Amt>)<CdtDbtInd>DBIT</CdtDbtInd>"
    return re.sub(own, r"\1<AmtDtls><TxAmt>\2</TxAmt></AmtDtls>", page)


def with_prefixes(page: str) -> str:
    return re.sub(r"<(/?)(?=[A-Z])", r"<\1ns2:", page).replace("xmlns=", "xmlns:ns2=")


DIALECTS = {
    "as it is": lambda page: page,
    "older version": in_version_two,
    "prefixes": with_prefixes,
    "indented": lambda page: page.replace("><", ">\r\n    <"),
    "byte order mark": lambda page: "\ufeff" + page,
    "balance of the day before": lambda page: page.replace("OPBD", "PRCD"),
    "more balances": lambda page: page.replace(
        "<Ntry>", bank.balance("CLAV", 5) + bank.balance("FWAV", 7) + "<Ntry>", 1
    ),
    "no reference of the bank": lambda page: re.sub("<AcctSvcrRef>.*?</AcctSvcrRef>", "", page),
    "no day of booking": lambda page: re.sub("<BookgDt>.*?</BookgDt>", "", page),
    "moments for days": lambda page: re.sub(
        r"<Dt>(2026-11-24)</Dt>", r"<DtTm>\1T23:59:59.999+01:00</DtTm>", page
    ),
    "padded amounts": lambda page: re.sub(r">(\d+\.\d\d)<", r">+0000\g<1>000<", page),
    "another count of entries": lambda page: page.replace(
        "<Ntry>",
        bank.tag("TxsSummry", bank.tag("TtlNtries", bank.tag("NbOfNtries", 7))) + "<Ntry>", 1,
    ),
    "instructed in a currency nobody pays in": lambda page: page.replace(
        "</TxDtls>",
        bank.tag("AmtDtls", bank.tag("InstdAmt", bank.euros(7, currency="GHS"))) + "</TxDtls>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("told", DIALECTS.values(), ids=DIALECTS.keys())
def test_one_statement_is_booked_in_whatever_dialect_it_is_told(platform, told):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    a_sent_file()
    page = booked(*paid)
    assert told is DIALECTS["as it is"] or told(page) != page

    news = hear(told(page))

    assert (news.matched, news.unmatched, news.problems) == (2, 0, [])
    assert [status(payout) for payout in paid] == ["paid", "paid"]
    assert BankStatement.objects.get().closing_amount == 900_00
    assert at_the_bank() == -100_00
    assert_books_balance()
