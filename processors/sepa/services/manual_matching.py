"""What people say of lines of statements: what they are about, or that they are not about it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.audit import trail
from core.database.locking import lock_one, lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from processors.models import BankLine, BankPayment
from processors.sepa.services import statement_matching
from processors.sepa.services.arrival_lines import ARRIVAL
from processors.sepa.services.import_result import ImportResult
from processors.sepa.services.statement_matching import StatementDetail
from processors.states import BANK_PAYMENT, BankPaymentStatus

_P = BankPaymentStatus


def assign(
    *, line_id: str, key: str, by: str, at: datetime, then: Callable[[ImportResult], None]
) -> BankLine:
    """Match an unmatched line with a payment by hand, and book it.

    Args:
        line_id: `bline_...`.
        key: The key of the payment.
        by: Who says so.
        at: The moment.
        then: What is to be written together with it.

    Raises:
        Missing: If there is no such line or payment.
        InvalidRequest: If the line is matched already, or contradicts what is known.
    """
    with atomic():
        line = _lock(line_id)
        _refuse_matched(line)
        row = _payments(line).filter(key=key).first()
        if row is None:
            raise missing("bank_payment", key)
        result = ImportResult(line.file)
        detail = StatementDetail(
            "",
            "",
            line.booked_on or at.date(),
            reason_code=line.reason_code,
            reason_words=line.reason_words,
        )
        if not statement_matching.book(result, line, row, detail):
            raise InvalidRequest(" ".join(result.problems), param="payment")
        line.matched_by, line.matched_who, line.payment = "person", by, row
        line.save()
        trail.record(
            "bank_line.matched",
            line,
            livemode=line.file.livemode,
            changes={"payment": (None, row.key)},
        )
        then(result)
    return line


def set_aside(*, line_id: str, by: str) -> BankLine:
    """Set a line aside as none of our payments; nothing is booked, and it can be undone.

    Args:
        line_id: `bline_...`.
        by: Who says so.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched already.
    """
    with atomic():
        line = _lock(line_id)
        _refuse_matched(line)
        line.matched_by, line.matched_who = "aside", by
        line.save(update_fields=["matched_by", "matched_who"])
        trail.record("bank_line.set_aside", line, livemode=line.file.livemode)
    return line


def take_back(
    *, line_id: str, by: str, at: datetime, then: Callable[[ImportResult], None]
) -> BankLine:
    """Undo a line's match, and what was booked by it.

    Args:
        line_id: `bline_...`.
        by: Who says so.
        at: The moment.
        then: What is to be written together with it.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched with nothing, with what a processor sent, or with a
            payment of which more was told.
    """
    with atomic():
        line = _lock(line_id)
        if not line.matched_by:
            raise InvalidRequest("This line is matched with nothing.", param="line")
        if line.matched_by == ARRIVAL:
            raise InvalidRequest(
                "This line is money of a processor, which is booked at the bank and stays there.",
                param="line",
            )
        result = ImportResult(line.file)
        if line.amount > 0:
            _not_returned(result, list(_payments(line).filter(key=line.payment_id)))
        else:
            _not_booked(result, list(_payments(line).filter(booked_line=line).order_by("key")))
        before = (line.matched_by, line.payment_id)
        line.matched_by, line.payment, line.undone_who = "", None, by
        line.save()
        trail.record(
            "bank_line.unmatched",
            line,
            livemode=line.file.livemode,
            changes={"matched_by": (before[0], ""), "payment": (before[1], None)},
        )
        then(result)
    return line


def _refuse_matched(line: BankLine) -> None:
    if line.matched_by:
        raise InvalidRequest("This line is matched already.", param="line")


def _not_returned(result: ImportResult, rows: Sequence[BankPayment]) -> None:
    for row in rows:
        row.reason_code = row.reason_words = ""
        row.returned_amount = None
        # If its debit was never told, the return alone said that there was one.
        _go_back(result, row, _P.BOOKED if row.booked_line_id else _P.SENT)


def _not_booked(result: ImportResult, rows: Sequence[BankPayment]) -> None:
    for row in rows:
        if row.status == _P.RETURNED:
            raise InvalidRequest(
                f"{row.key} came back afterwards: take that line back first.", param="line"
            )
        _go_back(result, row, _P.SENT)


def _go_back(result: ImportResult, row: BankPayment, status: BankPaymentStatus) -> None:
    BANK_PAYMENT.check(_P(row.status), status)
    row.status = status
    if status == _P.SENT:
        row.booked_on, row.booked_line = None, None
    row.save()
    result.keys.append(row.key)


def _lock(line_id: str) -> BankLine:
    return lock_one(BankLine.objects.select_related("file"), line_id, kind="bank_line")


def _payments(line: BankLine) -> QuerySet[BankPayment]:
    rows = BankPayment.objects.select_related("file")
    return lock_rows(rows.filter(livemode=line.file.livemode, currency=line.currency))
