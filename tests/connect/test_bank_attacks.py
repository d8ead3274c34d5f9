"""What a wrong, strange or hostile file from a bank may not do to payouts."""

from contextlib import suppress

import pytest

from connect.models import Payout
from connect.payouts.services.attempts import bank_files as bank_desk
from core.errors import InvalidRequest
from ledger.queries import balance
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
from tests.factories import a_platform, an_operator_named, as_owner, now
from tests.processors.bank import samples as bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]

# Others' accounts: the second one ends like `PAYEE`.
PAYEE = IBANS[2]
STRANGE, ALIKE = "FR7630006000011234567890189", "NL85ABNA0000003201"


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def a_paid_payout(platform, iban=IBANS[0]) -> Payout:
    payout = a_payout(platform, iban)
    a_sent_file()
    hear(booked(payout))
    assert status(payout) == "paid"
    return payout


def moved(*entries: str, change: int = 0, opening: int = 950_00, id: str = "ST-2") -> str:
    return bank.statement(*entries, opening=opening, closing=opening + change, id=id)


def test_an_entry_of_nothing_brings_no_money_back(platform):
    payout = a_paid_payout(platform)

    nothing = bank.entry(0, bank.details(0, key=name_of(payout)), ref="R-2")
    news = hear(moved(nothing))

    assert (news.unmatched, news.keys, status(payout)) == (1, [], "paid")
    assert_books_balance()


@pytest.mark.parametrize("wrap", [bank.statement, bank.notification])
def test_what_another_account_says_is_not_believed(platform, wrap):
    payout = a_payout(platform)
    a_sent_file()

    # Somebody has uploaded what the payee's bank says.
    content = wrap(bank.entry(0, bank.details(0, key=name_of(payout)))).replace(
        f"<IBAN>{bank.OURS}</IBAN>", f"<IBAN>{STRANGE}</IBAN>"
    )
    with pytest.raises(InvalidRequest, match="of another account"):
        hear(content)

    assert (status(payout), BankFile.objects.filter(kind="statement").count()) == ("in_transit", 0)


@pytest.mark.parametrize("reference", ["NONREF", "NOTPROVIDED", "BATCH-7"])
def test_entries_that_share_a_reference_and_an_amount_are_each_booked(platform, reference):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    a_sent_file()
    entries = [
        bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref=reference)
        for payout in paid
    ]

    told_first = hear(bank.notification(*entries))
    news = hear(bank.statement(*entries, opening=1_000_00, closing=900_00))

    assert [status(payout) for payout in paid] == ["paid", "paid"]
    assert (told_first.matched, told_first.unmatched) == (2, 0)
    assert (news.keys, news.matched) == ([], 0)
    assert_books_balance()


def test_one_page_told_twice_in_one_file_is_booked_once(platform):
    payout = a_payout(platform)
    a_sent_file()
    entry = bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="R-1")
    page = bank.tag("Ntfctn", bank.head("NT-1"), entry)
    group = bank.tag("GrpHdr", bank.tag("MsgId", "M-2"))

    news = hear(
        bank.document("camt.054.001.08", bank.tag("BkToCstmrDbtCdtNtfctn", group, page, page))
    )

    assert (news.matched, news.known, status(payout)) == (1, 1, "paid")
    twice = bank.tag("Stmt", bank.head("ST-1"), bank.balance("OPBD", 0), bank.balance("CLBD", 0))
    with pytest.raises(InvalidRequest, match="read before"):
        hear(bank.statements(twice, twice))
    assert not BankStatement.objects.exists()
    assert_books_balance()


def test_a_return_without_reference_needs_the_whole_number_of_the_account(platform):
    payout = a_paid_payout(platform, PAYEE)

    def back(iban, id):
        told = bank.details(
            50_00,
            bank.reason("AC04", name="RtrInf"),
            key="NOTPROVIDED",
            parties=bank.tag("RltdPties", bank.party("Cdtr", "Corner Shop", iban)),
        )
        opening = 950_00 if id == "ST-2" else 1_000_00
        return moved(bank.entry(50_00, told, ref=id), change=50_00, opening=opening, id=id)

    assert (hear(back(ALIKE, "ST-2")).unmatched, status(payout)) == (1, "paid")
    assert (hear(back(PAYEE, "ST-3")).matched, status(payout)) == (1, "failed")
    assert_books_balance()


