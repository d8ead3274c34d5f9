"""What operators do with the files of payouts: and payouts follow at once."""

from datetime import datetime

from connect.models import PayoutAttempt
from connect.payouts.services import corrections
from processors.sepa.services import bank_files, manual_matching, queries, statement_import
from processors.sepa.services.import_result import ImportResult


def import_file(
    *, content: bytes, name: str, livemode: bool, by: str, at: datetime
) -> ImportResult:
    """Read a file from a bank, and have the payouts that it is about asked after now.

    Raises:
        InvalidRequest: If it cannot be read, or was before; then nothing has changed.
    """

    def ask(news: ImportResult) -> None:
        PayoutAttempt.objects.filter(id__in=news.keys).update(next_poll_at=at)

    return statement_import.import_file(
        content=content, name=name, livemode=livemode, by=by, at=at, then=ask
    )


def assign(*, line_id: str, key: str, by: str, at: datetime) -> None:
    """Say which payment a line of a statement is about, and have its payout asked after now.

    Raises:
        Missing: If there is no such line or payment.
        InvalidRequest: If the line is matched already, or contradicts what is known.
    """

    def ask(news: ImportResult) -> None:
        PayoutAttempt.objects.filter(id__in=news.keys).update(next_poll_at=at)

    manual_matching.assign(line_id=line_id, key=key, by=by, at=at, then=ask)


def set_aside(*, line_id: str, by: str) -> None:
    """Say that a line is about no payout, such as a fee of the bank: nobody need look again.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched already.
    """
    manual_matching.set_aside(line_id=line_id, by=by)


def take_back(*, line_id: str, by: str, at: datetime) -> None:
    """Say that a line is not about what it was matched with, and take back what followed from it.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched with nothing, or more has followed from it.
    """

    def correct(news: ImportResult) -> None:
        corrections.take_back(
            news.keys, unsent=queries.open_keys(news.keys), livemode=news.file.livemode, at=at
        )

    manual_matching.take_back(line_id=line_id, by=by, at=at, then=correct)


def make_files(*, at: datetime) -> int:
    """Make the day's files of what waits, for operators to approve.

    Returns:
        How many were made.
    """
    made = 0
    for livemode in (False, True):
        while bank_files.make(livemode=livemode, by=None, at=at):
            made += 1
    return made
