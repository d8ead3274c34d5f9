"""What banks say of payments: status reports and statements, read once, matched, written down."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.db.models import QuerySet

from accounts.audit import trail
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money
from core.security.card_numbers import mask, mask_file
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.sepa.formats import pain002, reading, statements, text
from processors.sepa.formats.camt import Statement
from processors.sepa.formats.pain002 import Report, Status, Verdict
from processors.sepa.formats.reading import BadFile
from processors.sepa.services import statement_matching
from processors.sepa.services.entry_import import import_entry
from processors.sepa.services.import_result import ImportResult
from processors.states import BANK_FILE, BankFileStatus, BankPaymentStatus

_P = BankPaymentStatus


def import_file(
    *,
    content: bytes,
    name: str,
    livemode: bool,
    by: str,
    at: datetime,
    then: Callable[[ImportResult], None] = lambda result: None,
) -> ImportResult:
    """Read a file from a bank, and write down what it says. All of it or nothing.

    The numbers of cards that payers write into their transfers are not kept.

    Args:
        content: The whole file.
        name: What it was called.
        livemode: The mode of the payments that it is about.
        by: Who brought it.
        at: The moment.
        then: What is to be written together with it.

    Raises:
        InvalidRequest: If it was read before, cannot be understood, contradicts itself, begins
            where no statement ended, or is about another account, or about a file that nobody has
            marked as sent.
    """
    digest = hashlib.sha256(content).hexdigest()
    is_report = reading.message_of(BytesIO(content)).startswith("pain.002.")
    row = BankFile(
        id=new_id("bfile"),
        kind="report" if is_report else "statement",
        name=mask(name)[:200],
        status=BankFileStatus.READ,
        content=mask_file(content),
        sha256=digest,
        livemode=livemode,
        made_by=by,
        created_at=at,
    )
    result = ImportResult(row)
    try:
        with atomic():
            if BankFile.objects.filter(sha256=digest, livemode=livemode).exists():
                raise InvalidRequest("This file has been read before.", param="file")
            row.save(force_insert=True)
            if is_report:
                _report(result, pain002.read(BytesIO(content)), at)
            else:
                _statements(result, BytesIO(content), at)
            row.message = mask(result.summary())
            row.save(update_fields=["message"])
            trail.record("bank_file.imported", row, changes={"name": (None, row.name)})
            then(result)
    except BadFile as error:
        raise InvalidRequest(f"This file cannot be read: {error}", param="file") from None
    return result


def _report(result: ImportResult, report: Report, at: datetime) -> None:
    files = BankFile.objects.filter(kind="payments", livemode=result.file.livemode)
    file = lock_rows(files.filter(id=text.parse_reference(report.file_id))).first()
    if file is None:
        raise InvalidRequest(f"We never sent a file called {report.file_id[:35]}.", param="file")
    rows = list(lock_rows(file.payments.order_by("key")))
    statement_matching.refuse_unsent(file)
    amounts = {one.end_to_end_id: (one.amount, one.currency) for one in report.payments}
    verdicts: list[Verdict] = []
    for row in rows:
        amount, currency = amounts.pop(row.reference, (None, None))
        if (status := report.status_of(row.reference)) is None:
            continue
        if amount is not None and (amount, currency) != (row.amount, row.currency):
            result.problems.append(
                f"the bank says that {row.key} is {status.verdict} with "
                f"{Money(amount, currency or row.currency)}, and it has "
                f"{Money(row.amount, row.currency)}"
            )
            continue
        verdicts.append(status.verdict)
        _hear(result, row, status)
    result.problems += [f"it names {name[:35]}, which is not in {file.id}" for name in amounts]
    if report.unnamed:
        result.problems.append(f"it does not name {report.unnamed} of the payments it speaks of")
    _acknowledge(file, rows, verdicts, at=at)


def _hear(result: ImportResult, row: BankPayment, status: Status) -> None:
    """Write down what a report says of one payment."""
    if status.verdict is Verdict.REJECTED:
        row.reason_code = (status.reason_code or "")[:10]
        row.reason_words = mask(status.reason_words)[:500]
        statement_matching.step(result, row, _P.REJECTED)
    elif status.verdict in (Verdict.ACCEPTED, Verdict.SETTLED) and row.status == _P.SENT:
        # Settled is not booked: only the statement of our own account is proof.
        statement_matching.step(result, row, _P.ACCEPTED)


def _acknowledge(
    file: BankFile, rows: list[BankPayment], verdicts: list[Verdict], *, at: datetime
) -> None:
    status = BankFileStatus(file.status)
    if rows and all(row.status == _P.REJECTED for row in rows):
        status = BankFileStatus.REJECTED
    elif any(verdict is not Verdict.PENDING for verdict in verdicts):
        status = BankFileStatus.ACCEPTED
    if status != file.status:
        BANK_FILE.check(BankFileStatus(file.status), status)
    file.status, file.acknowledged_at = status, file.acknowledged_at or at
    file.save(update_fields=["status", "acknowledged_at"])


def _statements(result: ImportResult, source: BinaryIO, at: datetime) -> None:
    """Import the statements of our account; others in the same file are skipped."""
    taken, others = 0, []
    for statement, entries in statements.read(source):
        rows = _known_statements(result, statement)
        if statement.account != settings.BANK_IBAN.replace(" ", "") and not rows.exists():
            others.append(
                f"Statement {statement.id[:35]} is of another account "
                f"(••{statement.account[-4:]}) than the one out of which payouts are paid."
            )
            continue
        taken += 1
        _statement(result, statement, rows, at)
        for entry in entries:
            import_entry(result, statement, entry, at)
    if others and not taken:
        raise InvalidRequest(others[0], param="file")
    result.problems += [f"passed over: {one}" for one in others]


def _known_statements(result: ImportResult, statement: Statement) -> QuerySet[BankStatement]:
    """Return the statements of the same account that were read before."""
    return BankStatement.objects.filter(account=statement.account, livemode=result.file.livemode)


def _statement(
    result: ImportResult, statement: Statement, ours: QuerySet[BankStatement], at: datetime
) -> None:
    """Keep a statement, which must begin where the one before it ended."""
    result.occurrences.clear()
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        return  # a notification has no balances
    ours = ours.filter(currency=opening.currency)
    last = lock_rows(ours).order_by("-id").first()
    same = ours.filter(name=_name(statement), closes_on=closing.on, is_interim=False)
    if not statement.is_interim and same.exists():
        raise InvalidRequest(f"Statement {statement.id[:35]} has been read before.", param="file")
    if last is not None and not _follows(opening.amount, last, ours):
        raise InvalidRequest(
            f"Statement {statement.id[:35]} begins with "
            f"{Money(opening.amount, opening.currency)}, and the one before it, {last.name}, ended "
            f"with {Money(last.closing_amount, last.currency)}: one is missing between them. Read "
            "that one first.",
            param="file",
        )
    BankStatement.objects.create(
        id=new_id("bstmt"),
        file=result.file,
        livemode=result.file.livemode,
        account=statement.account,
        name=_name(statement),
        currency=opening.currency,
        opening_amount=opening.amount,
        closing_amount=closing.amount,
        closes_on=closing.on,
        is_interim=statement.is_interim,
        created_at=at,
    )


def _follows(opening: int, last: BankStatement, ours: QuerySet[BankStatement]) -> bool:
    """Return whether a statement that begins with an amount may come after the last one.

    A day may be told in parts while it goes on, and then once more as a whole.
    """
    if last.closing_amount == opening:
        return True
    if not last.is_interim:
        return False
    parts = ours.filter(is_interim=True)
    if whole := ours.filter(is_interim=False).order_by("-id").first():
        parts = parts.filter(id__gt=whole.id)
    return opening == parts.order_by("id").values_list("opening_amount", flat=True)[0]


def _name(statement: Statement) -> str:
    """Return what a statement is called, with the number of its page."""
    name, slash, page = statement.id.rpartition("/")
    is_page = slash and page.isdigit() and len(statement.id) > 35
    return f"{name[: 34 - len(page)]}/{page}" if is_page else statement.id[:35]


def matched_lines() -> QuerySet[BankLine]:
    """Return the lines that are understood, the newest first."""
    return BankLine.objects.exclude(matched_by="").select_related("file").order_by("-id")


def unmatched_lines() -> QuerySet[BankLine]:
    """Return the lines that somebody must look at, the newest first."""
    rows = BankLine.objects.filter(matched_by="").select_related("file").defer("file__content")
    return rows.order_by("-id")