def test_a_debit_without_reference_is_found_by_amount_day_and_account(platform):
    payout = a_payout(platform, PAYEE)
    a_sent_file()
    as_owner("UPDATE processors_bankfile SET execution_date = '2026-11-24'")

    def debit(iban, ref):
        told = bank.details(
            -50_00,
            key="NOTPROVIDED",
            parties=bank.tag("RltdPties", bank.party("Cdtr", "Corner Shop", iban)),
        )
        return bank.notification(bank.entry(-50_00, told, ref=ref), id=ref)

    assert (hear(debit(ALIKE, "R-1")).unmatched, status(payout)) == (1, "in_transit")
    as_owner("UPDATE processors_bankfile SET execution_date = '2026-11-25'")
    assert (hear(debit(PAYEE, "R-2")).unmatched, status(payout)) == (1, "in_transit")
    as_owner("UPDATE processors_bankfile SET execution_date = '2026-11-24'")
    assert (hear(debit(PAYEE, "R-3")).matched, status(payout)) == (1, "paid")
    assert_books_balance()


def test_a_text_that_names_two_payments_is_for_a_person(platform):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    a_sent_file()
    both = bank.tag("RmtInf", bank.tag("Ustrd", " ".join(name_of(payout) for payout in paid)))

    news = hear(bank.notification(bank.entry(-50_00, bank.details(-50_00, both, key="X-1"))))

    assert (news.unmatched, {status(payout) for payout in paid}) == (1, {"in_transit"})


@pytest.mark.parametrize("kind", ["report", "debit"])
def test_what_a_bank_says_of_a_file_that_is_not_marked_as_sent_is_not_lost(platform, kind):
    payout = a_payout(platform)
    file = bank_files.make(livemode=False, by=an_operator_named("ann@example.com"), at=now())
    refused = bank.tag("GrpSts", "RJCT") + bank.reason("AM04")
    content = {
        "report": bank.report(status=refused, file_id=text.reference(file.id)),
        "debit": booked(payout),
    }[kind]

    with pytest.raises(InvalidRequest, match=f"{file.id}, which nobody has marked as sent"):
        hear(content)
    bank_files.approve(file_id=file.id, by=an_operator_named("bob@example.com"), at=now())
    bank_files.mark_sent(file_id=file.id, by=an_operator_named("bob@example.com"), at=now())
    hear(content)

    assert status(payout) == {"report": "failed", "debit": "paid"}[kind]
    assert_books_balance()


def test_a_report_of_another_amount_or_of_an_unknown_payment_gives_no_money_back(platform):
    payout = a_payout(platform)
    file = a_sent_file()

    news = hear(
        bank.report(
            bank.batch(
                bank.payment(name_of(payout), "RJCT", bank.reason("AC04"), cents=5_00),
                bank.payment("poa-nobodys", "RJCT", bank.reason("AC04")),
            ),
            file_id=text.reference(file.id),
        )
    )

    assert (news.keys, status(payout)) == ([], "in_transit")
    assert "rejected with 5.00 EUR" in news.summary()
    assert "names poa-nobodys, which is not in" in news.summary()
    assert_books_balance()


def test_a_file_that_is_refused_after_it_was_accepted_says_so(platform):
    payout = a_payout(platform)
    file = a_sent_file()
    for word in ("ACTC", "RJCT"):
        group_status = bank.tag("GrpSts", word)
        hear(bank.report(status=group_status, file_id=text.reference(file.id)))

    file.refresh_from_db()
    assert (file.status, status(payout)) == ("rejected", "failed")
    assert_books_balance()


def test_a_report_that_decides_nothing_leaves_the_file_as_it_is(platform):
    a_payout(platform)
    file = a_sent_file()

    hear(bank.report(status=bank.tag("GrpSts", "PDNG"), file_id=text.reference(file.id)))

    file.refresh_from_db()
    assert (file.status, file.acknowledged_at is not None) == ("sent", True)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace('<Amt Ccy="EUR">0.00', f'<Amt Ccy="EUR">{"9" * 18}.00'),
        lambda page: page.replace("<Id>ST-1</Id>", f"<Id>{'S' * 300}</Id>"),
        lambda page: page.replace("REF-1", "R" * 300),
        lambda page: page.replace("NOTPROVIDED", "N" * 300),
    ],
)
def test_what_is_too_long_for_any_bank_is_refused_or_kept_short(platform, change):
    told = bank.details(0, key="NOTPROVIDED")

    content = change(bank.statement(bank.entry(0, told, ref="REF-1"), opening=0, closing=0))
    with suppress(InvalidRequest):
        hear(content)

    read = BankFile.objects.filter(kind="statement").count()
    assert BankLine.objects.count() == BankStatement.objects.count() == read


@pytest.mark.parametrize("currency", ["USD", "XXX", "JPY"])
def test_another_currency_moves_nothing(platform, currency):
    payout = a_payout(platform)
    a_sent_file()

    with suppress(InvalidRequest):
        assert hear(booked(payout).replace("EUR", currency)).unmatched == 1

    assert (status(payout), BankPayment.objects.get().status) == ("in_transit", "sent")


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE a [<!ENTITY b "poa-1">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
    ],
)
def test_entities_and_document_types_change_nothing(platform, start):
    payout = a_payout(platform)
    a_sent_file()

    with pytest.raises(InvalidRequest, match="document type"):
        hear(booked(payout).replace("?><", f"?>{start}<", 1))

    assert (status(payout), BankFile.objects.filter(kind="statement").count()) == ("in_transit", 0)


