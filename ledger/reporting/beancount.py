"""The general ledger as a file of beancount's, which checks it by its own means.

Source: beancount's manual, chapter Language Syntax.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

from ledger.chart import CHART, Side
from ledger.reporting import history
from ledger.reporting.exports import decimal, format_moment
from ledger.reporting.history import AccountBalance, PostingLine

_LINK = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/.]*")


def books(*, start: datetime, end: datetime, livemode: bool) -> Iterator[str]:
    """Write the general ledger of a span in beancount's syntax.

    Accounts are opened with the currencies that they have, what they held at the start is one
    transaction, each entry is one, and at the end each account's balance is asserted to the
    unit. The assertions are read from the snapshots, not added up from the transactions.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
        livemode: Which of the two worlds.
    """
    with history.reading():
        opening = [row for row in _balances(livemode=livemode, at=start) if row.signed]
        closing = _balances(livemode=livemode, at=end)
        names = Names(closing)
        yield f'option "title" "Rialto, {"live" if livemode else "test"} mode"\n'
        yield f"; From {format_moment(start)} to {format_moment(end)}, by the time of posting.\n\n"
        yield from names.open_directives(_date(start))
        if opening:
            yield f'\n{_date(start)} * "opening balances"\n'
            yield from (_leg(names.of(row), row.signed, row.currency) for row in opening)
        with history.postings(start=start, end=end, livemode=livemode) as found:
            for _, legs in groupby(found, key=lambda line: line.entry_id):
                yield from _transaction(list(legs), names)
        yield "\n"
        # An assertion is about the beginning of its day.
        day = _date(end + timedelta(days=1) - timedelta(microseconds=1))
        for row in closing:
            # Without a tolerance beancount overlooks a unit.
            amount = f"{decimal(row.signed, row.currency)} ~ 0 {row.currency.upper()}"
            yield f"{day} balance {names.of(row)} {amount}\n"


class Names:
    """What beancount calls the ledger accounts: `Liabilities:Pending:Acct-1Ab`.

    Names are as near to codes and owners as its grammar allows. Owners that it could not tell
    apart get the number of their ledger account as well, the one that came first does not.

    Args:
        accounts: All of them, in the order of their numbers.
    """

    def __init__(self, accounts: Iterable[AccountBalance]) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._currencies: dict[tuple[str, str], list[str]] = {}
        taken: set[str] = set()
        for account in accounts:
            key = (account.code, account.owner)
            if key not in self._names:
                name = _account_name(account.code, account.owner)
                while name in taken:
                    name += f"-{account.account_id}"
                taken.add(name)
                self._names[key] = name
            self._currencies.setdefault(key, []).append(account.currency.upper())

    def of(self, row: AccountBalance | PostingLine) -> str:
        """Return the name of the ledger account of a balance or a posting."""
        return self._names[row.code, row.owner]

    def open_directives(self, day: str) -> Iterator[str]:
        """Write the directives that open the accounts."""
        for (code, owner), name in sorted(self._names.items(), key=lambda item: item[1]):
            currencies = ",".join(sorted(self._currencies[code, owner]))
            yield f"{day} open {name} {currencies}\n  owner: {_quote(owner)}\n"


def _balances(*, livemode: bool, at: datetime) -> list[AccountBalance]:
    rows = history.every_balance_at(livemode=livemode, at=at)
    return sorted(rows, key=lambda row: row.account_id)


def _account_name(code: str, owner: str) -> str:
    root = "Assets" if CHART[code].side is Side.DEBIT else "Liabilities"
    bucket = "".join(word.capitalize() for word in code.split("_"))
    component = re.sub(r"[^A-Za-z0-9]", "-", owner).lstrip("-")
    return f"{root}:{bucket}:{component[:1].upper() or 'X'}{component[1:]}"


def _transaction(legs: list[PostingLine], names: Names) -> Iterator[str]:
    entry = legs[0]
    link = f" ^{entry.group}" if _LINK.fullmatch(entry.group) else ""
    yield (
        f"\n{_date(entry.posted_at)} * {_quote(entry.kind)} {_quote(entry.source)}{link}\n"
        f'  entry: "{entry.entry_id}"\n'
        f"  group: {_quote(entry.group)}\n"
        f'  time: "{format_moment(entry.posted_at)}"\n'
    )
    yield from (_leg(names.of(leg), leg.signed, leg.currency) for leg in legs)


def _leg(name: str, signed: int, currency: str) -> str:
    return f"  {name}  {decimal(signed, currency)} {currency.upper()}\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _date(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
