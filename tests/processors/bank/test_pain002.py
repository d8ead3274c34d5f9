"""What a bank made of a file of payments."""

import pytest

from processors.sepa.formats import pain002
from processors.sepa.formats.pain002 import Status, Verdict
from processors.sepa.formats.reading import BadFile
from tests.processors.bank.samples import batch, open_file, payment, reason, report, tag


def read(text):
    return pain002.read(open_file(text))


@pytest.mark.parametrize("message", pain002.MESSAGES)
def test_a_report_says_which_payments_were_refused_and_why(message):
    read_report = read(
        report(
            batch(
                payment("po-1", "RJCT", reason("AC04", "closed", "in May"), cents=12_34),
                payment("po-2", "ACSP"),
                status=tag("PmtInfSts", "PART"),
            ),
            message=message,
            status=tag("GrpSts", "PART"),
        )
    )

    assert (read_report.message, read_report.id, read_report.file_id) == (message, "REP-7", "bf-1")
    assert read_report.status == Status("PART")
    assert read_report.status_of("po-1") == Status("RJCT", "AC04", "closed in May")
    assert read_report.status_of("po-1").verdict is Verdict.REJECTED
    assert read_report.status_of("po-2").verdict is Verdict.ACCEPTED
    assert read_report.status_of("po-3") is None
    assert not read_report.all_rejected
    first = read_report.payments[0]
    assert (first.batch_id, first.amount, first.currency) == ("bf-1", 12_34, "eur")


def test_a_refused_file_refuses_every_payment_without_naming_one():
    read_report = read(report(status=tag("GrpSts", "RJCT") + reason("AM10", "the sum is wrong")))

    assert read_report.all_rejected
    assert read_report.payments == ()
    assert read_report.status_of("po-1") == Status("RJCT", "AM10", "the sum is wrong")


def test_a_refused_batch_refuses_every_payment_without_naming_one():
    read_report = read(report(batch(status=tag("PmtInfSts", "RJCT") + reason("DT01"))))

    assert read_report.all_rejected
    assert read_report.status_of("po-1") == Status("RJCT", "DT01")


def test_a_payment_that_was_taken_keeps_a_file_from_being_refused_as_a_whole():
    read_report = read(report(batch(payment("po-1", "ACSC")), status=tag("GrpSts", "RJCT")))

    assert not read_report.all_rejected
    assert read_report.status_of("po-1").verdict is Verdict.SETTLED
    assert read_report.status_of("po-2").verdict is Verdict.REJECTED


def test_an_accepted_file_accepts_the_payments_that_are_not_named():
    read_report = read(report(batch(payment("po-1", None)), status=tag("GrpSts", "ACCP")))

    assert read_report.status_of("po-1").verdict is Verdict.ACCEPTED
    assert read_report.status_of("po-2").verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("ACTC", Verdict.ACCEPTED),
        ("ACCP", Verdict.ACCEPTED),
        ("ACSP", Verdict.ACCEPTED),
        ("ACWC", Verdict.ACCEPTED),
        ("ACSC", Verdict.SETTLED),
        ("ACCC", Verdict.SETTLED),
        ("PDNG", Verdict.PENDING),
        ("RCVD", Verdict.PENDING),
        ("PART", Verdict.PENDING),
        ("RJCT", Verdict.REJECTED),
        ("CANC", Verdict.REJECTED),
        ("XXXX", Verdict.PENDING),
    ],
)
def test_each_word_comes_to_a_verdict_and_an_unknown_one_is_no_rejection(code, verdict):
    assert Status(code).verdict is verdict


def test_a_banks_own_reason_is_kept_as_it_is():
    own = tag("StsRsnInf", tag("Rsn", tag("Prtry", "H-17")))

    assert read(report(status=tag("GrpSts", "RJCT") + own)).status.reason_code == "H-17"


def test_two_statuses_of_one_payment_are_refused():
    with pytest.raises(BadFile, match="two statuses of payment po-1"):
        read(report(batch(payment("po-1", "ACSP"), payment("po-1", "RJCT"))))


NAMELESS = tag(
    "TxInfAndSts", tag("OrgnlInstrId", "NOTPROVIDED"), tag("TxSts", "RJCT"), reason("AM04")
)


@pytest.mark.parametrize("nameless", [NAMELESS, payment("NOTPROVIDED", "RJCT", reason("AM04"))])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (tag("PmtInfSts", "RJCT"), Status("RJCT", "AM04")),
        (tag("PmtInfSts", "RJCT") + reason("DT01"), Status("RJCT", "DT01")),
        (tag("PmtInfSts", "ACCP"), Status("ACCP")),
        ("", None),
    ],
)
def test_what_is_stated_of_a_payment_that_is_not_named_is_what_its_batch_says(
    nameless, status, expected
):
    told = read(report(batch(nameless, status=status)))

    assert (told.status_of("po-1"), told.payments, told.unnamed) == (expected, (), 1)


def test_a_report_of_no_file_is_refused():
    with pytest.raises(BadFile, match="OrgnlMsgId"):
        read(report(file_id=""))


def test_ten_thousand_statuses_are_read():
    read_report = read(report(batch(*(payment(f"po-{n}", "ACSP") for n in range(10_000)))))

    assert len(read_report.payments) == 10_000
    assert all(
        read_report.status_of(one.end_to_end_id) == Status("ACSP") for one in read_report.payments
    )
