"""The entries of statements: one line a payment, matched with what it is about, told once."""

from datetime import date, datetime
from typing import Final

from core.ids import new_id
from core.security.card_numbers import mask
from processors.models import BankLine
from processors.sepa.formats.camt import Entry, EntryStatus, Statement
from processors.sepa.formats.camt_details import Detail
from processors.sepa.services import line_keys, statement_matching
from processors.sepa.services.import_result import ImportResult
from processors.sepa.services.statement_matching import StatementDetail

# Of a line, what an entry moved besides its payments.
_REST: Final = "Charges, or what else is not in the payments of this entry."
# Of a line, what its bank says that we do not understand.
_UNDECIDED: Final = "Booked or not? The bank gives it a status of its own:"


def import_entry(result: ImportResult, statement: Statement, entry: Entry, at: datetime) -> None:
    """Write down an entry, payment by payment, unless it was told before."""
    if entry.status is EntryStatus.UNKNOWN:
        _leave_undecided(result, statement, entry, at)
    if entry.status is not EntryStatus.BOOKED:
        return
    if not entry.details or _is_file(entry):
        _whole(result, statement, entry, at)
        return
    for detail in entry.details:
        _payment(result, statement, entry, detail, at)
    if entry.rest and (line := _line(result, statement, entry, at, signed=entry.rest)):
        line.text = f"{_REST} {line.text}".strip()[:500]
        line.save(force_insert=True)
        _keep(result, line)


def _leave_undecided(
    result: ImportResult, statement: Statement, entry: Entry, at: datetime
) -> None:
    """Leave an entry of unknown status to an operator."""
    status = entry.bank_status[:35] or "none"
    # If it is told as booked later, that is another line.
    line = _line(result, statement, entry, at, signed=entry.signed, end_to_end_id=f"Sts {status}")
    if line is None:
        return
    line.end_to_end_id = ""
    line.text = f"{_UNDECIDED} {status}. {line.text}".strip()[:500]
    line.save(force_insert=True)
    _keep(result, line)


def _whole(result: ImportResult, statement: Statement, entry: Entry, at: datetime) -> None:
    """Write down an entry of which the bank does not tell the payments, or not their amounts."""
    line = _line(result, statement, entry, at, signed=entry.signed)
    if line is None:
        return
    line.text = mask(" ".join([line.text, *entry.named]).strip())[:500]
    line.save(force_insert=True)
    day = _day(entry, at)
    statement_matching.match_file(result, line, _files(entry), day)
    if not line.matched_by:
        statement_matching.match_together(result, line, set(entry.named), day)
    if not line.matched_by:
        bank_detail = StatementDetail(iban=None, text=line.text, day=day, is_return=entry.is_return)
        statement_matching.match(result, line, bank_detail)
    _keep(result, line)


def _is_file(entry: Entry) -> bool:
    """Return whether an entry is of a whole file of ours, with no details of payments."""
    return bool(_files(entry)) and not any(
        one.counterparty_iban
        or statement_matching.references_in(f"{one.end_to_end_id} {one.text} {one.info}")
        for one in entry.details
    )


def _files(entry: Entry) -> set[str]:
    """Return what we call the files that an entry names."""
    names = [name for b in entry.batches for name in (b.file_id, b.batch_id)]
    for one in entry.details:
        names += [one.file_id, one.batch_id, one.end_to_end_id, one.text, one.info]
    return statement_matching.files_in(" ".join(name for name in (*names, entry.text) if name))


def _payment(
    result: ImportResult, statement: Statement, entry: Entry, detail: Detail, at: datetime
) -> None:
    line = _line(
        result,
        statement,
        entry,
        at,
        signed=detail.signed,
        position=detail.position,
        end_to_end_id=(detail.end_to_end_id or "")[:35],
    )
    if line is None:
        return
    line.counterparty = mask(detail.counterparty or "")[:200]
    line.text = mask(detail.text or detail.info or entry.text or "")[:500]
    line.reason_code = (detail.return_code or "")[:10]
    line.reason_words = mask(detail.return_words)[:500]
    line.save(force_insert=True)
    bank_detail = StatementDetail(
        iban=detail.counterparty_iban,
        text=_words(entry, detail),
        day=_day(entry, at),
        is_return=detail.is_return,
        reason_code=line.reason_code,
        reason_words=line.reason_words,
    )
    statement_matching.match(result, line, bank_detail)
    _keep(result, line)


def _words(entry: Entry, detail: Detail) -> str:
    """Return the words in which a payment may be named: its own, or else those of its entry."""
    own = f"{detail.text} {detail.info}"
    if statement_matching.references_in(own) or len(entry.details) > 1:
        return own
    return f"{own} {entry.text or ''}"


def _day(entry: Entry, at: datetime) -> date:
    return entry.booked_on or entry.value_on or at.date()


def _line(
    result: ImportResult,
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
        statement,
        entry,
        livemode=result.file.livemode,
        position=position,
        signed=signed,
        end_to_end_id=end_to_end_id,
    )
    result.occurrences[key] += 1
    if result.occurrences[key] > 1:
        key = f"{key} {result.occurrences[key]}"
    if BankLine.objects.filter(key=key).exists():
        result.known += 1
        return None
    return BankLine(
        id=new_id("bline"),
        file=result.file,
        key=key,
        amount=signed,
        currency=entry.currency,
        booked_on=entry.booked_on or entry.value_on,
        end_to_end_id=mask(end_to_end_id)[:35],
        text=mask(entry.text or "")[:500],
        created_at=at,
    )


def _keep(result: ImportResult, line: BankLine) -> None:
    if line.matched_by:
        line.save(update_fields=["matched_by", "payment"])
        result.matched += 1
    else:
        result.unmatched += 1
