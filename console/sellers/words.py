"""How an account stands, and its balance, as people say it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.utils import dateformat
from django.utils.translation import gettext

from console.words import BAD, GOOD, NEUTRAL, WAITING
from core.money import Money

BLOCK_ENDS: Final[Mapping[str, str]] = {
    "by_hand": "until somebody releases it",
    "when_verified": "until nothing more is due",
    "on_date": "until its day",
}


class State(NamedTuple):
    """How an account stands.

    Args:
        word: In a word or two.
        look: How it looks.
        why: In sentences.
    """

    word: str
    look: str
    why: str


def state(
    *,
    is_platform: bool,
    closed_at: datetime | None,
    charges: bool,
    payouts: bool,
    why: str,
    is_due: bool,
    until: datetime | None,
) -> State:
    """Return how an account stands.

    Args:
        is_platform: True if it opened itself.
        closed_at: When it was closed.
        charges: True if it may take payments.
        payouts: True if it is paid out.
        why: Why it is disabled, in a sentence; empty if it is not.
        is_due: True if it lacks something that it must give by now.
        until: When what is due must be there.
    """
    if closed_at:
        return State(
            gettext("Closed"),
            NEUTRAL,
            gettext("It was closed on %(day)s.") % {"day": dateformat.format(closed_at, "j F Y")},
        )
    if is_platform:
        return State(
            gettext("Platform"),
            GOOD,
            gettext("It takes payments, pays its sellers, and is paid out."),
        )
    able = {
        (True, True): gettext("It takes payments, and is paid out."),
        (True, False): gettext("It takes payments, and is not paid out."),
        (False, True): gettext("It takes no payments of its own, and is paid out."),
        (False, False): gettext("It takes no payments of its own, and is not paid out."),
    }[charges, payouts]
    sentence = f"{able} {why}".strip()
    if is_due and until:
        moment = f"{dateformat.format(until, 'j F Y, H:i')} UTC"
        sentence += " " + gettext("What is due must be there by %(moment)s.") % {"moment": moment}
    if not payouts:
        return State(gettext("Restricted"), BAD, sentence)
    if is_due:
        return State(gettext("Something is due"), WAITING, sentence)
    return State(gettext("Active"), GOOD, sentence)


class Purse(NamedTuple):
    """What an account has in one currency, as people write it.

    Args:
        currency: Upper case.
        cells: Title and amount.
        owed: What it owes; empty for nothing.
    """

    currency: str
    cells: list[tuple[str, str]]
    owed: str


def purses(kinds: Mapping[str, Mapping[str, int]]) -> list[Purse]:
    """Return a balance, one purse a currency.

    Args:
        kinds: Title → currency → minor units; the first is what is available.
    """
    codes = sorted({code for amounts in kinds.values() for code in amounts})
    available = next(iter(kinds.values()))
    return [
        Purse(
            code.upper(),
            [
                (title, str(Money(amounts.get(code, 0), code)) if amounts.get(code) else "—")
                for title, amounts in kinds.items()
            ],
            str(Money(-available[code], code)) if available.get(code, 0) < 0 else "",
        )
        for code in codes
    ]
