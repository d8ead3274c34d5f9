"""What a bank says happened on an account."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.sepa.formats import camt
from processors.sepa.formats.camt import Batch, EntryStatus
from processors.sepa.formats.reading import BadFile
from tests.processors.bank.camt_entries import entries_of, read
from tests.processors.bank.samples import (
    ANNAS,
    OURS,
    balance,
    details,
    entry,
    euros,
    head,
    notification,
    open_file,
    party,
    reason,
    statement,
    statements,
    tag,
)

NOTHING_BEFORE = balance("OPBD", 0)
VERSIONS = pytest.mark.parametrize("version", ["02", "08"])


@VERSIONS
def test_a_statement_says_what_stood_on_the_account_and_what_moved(version):
    code = tag("Domn", tag("Cd", "PMNT"), tag("Fmly", tag("Cd", "ICDT"), tag("SubFmlyCd", "ESCT")))
    parties = tag("RltdPties", party("Cdtr", "Anna Weber", ANNAS, version))
    text = tag("RmtInf", tag("Ustrd", "Week"), tag("Ustrd", "47"))
    paid = details(-12_34, parties, text, version=version)
    file = statement(
        entry(-12_34, paid, version=version, more=tag("BkTxCd", code)),
        entry(5_00, version=version, ref="REF-2"),
        opening=100_00,
        closing=92_66,
        version=version,
    )

    ((page, (out, came)),) = read(file)

    assert (page.message, page.id, page.account) == (f"camt.053.001.{version}", "ST-1", OURS)
    assert (page.electronic_number, page.legal_number) == (218, 17)
    assert page.opening == camt.Balance(100_00, "eur", date(2026, 11, 24))
    assert page.closing.amount == 92_66
    assert (out.position, out.amount, out.currency, out.is_credit) == (1, 12_34, "eur", False)
    assert (out.status, out.is_reversal, out.signed) == (EntryStatus.BOOKED, False, -12_34)
    assert (out.booked_on, out.value_on) == (date(2026, 11, 24), date(2026, 11, 25))
    assert (out.reference, out.kind) == ("REF-1", "PMNT-ICDT-ESCT")
    assert out.text == "SEPA-Gutschrift"
    (one,) = out.details
    assert (one.position, one.amount, one.is_credit, one.end_to_end_id) == (1, 12_34, False, "po-1")
    assert (one.counterparty, one.counterparty_iban) == ("Anna Weber", ANNAS)
    assert (one.text, one.is_return) == ("Week 47", False)
    assert (came.position, came.reference, came.details) == (2, "REF-2", ())


@VERSIONS
def test_a_payment_that_comes_back_says_why_and_what_is_left_of_it(version):
    back = reason("AC04", "account", "closed", name="RtrInf")
    sent = euros(100_00, "Amt")
    amounts = tag("AmtDtls", tag("InstdAmt", sent), tag("TxAmt", euros(97_50)))
    parties = tag(
        "RltdPties", party("Dbtr", "Us", OURS, version) + party("Cdtr", "Anna", ANNAS, version)
    )
    file = notification(
        entry(97_50, details(None, amounts, parties, back, version=version), version=version),
        version=version,
    )

    ((page, (came,)),) = read(file)

    assert page.message == f"camt.054.001.{version}"
    assert (page.opening, page.closing) == (None, None)
    (one,) = came.details
    assert (one.is_return, one.return_code, one.return_words) == (True, "AC04", "account closed")
    assert (one.end_to_end_id, one.amount, one.sent_amount) == ("po-1", 97_50, 100_00)
    assert (one.counterparty, one.counterparty_iban) == ("Anna", ANNAS)


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        ("02", tag("Chrgs", euros(2_50))),
        ("08", tag("Chrgs", tag("Rcrd", euros(2_50), tag("CdtDbtInd", "DBIT")))),
    ],
)
@pytest.mark.parametrize(
    ("told", "moved", "signed", "rest"),
    [(100_00, 97_50, 97_50, 0), (-100_00, -102_50, -100_00, -2_50)],
)
def test_charges_that_a_bank_kept_explain_the_difference(version, kept, told, moved, signed, rest):
    (one,) = entries_of(
        notification(
            entry(moved, details(told, kept, version=version), version=version), version=version
        )
    )

    assert (one.details[0].signed, one.details[0].charges, one.rest) == (signed, 2_50, rest)


@VERSIONS
def test_a_batch_is_split_into_its_payments(version):
    payments = [details(-n * 100, key=f"po-{n}", version=version) for n in (1, 2, 3)]
    together = tag("Btch", tag("MsgId", "bf-1"), tag("PmtInfId", "bf-1"), tag("NbOfTxs", 3))

    (one,) = entries_of(
        notification(entry(-6_00, *payments, batch=together, version=version), version=version)
    )

    assert one.batches == (Batch("bf-1", "bf-1", 3),)
    assert [(d.position, d.end_to_end_id, d.signed) for d in one.details] == [
        (1, "po-1", -1_00),
        (2, "po-2", -2_00),
        (3, "po-3", -3_00),
    ]


def test_a_batch_may_come_without_its_payments():
    together = tag("Btch", tag("PmtInfId", "bf-1"), tag("NbOfTxs", 3))

    (one,) = entries_of(notification(entry(-6_00, batch=together)))

    assert (one.batches, one.details) == ((Batch(None, "bf-1", 3),), ())


def test_money_in_and_out_may_be_one_entry():
    (one,) = entries_of(notification(entry(2_00, details(5_00), details(-3_00))))

    assert [detail.signed for detail in one.details] == [5_00, -3_00]


def test_nobody_elses_reference_is_none():
    (one,) = entries_of(notification(entry(1, details(1, key="NOTPROVIDED"))))

    assert one.details[0].end_to_end_id is None


def test_a_reversal_says_so_and_has_its_own_direction():
    (one,) = entries_of(notification(entry(1, more=tag("RvslInd", "true"))))

    assert (one.is_reversal, one.is_credit) == (True, True)


def test_only_booked_entries_are_in_the_balances():
    file = statement(entry(7_00), entry(9_99, status="PDNG"), entry(1, status="INFO"), closing=7_00)

    assert [one.status for one in entries_of(file)] == ["BOOK", "PDNG", "INFO"]


@pytest.mark.parametrize("booked", [{}, {"MAYB": 3_00}, {"MAYB": 3_00, "OURS": 4_00}])
def test_whether_a_status_that_nobody_knows_means_booked_the_balances_say(booked):
    entries = [entry(7_00), entry(3_00, status="MAYB"), entry(4_00, status="OURS")]
    closing = 7_00 + sum(booked.values())

    found = entries_of(statement(*entries, closing=closing))

    assert [(one.status, one.bank_status) for one in found] == [
        ("BOOK", "BOOK"),
        ("?", "MAYB"),
        ("?", "OURS"),
    ]
    with pytest.raises(BadFile, match="does not add up"):
        read(statement(*entries, closing=closing + 1))


def test_a_file_cannot_make_us_try_a_great_many_sums():
    entries = [entry(2**n, status=f"S{n}") for n in range(50)]

    assert len(entries_of(statement(*entries, closing=0))) == 50
    with pytest.raises(BadFile, match="does not add up"):
        read(statement(*entries, closing=3 * 2**40))


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
def test_every_version_of_the_messages_is_read(version):
    old = statement(entry(5, details(5)), closing=5)
    page = old.replace("camt.053.001.08", f"camt.053.001.{version}")

    ((found, (one,)),) = read(page)

    assert (found.message, one.signed) == (f"camt.053.001.{version}", 5)
    with pytest.raises(BadFile, match=r"camt\.053\.001\.02 to 13, camt\.054"):
        read(page.replace(f"camt.053.001.{version}", "camt.053.001.14"))


def test_what_only_informs_refuses_nothing():
    batch = tag("Btch", tag("NbOfTxs", "some"))
    page = statement(entry(5, batch=batch), closing=5).replace("2026-11-24", "2026-13-24")

    ((found, (one,)),) = read(page.replace("218", "many").replace(">17<", ">17a<"))

    assert (found.electronic_number, found.legal_number, found.closing.on) == (None, None, None)
    assert (one.booked_on, one.value_on) == (None, date(2026, 11, 25))
    assert one.batches == (Batch(None, None, None),)


def test_a_report_of_the_day_is_read_as_notifications_are():
    page = statement(entry(5), entry(7, status="PDNG"), opening=1, closing=99)
    page = page.replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt")

    ((found, entries),) = read(page.replace("Stmt>", "Rpt>"))

    assert (found.message, found.opening, found.closing) == ("camt.052.001.08", None, None)
    assert [(one.signed, one.status) for one in entries] == [(5, "BOOK"), (7, "PDNG")]


def test_an_interim_balance_begins_or_ends_a_page():
    first = tag("Stmt", head(), balance("OPBD", 5), balance("ITBD", 6), entry(1))
    middle = tag("Stmt", head(), balance("ITBD", 6), balance("ITBD", 8), entry(2))
    last = tag("Stmt", head(), balance("ITBD", 8), balance("CLBD", 9), entry(1))

    found = [page for page, _ in read(statements(first, middle, last))]

    assert [(p.opening.amount, p.closing.amount, p.is_interim) for p in found] == [
        (5, 6, True),
        (6, 8, True),
        (8, 9, False),
    ]
    alone = statements(tag("Stmt", head(), balance("ITBD", 6), entry(1)))
    with pytest.raises(BadFile, match="no opening or no closing"):
        read(alone)
    with pytest.raises(BadFile, match="does not add up"):
        read(statements(middle.replace("0.08", "0.09")))


def test_a_statement_without_entries_is_read():
    assert entries_of(statement(opening=-5, closing=-5)) == []


def test_the_balance_of_the_day_before_may_open_a_statement():
    page = tag("Stmt", head(), balance("PRCD", 5), balance("CLBD", 5), balance("CLAV", 3))

    ((page, _),) = read(statements(page))

    assert (page.opening.amount, page.closing.amount) == (5, 5)


def test_an_account_without_an_iban_has_a_number():
    account = tag("Acct", tag("Id", tag("Othr", tag("Id", "4711"))))
    balances = balance("OPBD", 0) + balance("CLBD", 0)

    ((page, _),) = read(statements(tag("Stmt", tag("Id", "1"), account, balances)))

    assert page.account == "4711"


def test_several_statements_come_one_after_the_other_even_if_nobody_takes_their_entries():
    pages = [
        tag("Stmt", head(id), balance("OPBD", 0), balance("CLBD", 2), entry(1), entry(1))
        for id in ("A", "B", "C")
    ]

    assert [page.id for page, _ in camt.read(open_file(statements(*pages)))] == ["A", "B", "C"]
    assert [page.id for page in camt.check(open_file(statements(*pages)))] == ["A", "B", "C"]
    counted = [(page.id, [e.position for e in es]) for page, es in read(statements(*pages))]
    assert counted == [("A", [1, 2]), ("B", [1, 2]), ("C", [1, 2])]


def test_entries_that_were_passed_over_are_never_taken_for_none():
    file = statement(entry(1), entry(2), closing=3)

    ((_, late),) = camt.read(open_file(file))
    with pytest.raises(RuntimeError, match="ST-1 is over"):
        next(late)

    pages = camt.read(open_file(file))
    _, begun = next(pages)
    assert next(begun).amount == 1
    assert list(pages) == []
    with pytest.raises(RuntimeError, match="ST-1 is over"):
        next(begun)


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("12.50", 12_50),
        ("000000000000000012.50", 12_50),
        ("+12.50", 12_50),
        ("12.5", 12_50),
        ("12.", 12_00),
        ("12", 12_00),
        (".5", 50),
        ("+.05", 5),
        ("-0.00", 0),
        ("12.500000000", 12_50),
        (" 12.50\n", 12_50),
        ("999999999999999.99", 99_999_999_999_999_999),
    ],
)
def test_an_amount_is_any_decimal_that_xml_knows(written, cents):
    (one,) = entries_of(notification(entry(1).replace(">0.01<", f">{written}<")))

    assert (one.amount, one.signed) == (cents, cents)


@pytest.mark.parametrize(
    "written", ["", "-12.50", "1,50", "1 000", ".", "+", "1e2", "NaN", "INF", "1000000000000000"]
)
def test_what_is_no_amount_of_money_is_refused(written):
    with pytest.raises(BadFile, match=r"which is none|has no Amt"):
        entries_of(notification(entry(1).replace(">0.01<", f">{written}<")))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            statement(entry(1), opening=5, closing=7),
            "0.05 EUR and booked entries 0.01 EUR give 0.06.*balance 0.07",
        ),
        (statements(tag("Stmt", head(), balance("OPBD", 0), entry(1))), "no closing"),
        (statements(tag("Stmt", head(), balance("CLBD", 0), entry(1))), "no opening"),
        (statements(tag("Stmt", tag("Id", "1"), entry(1))), "of which account"),
        (statements(tag("Stmt", head(""), entry(1))), "no Id"),
        (statements(), "no statement"),
        (
            statements(
                tag("Stmt", head(), balance("OPBD", 0), balance("OPBD", 1), balance("CLBD", 1))
            ),
            "two different balances OPBD",
        ),
        (
            statements(
                tag(
                    "Stmt",
                    head(),
                    balance("OPBD", 0),
                    balance("CLBD", 1),
                    entry(1),
                    balance("CLBD", 1),
                )
            ),
            "Bal of statement ST-1 stands after",
        ),
        (notification(entry(1)).replace(">0.01<", ">0.001<"), "more decimals"),
        (notification(entry(1)).replace(">0.01<", ">-0.01<"), "'-0.01', which is none"),
        (notification(entry(1)).replace(">0.01<", ">1e9<"), "'1e9', which is none"),
        (notification(entry(1)).replace(">0.01<", ">\u0661<"), "which is none"),
        (notification(entry(1)).replace('"EUR"', '"XXX"'), "currency 'xxx'"),
        (notification(entry(1)).replace('"EUR"', '"USD"'), "is in eur, Entry 1 in usd"),
        (notification(entry(1)).replace("CRDT", "BOTH"), "neither credit nor debit"),
        (statement().replace("Stmt>", "Rpt>"), "no statement"),
        (
            notification(entry(1)).replace("camt.054", "camt.053"),
            "does not belong into a camt.053.001.08",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_and_says_where(file, words):
    with pytest.raises(BadFile, match=words):
        read(file)


@settings(max_examples=50, deadline=None)
@given(
    opening=st.integers(-(10**12), 10**12),
    rows=st.lists(st.lists(st.integers(-(10**11), 10**11), max_size=4), max_size=6),
    version=st.sampled_from(["02", "08"]),
    off=st.integers(-1, 1),
)
def test_whatever_adds_up_is_read_and_nothing_else(opening, rows, version, off):
    rows = [row if version == "08" else [abs(cents) for cents in row] for row in rows]
    booked = sum(map(sum, rows))
    file = statement(
        *(
            entry(sum(row), *(details(c, version=version) for c in row), version=version)
            for row in rows
        ),
        opening=opening,
        closing=opening + booked + off,
        version=version,
    )

    if off:
        with pytest.raises(BadFile, match="does not add up"):
            read(file)
        return
    entries = entries_of(file)
    assert [one.signed for one in entries] == [sum(row) for row in rows]
    assert [[d.signed for d in one.details] for one in entries] == rows
