"""What banks say of payments: status reports and statements, read once, matched, written down."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Final

from django.db.models import QuerySet

from core.db import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from processors.bank import camt, pain002, text
from processors.bank.camt import Entry, EntryStatus, Statement
from processors.bank.camt_details import Detail
from processors.bank.pain002 import Report, Verdict
from processors.bank.reading import BadFile
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.states import (
    BANK_FILE,
    BANK_PAYMENT,
    BankFileStatus,
    BankPaymentStatus,
)

_HEAD_BYTES: Final = 4_096
_P = BankPaymentStatus


@dataclass(slots=True)
class News:
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

    def words(self) -> str:
        """Say it for people."""
        parts = [f"{len(self.keys)} payments changed"]
        if self.matched or self.unmatched or self.known:
            parts.append(
                f"{self.matched} lines matched, {self.unmatched} to look at, {self.known} known"
            )
        return "; ".join([*parts, *self.problems])


def take(*, content: bytes, name: str, livemode: bool, by: str, at: datetime) -> News:
    """Read a file from a bank, and write down what it says. All of it or nothing.

    Args:
        content: The whole file.
        name: What it was called.
        livemode: Of the payments that it is about.
        by: Who brought it.
        at: The moment.

    Raises:
        InvalidRequest: If it was read before, cannot be understood, contradicts itself, or begins
            where no statement ended.
    """
    digest = hashlib.sha256(content).hexdigest()
    is_report = b"pain.002" in content[:_HEAD_BYTES]
    row = BankFile(
        id=new_id("bfile"), kind="report" if is_report else "statement", name=name[:200],
        status=BankFileStatus.READ, content=content, sha256=digest, livemode=livemode, made_by=by,
        created_at=at,
    )  # fmt: skip
    news = News(row)
    try:
        with atomic():
            if BankFile.objects.filter(sha256=digest).exists():
                raise InvalidRequest("This file has been read before.", param="file")
            row.save(force_insert=True)
            if is_report:
                _report(news, pain002.read(BytesIO(content)), at)
            else:
                for statement, entries in camt.read(BytesIO(content)):
                    _statement(news, statement, at)
                    for entry in entries:
                        _entry(news, statement, entry, at)
            row.said = news.words()
            row.save(update_fields=["said"])
    except BadFile as error:
        raise InvalidRequest(f"This file cannot be read: {error}", param="file") from None
    return news


def _report(news: News, report: Report, at: datetime) -> None:
    file = (
        BankFile.objects.select_for_update(no_key=True)
        .filter(id=text.own_id(report.file_id), kind="payments", livemode=news.file.livemode)
        .first()
    )
    if file is None:
        raise InvalidRequest(f"We never sent a file called {report.file_id[:35]}.", param="file")
    rows = list(file.payments.select_for_update().order_by("key"))
    for row in rows:
        status = report.status_of(row.reference)
        if status is None:
            continue
        wanted = {Verdict.ACCEPTED: _P.ACCEPTED, Verdict.SETTLED: _P.ACCEPTED}
        if status.verdict is Verdict.REJECTED:
            row.reason_code = (status.reason_code or "")[:10]
            row.reason_words = status.reason_words[:500]
            _step(news, row, _P.REJECTED)
        elif status.verdict in wanted and row.status == _P.SENT:
            # Settled is not booked: only the statement of our own account is proof.
            _step(news, row, _P.ACCEPTED)
    if rows and file.status == BankFileStatus.SENT:
        is_rejected = all(row.status == _P.REJECTED for row in rows)
        _acknowledge(file, is_rejected=is_rejected, at=at)


def _acknowledge(file: BankFile, *, is_rejected: bool, at: datetime) -> None:
    status = BankFileStatus.REJECTED if is_rejected else BankFileStatus.ACCEPTED
    BANK_FILE.check(BankFileStatus(file.status), status)
    file.status, file.acknowledged_at = status, at
    file.save(update_fields=["status", "acknowledged_at"])


def _statement(news: News, statement: Statement, at: datetime) -> None:
    """Keep a statement, which must begin where the one before it ended."""
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        return  # a notification has no balances
    last = (
        BankStatement.objects.select_for_update()
        .filter(account=statement.account, currency=opening.currency)
        .order_by("-id")
        .first()
    )
    same = BankStatement.objects.filter(account=statement.account, name=statement.id[:35])
    if same.exists():
        raise InvalidRequest(f"Statement {statement.id[:35]} has been read before.", param="file")
    if last is not None and last.closing_amount != opening.amount:
        raise InvalidRequest(
            f"Statement {statement.id[:35]} begins with {_euros(opening.amount)}, and the one "
            f"before it, {last.name}, ended with {_euros(last.closing_amount)}: one is missing "
            "between them. Read that one first.",
            param="file",
        )
    BankStatement.objects.create(
        id=new_id("bstmt"), file=news.file, account=statement.account, name=statement.id[:35],
        currency=opening.currency, opening_amount=opening.amount, closing_amount=closing.amount,
        closes_on=closing.on, created_at=at,
    )  # fmt: skip


def _entry(news: News, statement: Statement, entry: Entry, at: datetime) -> None:
    """Write down an entry, payment by payment, unless it was told before."""
    if entry.status is not EntryStatus.BOOKED:
        return
    if not entry.details:
        key = _key(statement, entry, 0, entry.signed)
        if line := _line(news, key, entry, entry.signed, at):
            _match_file(news, entry, line)
            _keep(news, line)
        return
    for detail in entry.details:
        key = _key(statement, entry, detail.position, detail.signed)
        line = _line(news, key, entry, detail.signed, at)
        if line is None:
            continue
        line.end_to_end_id = (detail.end_to_end_id or "")[:35]
        line.counterparty = (detail.counterparty or "")[:200]
        line.text = (detail.text or entry.text or "")[:500]
        _match(news, entry, detail, line)
        _keep(news, line)


def _key(statement: Statement, entry: Entry, position: int, signed: int) -> str:
    # Some banks give a payment and its charge one reference: the amount tells them apart.
    name = entry.reference or f"{statement.id}/{entry.position}"
    return f"{statement.account} {name} {position} {signed}"[:200]


def _line(news: News, key: str, entry: Entry, amount: int, at: datetime) -> BankLine | None:
    if BankLine.objects.filter(key=key).exists():
        news.known += 1
        return None
    return BankLine(
        id=new_id("bline"), file=news.file, key=key, amount=amount, currency=entry.currency,
        booked_on=entry.booked_on or entry.value_on, text=(entry.text or "")[:500], created_at=at,
    )  # fmt: skip


def _keep(news: News, line: BankLine) -> None:
    line.save(force_insert=True)
    if line.matched_by:
        news.matched += 1
    else:
        news.unmatched += 1


def _match(news: News, entry: Entry, detail: Detail, line: BankLine) -> None:
    """Find the payment that a line is about, by what is surest first."""
    row, how = _found(news, detail, line)
    if row is None:
        return
    day = entry.booked_on or entry.value_on or line.created_at.date()
    is_out = line.amount < 0
    if is_out and -line.amount == row.amount and row.status in (_P.SENT, _P.ACCEPTED):
        _book(news, row, day)
    elif not is_out and line.amount <= row.amount and row.status in (
        _P.SENT, _P.ACCEPTED, _P.BOOKED,
    ):  # fmt: skip
        if row.status != _P.BOOKED:
            # Its debit was never told: it must have been there, for the money comes back.
            _book(news, row, day)
        row.reason_code = (detail.return_code or "")[:10]
        row.reason_words = detail.return_words[:500]
        row.returned_amount = line.amount
        _step(news, row, _P.RETURNED)
    else:
        news.problems.append(
            f"{line.key} says {_euros(line.amount)} of {row.key}, which is {row.status} with "
            f"{_euros(row.amount)}"
        )
        return
    line.matched_by, line.payment = how, row


def _found(news: News, detail: Detail, line: BankLine) -> tuple[BankPayment | None, str]:
    rows = BankPayment.objects.select_for_update().filter(
        livemode=news.file.livemode, currency=line.currency, file__isnull=False
    )
    if line.end_to_end_id and (row := rows.filter(reference=line.end_to_end_id).first()):
        return row, "reference"
    named = re.findall(r"poa-[0-9A-Za-z]{24}", f"{detail.text} {line.text}")
    if named and (row := rows.filter(reference__in=named).first()):
        return row, "text"
    if line.amount > 0 and detail.is_return and detail.counterparty_iban:
        # Never by name alone: amount and account, if only one payment has both.
        tail = f"••{detail.counterparty_iban[-4:]}"
        same = list(rows.filter(status=_P.BOOKED, amount=line.amount, payee__endswith=tail)[:2])
        if len(same) == 1:
            return same[0], "amount"
    return None, ""


def _match_file(news: News, entry: Entry, line: BankLine) -> None:
    """Book a whole file that the bank debited as one, without saying what was in it."""
    names = {text.own_id(n) for b in entry.batches for n in (b.file_id, b.batch_id) if n}
    file = BankFile.objects.filter(
        id__in=names, kind="payments", livemode=news.file.livemode
    ).first()
    if file is None or entry.is_credit:
        return
    open_ones = file.payments.select_for_update().filter(status__in=(_P.SENT, _P.ACCEPTED))
    rows = list(open_ones)
    if sum(row.amount for row in rows) != entry.amount:
        news.problems.append(
            f"{line.key} debits {_euros(entry.amount)} for {file.id}, in which "
            f"{_euros(sum(row.amount for row in rows))} are open"
        )
        return
    day = entry.booked_on or entry.value_on or line.created_at.date()
    for row in rows:
        _book(news, row, day)
    line.matched_by = "file"


def _book(news: News, row: BankPayment, day: date) -> None:
    row.booked_on = day
    _step(news, row, _P.BOOKED)


def _step(news: News, row: BankPayment, status: BankPaymentStatus) -> None:
    """Change a payment's state, if the bank can still say so."""
    if not BANK_PAYMENT.allows(_P(row.status), status):
        news.problems.append(f"{row.key} is {row.status}, and the bank says {status.value}")
        return
    row.status = status
    row.save()
    if row.key not in news.keys:
        news.keys.append(row.key)


def unmatched() -> QuerySet[BankLine]:
    """Return the lines that somebody must look at, the newest first."""
    return BankLine.objects.filter(matched_by="").select_related("file").order_by("-id")


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}"