def test_what_was_tried_in_test_mode_does_not_stand_in_the_way_of_real_statements(platform):
    def read(content, *, livemode):
        return bank_desk.import_file(
            content=content.encode(),
            name="bank.xml",
            livemode=livemode,
            by="ann@example.com",
            at=now(),
        )

    entry = bank.entry(-50_00, bank.details(-50_00, key="somebody"), ref="R-1")
    page = bank.statement(entry, opening=1_000_00, closing=950_00)
    read(page, livemode=False)

    news = read(page, livemode=True)

    assert (news.known, news.unmatched) == (0, 1)
    read(moved(opening=950_00, id="ST-2"), livemode=True)
    with pytest.raises(InvalidRequest, match="read before"):
        read(page, livemode=True)


def test_two_returns_of_one_payment_are_not_both_believed(platform):
    payout = a_paid_payout(platform)

    def back(cents, ref):
        return bank.entry(
            cents,
            bank.details(cents, bank.reason("AC04", name="RtrInf"), key=name_of(payout)),
            ref=ref,
        )

    news = hear(moved(back(30_00, "R-2"), back(20_00, "R-3"), back(50_00, "R-4"), change=100_00))

    assert (news.matched, news.unmatched) == (1, 2)
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 30_00
    assert BankPayment.objects.get().returned_amount == 30_00
    assert_books_balance()


STRANGERS = bank.tag("RltdPties", bank.party("Dbtr", "Somebody Else", STRANGE))
RETURNED = bank.tag("BkTxCd", bank.tag("Domn", bank.tag("Fmly", bank.tag("SubFmlyCd", "RRTN"))))


@pytest.mark.parametrize(
    ("cents", "parts", "is_named_in"),
    [
        (1, (STRANGERS,), "reference"),
        (50_00, (STRANGERS,), "reference"),
        (50_00, (), "reference"),
        (50_00, (STRANGERS,), "text"),
        (1, (bank.reason("AC04", name="RtrInf"),), "reference"),
        (24_99, (bank.reason("AC04", name="RtrInf"),), "text"),
        (50_00, (STRANGERS, bank.reason("AC04", name="RtrInf")), "reference"),
        (50_00, (STRANGERS, bank.reason("AC04", name="RtrInf")), "text"),
        (50_00, (STRANGERS, RETURNED), "reference"),
    ],
)
def test_money_that_comes_in_with_our_reference_is_no_return(platform, cents, parts, is_named_in):
    payout = a_paid_payout(platform)

    text = bank.tag("RmtInf", bank.tag("Ustrd", f"for {name_of(payout)}"))
    key = {"reference": name_of(payout), "text": "NOTPROVIDED"}[is_named_in]
    told = bank.details(cents, *parts, *([text] if is_named_in == "text" else []), key=key)
    news = hear(moved(bank.entry(cents, told, ref="R-2"), change=cents))

    assert (news.matched, news.unmatched, news.keys, status(payout)) == (0, 1, [], "paid")
    assert "is no return: money that came in" in news.summary()
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 0
    assert BankLine.objects.get(amount=cents).payment is None
    assert_books_balance()


@pytest.mark.parametrize(
    ("inner", "around"),
    [
        (bank.reason("AC04", name="RtrInf"), ""),
        (bank.tag("RtrInf"), ""),
        (RETURNED, ""),
        ("", RETURNED),
        ("", bank.tag("BkTxCd", bank.tag("Prtry", bank.tag("Cd", "NRTI+159+00931")))),
        ("", bank.tag("RvslInd", "true")),
    ],
)
@pytest.mark.parametrize(
    "parties",
    [
        "",
        bank.tag("RltdPties", bank.party("Cdtr", "Corner Shop", PAYEE)),
        bank.tag("RltdPties", bank.party("Dbtr", "Corner Shop", PAYEE)),
        bank.tag("RltdPties", bank.party("Dbtr", "Retouren", "AT741904300000000001")),
    ],
)
def test_a_return_is_what_the_banks_say_comes_back(platform, inner, around, parties):
    payout = a_paid_payout(platform, PAYEE)

    told = bank.details(47_50, inner, key=name_of(payout), parties=parties)
    news = hear(moved(bank.entry(47_50, told, ref="R-2", more=around), change=47_50))

    assert (news.matched, news.unmatched, status(payout)) == (1, 0, "failed")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 47_50
    assert_books_balance()
