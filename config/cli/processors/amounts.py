"""Between which amounts an account takes payments, as they are typed on the command line."""

from collections.abc import Sequence

from config.launcher import problems
from config.launcher.problems import Problem
from core.types import JsonObject


def read(least: Sequence[str] | None, most: Sequence[str] | None) -> list[JsonObject]:
    """Return the limits that were typed, as they are kept.

    Args:
        least: Each such as `eur=1.00`.
        most: Each such as `eur=2000`.

    Raises:
        Problem: If one cannot be read.
    """
    from processors import amount_limits

    return amount_limits.lines(_read(least), _read(most))


def _read(texts: Sequence[str] | None) -> dict[str, int]:
    from core import currencies
    from core.operator_pages import amounts

    found: dict[str, int] = {}
    for text in texts or ():
        code, is_there, amount = text.lower().partition("=")
        if not is_there or code not in currencies.CODES:
            raise Problem(f"{text}: write a currency and an amount: eur=1.00.", problems.USAGE)
        try:
            found[code] = amounts.read(amount, code)
        except amounts.UnclearAmount as error:
            raise Problem(f"{text}: {error}", problems.USAGE) from error
    return found
