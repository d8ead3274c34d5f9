"""The reference page of payment methods, made from their rules."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from payments.method_types.base import Method

Table = Callable[[tuple[str, ...], Iterable[tuple[str, ...]]], Iterable[str]]

_BEGINNING: Final = """
What a payment can be made with, and by which rules. Each is one small file in `payments/method_types`. Which of them a rail takes, [the rails](rails.md) say; the simulator
takes all, and [test accounts](test-accounts.md#payers-who-act-themselves) say who pays what there.

"Does" is what the payer does: types a number, scans a code or pays at a counter, or agrees at its bank or wallet, to which a page of Rialto's brings it (`redirect_to_url`); with `blik`
in its bank's app. "Time" is what it has for that. "Later" says whether it can be captured later, and what a payment or a setup leaves for later charges. "Back" is until when it can be
refunded, whole or in part.
""".strip().splitlines()  # noqa: E501
_REASONS: Final = """
What a payer is offered is chosen in this order, and each type that is not offered has the first reason of this list. The page of a payment that is not paid yet shows them.
""".strip().splitlines()  # noqa: E501


def body(table: Table) -> Iterable[str]:
    """Yield the lines of the page.

    Args:
        table: Writes one, from its head and rows.
    """
    from payments.method_types import ALL
    from payments.method_types.base import REASONS

    yield from _BEGINNING
    yield ""
    head = ("Type", "Currencies", "Payers", "Does", "Time", "Amounts", "Later", "Back", "Disputed")
    yield from table(head, (_row(method) for method in ALL))
    yield from ("", "## Why one is not offered", "", *_REASONS, "")
    yield from table(
        ("Reason", "Meaning"), ((f"`{reason}`", words) for reason, words in REASONS.items())
    )


def _row(method: "Method") -> tuple[str, ...]:
    currencies = sorted(method.currencies or ())
    return (
        f"`{method.type}`, {method.title}",
        " ".join(f"`{one}`" for one in currencies) or "all",
        " ".join(method.countries) or "anywhere",
        _does(method),
        _time(method.pay_within),
        _amounts(method),
        _later(method),
        f"{method.refund_days} days" if method.refund_days else "always",
        _disputed(method),
    )


def _does(method: "Method") -> str:
    if method.is_push:
        return f"pays a code: `{method.display}`"
    if method.is_redirect:
        return f"agrees: `{method.display or 'redirect_to_url'}`"
    return "types a number"


def _time(seconds: int) -> str:
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds and seconds % unit == 0:
            many = seconds // unit
            return f"{many} {name}" + "s" * (many > 1)
    return ""


def _amounts(method: "Method") -> str:
    from core.money import Money

    currencies = sorted({*method.least, *method.most})
    return "; ".join(
        f"{Money(method.least.get(one, 0), one)} to {Money(method.most[one], one)}"
        if one in method.most
        else f"from {Money(method.least[one], one)}"
        for one in currencies
    )


def _disputed(method: "Method") -> str:
    if method.is_slow:
        return "taken back by the bank"
    return "yes" if method.is_disputable else "no"


def _later(method: "Method") -> str:
    words = ["captured"] if method.captures_later else []
    if method.keeps_as:
        words.append(f"leaves a `{method.keeps_as}`")
    elif method.is_lasting:
        words.append("charged again")
    return ", ".join(words) or "no"
