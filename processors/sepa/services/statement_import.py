"""What banks say of payments: status reports and statements, read once, matched, written down."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO, Final

from django.conf import settings
from django.db.models import QuerySet

from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money
from core.security.card_numbers import masked, masked_file
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.sepa.formats import pain002, reading, statements, text
from processors.sepa.formats.camt import Entry, EntryStatus, Statement
from processors.sepa.formats.camt_details import Detail
from processors.sepa.formats.pain002 import Report, Status, Verdict
from processors.sepa.formats.reading import BadFile
from processors.sepa.services import line_keys, statement_matching
from processors.sepa.services.statement_matching import StatementDetail
from processors.states import BANK_FILE, BankFileStatus, BankPaymentStatus

_MOST_PROBLEMS: Final = 20
# Of a line, what an entry moved besides its payments.
_REST: Final = "Charges, or what else is not in the payments of this entry."
# Of a line, what its bank says that we do not understand.
_UNDECIDED: Final = "Booked or not? The bank gives it a status of its own:"
_P = BankPaymentStatus


@dataclass(slots=True)
class ImportResult:
    """What a file from a bank has changed.

    Args:
        file: As it is kept.
        keys: Of the payments that are in another state now.
        matched: How many lines of statements were understood.
        unmatched: How many somebody must look at.
        known: How many had been told before.
        problems: What contradicts what we know, in words.
    """

    file: BankFile
    keys: list[str] = field(default_factory=list)
    matched: int = 0
    unmatched: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)
    # How often each key was told on the page that is being read.
    told: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """Say it for people."""
        count = len(self.keys)
        parts = [f"{count} payment{'' if count == 1 else 's'} changed"]
        if self.matched or self.unmatched or self.known:
            parts.append(
                f"{self.matched} lines matched, {self.unmatched} to look at, {self.known} known"
            )
        more = len(self.problems) - _MOST_PROBLEMS
        last = [f"and {more} more like these"] if more > 0 else []
        return "; ".join([*parts, *self.problems[:_MOST_PROBLEMS], *last])


def import_file(
    *,
    content: bytes,
    name: str,
    livemode: bool,
    by: str,
    at: datetime,
    then: Callable[[ImportResult], None] = lambda news: None,
) -> ImportResult:
    """Read a file from a bank, and write down what it says. All of it or nothing.

    The numbers of cards that payers write into their transfers are not kept.

    Args:
        content: The whole file.
        name: What it was called.
        livemode: Of the payments that it is about.
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
        id=new_id("bfile"), kind="report" if is_report else "statement", name=masked(name)[:200],
        status=BankFileStatus.READ, content=masked_file(content), sha256=digest, livemode=livemode,
        made_by=by, created_at=at,
    )  # fmt: skip
    news = ImportResult(row)
    try:
        with atomic():
            if BankFile.objects.filter(sha256=digest, livemode=livemode).exists():
                raise InvalidRequest("This file has been read before.", param="file")
            row.save(force_insert=True)
            if is_report:
                _report(news, pain002.read(BytesIO(content)), at)
            else:
                _statements(news, BytesIO(content), at)
            row.said = masked(news.words())
            row.save(update_fields=["said"])
            then(news)
    except BadFile as error:
        raise InvalidRequest(f"This file cannot be read: {error}", param="file") from None
    return news


def _report(news: ImportResult, report: Report, at: datetime) -> None:
    file = (
        BankFile.objects.select_for_update(no_key=True)
        .filter(id=text.own_id(report.file_id), kind="payments", livemode=news.file.livemode)
        .first()
    )
    if file is None:
        raise InvalidRequest(f"We never sent a file called {report.file_id[:35]}.", param="file")
    rows = list(file.payments.select_for_update().order_by("key"))
    statement_matching.refuse_unsent(file)
    amounts = {one.end_to_end_id: (one.amount, one.currency) for one in report.payments}
    heard: list[Verdict] = []
    for row in rows:
        amount, currency = amounts.pop(row.reference, (None, None))
        if (status := report.status_of(row.reference)) is None:
            continue
        if amount is not None and (amount, currency) != (row.amount, row.currency):
            news.problems.append(
                f"the bank says that {row.key} is {status.verdict} with "
                f"{Money(amount, currency or row.currency)}, and it has "
                f"{Money(row.amount, row.currency)}"
            )
            continue
        heard.append(status.verdict)
        _hear(news, row, status)
    news.problems += [f"it names {name[:35]}, which is not in {file.id}" for name in amounts]
    if report.unnamed:
        news.problems.append(f"it does not name {report.unnamed} of the payments it speaks of")
    _acknowledge(file, rows, heard, at=at)


