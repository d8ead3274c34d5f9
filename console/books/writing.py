"""Parts of the books as files: what each export of them writes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from console.exports import writers
from console.exports.writers import Writer
from ledger.reporting import beancount, exports, statements

LEDGER: Final = "books_ledger"
BEANCOUNT: Final = "books_beancount"
STATEMENT: Final = "books_statement"
TRIAL_BALANCE: Final = "books_trial_balance"
PERMISSION: Final = "ledger.view_ledgeraccount"


def _ledger(asked: Mapping[str, str]) -> Iterator[str]:
    start, end, livemode = _span(asked)
    return exports.ledger_csv(start=start, end=end, livemode=livemode)


def _beancount(asked: Mapping[str, str]) -> Iterator[str]:
    start, end, livemode = _span(asked)
    return beancount.books(start=start, end=end, livemode=livemode)


def _statement(asked: Mapping[str, str]) -> Iterator[str]:
    start, end, livemode = _span(asked)
    with statements.statement(
        owner=asked["owner"],
        currency=asked["currency"],
        livemode=livemode,
        start=start,
        end=end,
        code=asked.get("code") or None,
    ) as found:
        yield from exports.statement_csv(found)


def _trial_balance(asked: Mapping[str, str]) -> Iterator[str]:
    livemode = asked["livemode"] == "true"
    trial = statements.trial_balance(at=datetime.fromisoformat(asked["to"]), livemode=livemode)
    return exports.trial_balance_csv(trial)


def _span(asked: Mapping[str, str]) -> tuple[datetime, datetime, bool]:
    moments = (datetime.fromisoformat(asked[name]) for name in ("from", "to"))
    start, end = moments
    return start, end, asked["livemode"] == "true"


def register() -> None:
    """Let people export parts of the books. Called once, when the room is ready."""
    for name, title, ending, page, write in (
        (LEDGER, gettext("The general ledger"), "csv", "console_books", _ledger),
        (
            BEANCOUNT,
            gettext("The general ledger for beancount"),
            "beancount",
            "console_books",
            _beancount,
        ),
        (STATEMENT, gettext("A statement"), "csv", "console_statement", _statement),
        (TRIAL_BALANCE, gettext("A trial balance"), "csv", "console_trial_balance", _trial_balance),
    ):
        writers.register(name, Writer(title, PERMISSION, ending, page, write))
