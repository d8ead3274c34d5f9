"""Which payment a line of a statement is about, and what follows from it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from django.db.models import Q, QuerySet

from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.money import Money
from processors.models import BankFile, BankLine, BankPayment
from processors.sepa import rail
from processors.sepa.formats import iban, text
from processors.states import BANK_PAYMENT, BankFileStatus, BankPaymentStatus

_P = BankPaymentStatus
_OPEN: Final = (_P.SENT, _P.ACCEPTED)
_UNBOOKED: Final = Q(status__in=_OPEN) | Q(status=_P.RETURNED, booked_line=None)
_UNSENT: Final = (BankFileStatus.MADE, BankFileStatus.APPROVED)
_REFERENCE: Final = re.compile(r"poa-[0-9A-Za-z]{24}")
_FILE: Final = re.compile(r"bfile-[0-9A-Za-z]{24}")
# What comes back may be short by what banks on the way keep: so much at most, in minor units, and
# never half of it.
MOST_KEPT: Final = 50_00
# A debit without any reference of ours is looked for among what was due so many days before.
_BOOKED_WITHIN: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class StatementDetail:
    """A bank's details of one payment, besides what its line keeps.

    Args:
        iban: The IBAN of the other side; None if not told.
        text: In which our reference may stand.
        day: On which it was booked.
        is_return: True if the bank says that it is an earlier payment that comes back.
        reason_code: Why; empty if not told.
        reason_words: Why, in the bank's words; empty if there are none.
    """

    iban: str | None
    text: str
    day: date
    is_return: bool = False
    reason_code: str = ""
    reason_words: str = ""


class ImportResult(Protocol):
    """The changes that a file from a bank makes."""

    file: BankFile
    keys: list[str]
    problems: list[str]


def match(result: ImportResult, line: BankLine, detail: StatementDetail) -> None:
    """Find the payment that a new line is about, by what is surest first, and book it.

    Money that comes in is about a payment only if it is that payment which comes back: anybody may
    write our reference into a transfer to us.

    Raises:
        InvalidRequest: If it is in a file that nobody has marked as sent.
    """
    row, how = _find(result, line, detail)
    if row is None:
        return
    if line.amount > 0 and not _comes_back(line, row, detail):
        result.problems.append(
            f"{line.key} brings {Money(line.amount, line.currency)} and names {row.key}, of which "
            "it is no return: money that came in"
        )
    elif book(result, line, row, detail):
        line.matched_by, line.payment = how, row


def references_in(text: str) -> set[str]:
    """Return what we call payments that a text names. Banks break lines wherever they end."""
    return set(_REFERENCE.findall(text)) or set(_REFERENCE.findall("".join(text.split())))


def files_in(text: str) -> set[str]:
    """Return what we call files that a text names."""
    return set(_FILE.findall(text)) or set(_FILE.findall("".join(text.split())))


def match_file(result: ImportResult, line: BankLine, names: set[str], day: date) -> None:
    """Book a whole file that the bank debited as one, without saying what was in it.

    What came back already, and was not debited before, is part of it.

    Args:
        result: What changes is added to it.
        line: The debit.
        names: What the bank says that it debited, as files call it.
        day: On which it was booked.

    Raises:
        InvalidRequest: If nobody has marked the file as sent.
    """
    files = BankFile.objects.filter(kind="payments", livemode=result.file.livemode)
    file = files.filter(id__in={text.parse_reference(name) for name in names}).first()
    if file is None or line.amount >= 0:
        return
    refuse_unsent(file)
    rows = list(lock_rows(file.payments.filter(_UNBOOKED).order_by("key")))
    total = sum(row.amount for row in rows)
    if total != -line.amount or line.currency != "eur":
        result.problems.append(
            f"{line.key} debits {Money(-line.amount, line.currency)} for {file.id}, in which "
            f"{Money(total, 'eur')} are open"
        )
        return
    for row in rows:
        _book(result, row, day, line)
    line.matched_by = "file"


def match_together(result: ImportResult, line: BankLine, references: set[str], day: date) -> None:
    """Book payments that the bank debited as one and names, if they come to the debit exactly.

    Args:
        result: What changes is added to it.
        line: The debit.
        references: What the bank says that it debited, as files call it.
        day: On which it was booked.

    Raises:
        InvalidRequest: If one is in a file that nobody has marked as sent.
    """
    rows = list(_rows(result, line).filter(reference__in=references).order_by("key"))
    for row in rows:
        if row.status == _P.FILED and row.file is not None:
            refuse_unsent(row.file)
    is_all = len(rows) == len(references) and all(map(_is_unbooked, rows))
    if rows and is_all and sum(row.amount for row in rows) == -line.amount:
        for row in rows:
            _book(result, row, day, line)
        line.matched_by = "reference"


def book(result: ImportResult, line: BankLine, row: BankPayment, detail: StatementDetail) -> bool:
    """Write down what a line says of a payment, if that can be.

    Args:
        result: What changes is added to it, or why it cannot be.
        line: What was booked.
        row: What it is about, locked.
        detail: The rest of what the bank says.

    Returns:
        False if it contradicts what is known: then nothing has changed.
    """
    if row.status == _P.FILED and row.file is not None:
        refuse_unsent(row.file)
    if line.amount == -row.amount and _is_unbooked(row):
        _book(result, row, detail.day, line)
        return True
    if 0 < line.amount <= row.amount and row.status in (*_OPEN, _P.BOOKED):
        if row.status != _P.BOOKED:
            # Its debit was never told: it must have been there, for the money comes back.
            _book(result, row, detail.day)
        row.reason_code = detail.reason_code[:10]
        row.reason_words = detail.reason_words[:500]
        row.returned_amount = line.amount
        step(result, row, _P.RETURNED)
        return True
    result.problems.append(
        f"{line.key} says {Money(line.amount, line.currency)} of {row.key}, which is {row.status} "
        f"with {Money(row.amount, row.currency)}"
    )
    return False


def step(result: ImportResult, row: BankPayment, status: BankPaymentStatus) -> None:
    """Change a payment's state, if the bank can still say so."""
    if not BANK_PAYMENT.allows(_P(row.status), status):
        result.problems.append(f"{row.key} is {row.status}, and the bank says {status.value}")
        return
    row.status = status
    row.save()
    if row.key not in result.keys:
        result.keys.append(row.key)


