"""Bank files of payouts: what operators do with them, and payouts follow at once."""

from datetime import datetime

from connect.models import PayoutAttempt
from connect.payouts.services.attempts import corrections
from processors.sepa.services import bank_files, manual_matching, queries, statement_import
from processors.sepa.services.import_result import ImportResult


def import_file(
    *, content: bytes, name: str, livemode: bool, by: str, at: datetime
) -> ImportResult:
    """Import a file of a bank, and poll the payouts that it is about.

    Raises:
        InvalidRequest: If it cannot be read, or was before; then nothing has changed.
    """

    def poll_now(result: ImportResult) -> None:
        PayoutAttempt.objects.filter(id__in=result.keys).update(next_poll_at=at)

    return statement_import.import_file(
        content=content, name=name, livemode=livemode, by=by, at=at, then=poll_now
    )


def assign(*, line_id: str, key: str, by: str, at: datetime) -> None:
    """Match a line of a statement with a payment, and poll its payout.

    Raises:
        Missing: If there is no such line or payment.
        InvalidRequest: If the line is matched already, or contradicts what is known.
    """

    def poll_now(result: ImportResult) -> None:
        PayoutAttempt.objects.filter(id__in=result.keys).update(next_poll_at=at)

    manual_matching.assign(line_id=line_id, key=key, by=by, at=at, then=poll_now)


def set_aside(*, line_id: str, by: str) -> None:
    """Set a line aside that is about no payout, such as a fee of the bank.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched already.
    """
    manual_matching.set_aside(line_id=line_id, by=by)


def undo_match(*, line_id: str, by: str, at: datetime) -> None:
    """Undo the match of a line, and reverse what followed from it.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched with nothing, or more has followed from it.
    """

    def correct(result: ImportResult) -> None:
        corrections.undo_match(
            result.keys, unsent=queries.open_keys(result.keys), livemode=result.file.livemode, at=at
        )

    manual_matching.take_back(line_id=line_id, by=by, at=at, then=correct)


def make_files(*, at: datetime) -> int:
    """Make the day's files of queued payments, for operators to approve.

    Returns:
        The number of files.
    """
    count = 0
    for livemode in (False, True):
        while bank_files.make(livemode=livemode, by=None, at=at):
            count += 1
    return count