def _hear(news: ImportResult, row: BankPayment, status: Status) -> None:
    """Write down what a report says of one payment."""
    if status.verdict is Verdict.REJECTED:
        row.reason_code = (status.reason_code or "")[:10]
        row.reason_words = masked(status.reason_words)[:500]
        statement_matching.step(news, row, _P.REJECTED)
    elif status.verdict in (Verdict.ACCEPTED, Verdict.SETTLED) and row.status == _P.SENT:
        # Settled is not booked: only the statement of our own account is proof.
        statement_matching.step(news, row, _P.ACCEPTED)


def _acknowledge(
    file: BankFile, rows: list[BankPayment], heard: list[Verdict], *, at: datetime
) -> None:
    status = BankFileStatus(file.status)
    if rows and all(row.status == _P.REJECTED for row in rows):
        status = BankFileStatus.REJECTED
    elif any(verdict is not Verdict.PENDING for verdict in heard):
        status = BankFileStatus.ACCEPTED
    if status != file.status:
        BANK_FILE.check(BankFileStatus(file.status), status)
    file.status, file.acknowledged_at = status, file.acknowledged_at or at
    file.save(update_fields=["status", "acknowledged_at"])


def _statements(news: ImportResult, source: BinaryIO, at: datetime) -> None:
    """Take the statements of our account. Those of others may be in the same file."""
    taken, others = 0, []
    for statement, entries in statements.read(source):
        rows = _known(news, statement)
        if statement.account != settings.BANK_IBAN.replace(" ", "") and not rows.exists():
            others.append(
                f"Statement {statement.id[:35]} is of another account "
                f"(••{statement.account[-4:]}) than the one out of which payouts are paid."
            )
            continue
        taken += 1
        _statement(news, statement, rows, at)
        for entry in entries:
            _entry(news, statement, entry, at)
    if others and not taken:
        raise InvalidRequest(others[0], param="file")
    news.problems += [f"passed over: {one}" for one in others]


def _known(news: ImportResult, statement: Statement) -> QuerySet[BankStatement]:
    """Return the statements of the same account that were read before."""
    return BankStatement.objects.filter(account=statement.account, livemode=news.file.livemode)


def _statement(
    news: ImportResult, statement: Statement, ours: QuerySet[BankStatement], at: datetime
) -> None:
    """Keep a statement, which must begin where the one before it ended."""
    news.told.clear()
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        return  # a notification has no balances
    ours = ours.filter(currency=opening.currency)
    last = ours.select_for_update().order_by("-id").first()
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
        id=new_id("bstmt"), file=news.file, livemode=news.file.livemode,
        account=statement.account, name=_name(statement), currency=opening.currency,
        opening_amount=opening.amount, closing_amount=closing.amount, closes_on=closing.on,
        is_interim=statement.is_interim, created_at=at,
    )  # fmt: skip