def refuse_unsent(file: BankFile) -> None:
    """Stop before a bank's word about a file is lost that we believe not to be there.

    Raises:
        InvalidRequest: If nobody has marked it as sent.
    """
    if file.status in _UNSENT:
        raise InvalidRequest(
            f"The bank speaks of {file.id}, which nobody has marked as sent. Mark it first, then "
            "read this file again.",
            param="file",
        )


def _book(result: ImportResult, row: BankPayment, day: date, line: BankLine | None = None) -> None:
    row.booked_on, row.booked_line = day, line
    if row.status == _P.RETURNED:
        row.save(update_fields=["booked_on", "booked_line"])  # only its debit was missing
    else:
        step(result, row, _P.BOOKED)


def _is_unbooked(row: BankPayment) -> bool:
    """Return whether a payment's debit is still to come, perhaps after its return."""
    return row.status in _OPEN or (row.status == _P.RETURNED and row.booked_line_id is None)


def _find(
    result: ImportResult, line: BankLine, detail: StatementDetail
) -> tuple[BankPayment | None, str]:
    rows = _rows(result, line)
    if line.end_to_end_id and (row := rows.filter(reference=line.end_to_end_id).first()):
        return row, "reference"
    named = references_in(detail.text)
    if len(named) == 1 and (row := rows.filter(reference__in=named).first()):
        return row, "text"
    if detail.iban and not named:
        # Never by name alone: amount, day and account, if only one payment has all three.
        same = [row for row in _alike(rows, line, detail) if _iban(row) == detail.iban]
        if len(same) == 1:
            return same[0], "amount"
    return None, ""


def _rows(result: ImportResult, line: BankLine) -> QuerySet[BankPayment]:
    rows = BankPayment.objects.select_related("file")
    return lock_rows(rows.filter(livemode=result.file.livemode, currency=line.currency))


def _alike(
    rows: QuerySet[BankPayment], line: BankLine, detail: StatementDetail
) -> QuerySet[BankPayment]:
    rows = rows.filter(amount=abs(line.amount), payee__endswith=f"••{(detail.iban or '')[-4:]}")
    if line.amount < 0:
        due = (detail.day - _BOOKED_WITHIN, detail.day)
        return rows.filter(_UNBOOKED, file__execution_date__range=due)
    if detail.is_return:
        sent = (detail.day - rail.MAY_COME_BACK, detail.day)
        return rows.filter(status=_P.BOOKED, booked_on__range=sent)
    return rows.none()


def _comes_back(line: BankLine, row: BankPayment, detail: StatementDetail) -> bool:
    """Return whether a credit is the return of a payment: amount, and account or bank."""
    least = max(row.amount - MOST_KEPT, row.amount // 2 + 1)
    is_about_it = detail.is_return and least <= line.amount
    return is_about_it and (not detail.iban or iban.is_same_bank(detail.iban, _iban(row)))


def _iban(row: BankPayment) -> str:
    return rail.payment(row).creditor.iban
