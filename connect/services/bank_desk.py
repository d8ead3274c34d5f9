"""What operators do with the files of payouts: and payouts follow at once."""

from datetime import datetime

from connect.models import PayoutAttempt
from processors.services import bank_files, bank_news
from processors.services.bank_news import News


def take(*, content: bytes, name: str, livemode: bool, by: str, at: datetime) -> News:
    """Read a file from a bank, and have the payouts that it is about asked after now.

    Raises:
        InvalidRequest: If it cannot be read, or was before; then nothing has changed.
    """

    def ask(news: News) -> None:
        PayoutAttempt.objects.filter(id__in=news.keys).update(ask_at=at)

    return bank_news.take(content=content, name=name, livemode=livemode, by=by, at=at, then=ask)


def make_files(*, at: datetime) -> int:
    """Make the day's files of what waits, for operators to approve.

    Returns:
        How many were made.
    """
    made = 0
    for livemode in (False, True):
        while bank_files.make(livemode=livemode, by=bank_files.ITSELF, at=at):
            made += 1
    return made