def _follows(opening: int, last: BankStatement, ours: QuerySet[BankStatement]) -> bool:
    """Say whether a statement that begins with an amount may come after the last one.

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


def _entry(news: ImportResult, statement: Statement, entry: Entry, at: datetime) -> None:
    """Write down an entry, payment by payment, unless it was told before."""
    if entry.status is EntryStatus.UNKNOWN:
        _undecided(news, statement, entry, at)
    if entry.status is not EntryStatus.BOOKED:
        return
    if not entry.details or _is_file(entry):
        _whole(news, statement, entry, at)
        return
    for detail in entry.details:
        _payment(news, statement, entry, detail, at)
    if entry.rest and (line := _line(news, statement, entry, at, signed=entry.rest)):
        line.text = f"{_REST} {line.text}".strip()[:500]
        line.save(force_insert=True)
        _keep(news, line)


def _undecided(news: ImportResult, statement: Statement, entry: Entry, at: datetime) -> None:
    """Leave an entry to somebody of which nobody here can tell whether it is booked."""
    status = entry.said_status[:35] or "none"
    # If it is told as booked later, that is another line.
    line = _line(news, statement, entry, at, signed=entry.signed, end_to_end_id=f"Sts {status}")
    if line is None:
        return
    line.end_to_end_id = ""
    line.text = f"{_UNDECIDED} {status}. {line.text}".strip()[:500]
    line.save(force_insert=True)
    _keep(news, line)


def _whole(news: ImportResult, statement: Statement, entry: Entry, at: datetime) -> None:
    """Write down an entry of which the bank does not tell the payments, or not their amounts."""
    line = _line(news, statement, entry, at, signed=entry.signed)
    if line is None:
        return
    line.text = masked(" ".join([line.text, *entry.named]).strip())[:500]
    line.save(force_insert=True)
    day = _day(entry, at)
    statement_matching.match_file(news, line, _files(entry), day)
    if not line.matched_by:
        statement_matching.match_together(news, line, set(entry.named), day)
    if not line.matched_by:
        told = StatementDetail(iban=None, text=line.text, day=day, is_return=entry.is_return)
        statement_matching.match(news, line, told)
    _keep(news, line)


def _is_file(entry: Entry) -> bool:
    """Say whether an entry is of a whole file of ours, and its details say nothing of payments."""
    return bool(_files(entry)) and not any(
        one.counterparty_iban
        or statement_matching.named_in(f"{one.end_to_end_id} {one.text} {one.info}")
        for one in entry.details
    )


def _files(entry: Entry) -> set[str]:
    """Return what we call the files that an entry names."""
    names = [name for b in entry.batches for name in (b.file_id, b.batch_id)]
    for one in entry.details:
        names += [one.file_id, one.batch_id, one.end_to_end_id, one.text, one.info]
    return statement_matching.files_in(" ".join(name for name in (*names, entry.text) if name))


def _payment(
    news: ImportResult, statement: Statement, entry: Entry, detail: Detail, at: datetime
) -> None:
    line = _line(
        news, statement, entry, at, signed=detail.signed, position=detail.position,
        end_to_end_id=(detail.end_to_end_id or "")[:35],
    )  # fmt: skip
    if line is None:
        return
    line.counterparty = masked(detail.counterparty or "")[:200]
    line.text = masked(detail.text or detail.info or entry.text or "")[:500]
    line.reason_code = (detail.return_code or "")[:10]
    line.reason_words = masked(detail.return_words)[:500]
    line.save(force_insert=True)
    told = StatementDetail(
        iban=detail.counterparty_iban, text=_words(entry, detail), day=_day(entry, at),
        is_return=detail.is_return, reason_code=line.reason_code,
        reason_words=line.reason_words,
    )  # fmt: skip
    statement_matching.match(news, line, told)
    _keep(news, line)


def _words(entry: Entry, detail: Detail) -> str:
    """Return the words in which a payment may be named: its own, or else those of its entry."""
    own = f"{detail.text} {detail.info}"
    if statement_matching.named_in(own) or len(entry.details) > 1:
        return own
    return f"{own} {entry.text or ''}"


def _day(entry: Entry, at: datetime) -> date:
    return entry.booked_on or entry.value_on or at.date()


def _line(
    news: ImportResult,
    statement: Statement,
    entry: Entry,
    at: datetime,
    *,
    signed: int,
    position: int = 0,
    end_to_end_id: str = "",
) -> BankLine | None:
    """Return a line that was not told before, not saved; None if it was."""
    key = line_keys.of(
        statement, entry, livemode=news.file.livemode, position=position, signed=signed,
        end_to_end_id=end_to_end_id,
    )  # fmt: skip
    news.told[key] += 1
    if news.told[key] > 1:
        key = f"{key} {news.told[key]}"
    if BankLine.objects.filter(key=key).exists():
        news.known += 1
        return None
    return BankLine(
        id=new_id("bline"), file=news.file, key=key, amount=signed, currency=entry.currency,
        booked_on=entry.booked_on or entry.value_on, end_to_end_id=masked(end_to_end_id)[:35],
        text=masked(entry.text or "")[:500], created_at=at,
    )  # fmt: skip


def _keep(news: ImportResult, line: BankLine) -> None:
    if line.matched_by:
        line.save(update_fields=["matched_by", "payment"])
        news.matched += 1
    else:
        news.unmatched += 1


def matched() -> QuerySet[BankLine]:
    """Return the lines that are understood, the newest first."""
    return BankLine.objects.exclude(matched_by="").select_related("file").order_by("-id")


def unmatched() -> QuerySet[BankLine]:
    """Return the lines that somebody must look at, the newest first."""
    return BankLine.objects.filter(matched_by="").select_related("file").order_by("-id")
