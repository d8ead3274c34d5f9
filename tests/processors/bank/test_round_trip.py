"""What was written comes back under the names that we gave it."""

from datetime import UTC, date, datetime

from defusedxml import ElementTree

from core.ids import new_id
from processors.sepa.formats import camt, pain001, pain002, text
from processors.sepa.formats.pain002 import Verdict
from tests.processors.bank.samples import (
    ANNAS,
    OURS,
    batch,
    details,
    entry,
    notification,
    open_file,
    payment,
    reason,
    report,
    statement,
    tag,
)


def a_bank(file):
    """Return the id of a file, and what each of its payments is to move, as a bank reads them."""
    root = ElementTree.fromstring(file)
    namespaces = {"p": f"urn:iso:std:iso:20022:tech:xsd:{pain001.SCHEMA}"}
    rows = {
        row.find(".//p:EndToEndId", namespaces).text: int(
            row.find(".//p:InstdAmt", namespaces).text.replace(".", "")
        )
        for row in root.iterfind(".//p:CdtTrfTxInf", namespaces)
    }
    return root.find(".//p:MsgId", namespaces).text, rows


def test_payouts_are_sent_refused_paid_and_returned_short_under_our_own_ids():
    """
    Given a file of three payouts
    When the bank refuses one, pays two as one debit, and one of those comes back short
    Then every answer names our own id, and the amounts are those that moved
    """
    payouts = {new_id("po"): amount for amount in (10_00, 250_00, 3_333_33)}
    refused, returned, paid = payouts
    run = new_id("porun")
    file = pain001.write(
        file_id=text.reference(run),
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        execution_date=date(2026, 11, 25),
        debtor=pain001.Party("Lindenhof Markt", OURS),
        payments=[
            pain001.Payment(text.reference(id), amount, pain001.Party("Anna Weber", ANNAS))
            for id, amount in payouts.items()
        ],
    )

    file_id, rows = a_bank(file)
    answer = report(
        batch(
            payment(text.reference(refused), "RJCT", reason("AC04")),
            *(payment(key, "ACSP") for key in rows if key != text.reference(refused)),
        ),
        file_id=file_id,
    )
    sent = {key: amount for key, amount in rows.items() if key != text.reference(refused)}
    total = sum(sent.values())
    booked = statement(
        entry(
            -total,
            *(details(-amount, key=key) for key, amount in sent.items()),
            batch=tag("Btch", tag("PmtInfId", file_id), tag("NbOfTxs", len(sent))),
        ),
        opening=total,
    )
    back = notification(
        entry(247_50, details(247_50, reason("AC06", name="RtrInf"), key=text.reference(returned)))
    )

    answered = pain002.read(open_file(answer))
    assert text.parse_reference(answered.file_id) == run
    verdicts = {id: answered.status_of(text.reference(id)).verdict for id in payouts}
    assert verdicts == {
        refused: Verdict.REJECTED,
        returned: Verdict.ACCEPTED,
        paid: Verdict.ACCEPTED,
    }
    _, entries = next(camt.read(open_file(booked)))
    (debit,) = entries
    assert text.parse_reference(debit.batches[0].batch_id) == run
    moved = {text.parse_reference(one.end_to_end_id): -one.signed for one in debit.details}
    assert moved == {returned: 250_00, paid: 3_333_33}
    _, entries = next(camt.read(open_file(back)))
    (one,) = next(entries).details
    assert (text.parse_reference(one.end_to_end_id), one.signed) == (returned, 247_50)
    assert (one.is_return, one.return_code) == (True, "AC06")
