"""Between which amounts an account takes payments, as people type and read it."""

from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from core.errors import InvalidRequest
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from core.types import JsonObject

_AMOUNTS: Final = ("least_amount", "most_amount")
_FIELDS: Final = ("currency", *_AMOUNTS)
# Lines to fill in below those that there are.
_MORE: Final = 1
_MOST: Final = 40


def read(form: QueryDict) -> list[JsonObject]:
    """Return the lines of a form, as they are kept; empty ones are left out.

    Raises:
        InvalidRequest: If a line has no currency, or an amount cannot be read.
    """
    return [_line(number, line) for number, line in enumerate(typed(form), 1) if any(line.values())]


def shown(lines: list[JsonObject]) -> list[dict[str, str]]:
    """Return kept lines as a form shows them, and an empty one."""
    written = [
        {"currency": line["currency"].upper()}
        | {name: amounts.write(line.get(name), line["currency"]) for name in _AMOUNTS}
        for line in lines
    ]
    return [*written, *(dict.fromkeys(_FIELDS, "") for _ in range(_MORE))]


def typed(form: QueryDict) -> list[dict[str, str]]:
    """Return the lines of a form as they were typed."""
    columns = {name: form.getlist(f"limit_{name}") for name in _FIELDS}
    count = min(max(map(len, columns.values())), _MOST)
    return [
        {name: (values[i].strip() if i < len(values) else "") for name, values in columns.items()}
        for i in range(count)
    ]


def sentence(lines: list[JsonObject]) -> str:
    """Return them in words; empty if there are none."""
    return "; ".join(_words(line) for line in lines)


def _line(number: int, line: dict[str, str]) -> JsonObject:
    currency = line["currency"].lower()
    found: JsonObject = {"currency": currency}
    for name in _AMOUNTS:
        if line[name]:
            try:
                found[name] = amounts.read(line[name], currency)
            except (UnclearAmount, KeyError, ValueError) as error:
                message = gettext("Between which amounts, line %(number)s: %(error)s") % {
                    "number": number,
                    "error": error,
                }
                raise InvalidRequest(message, param="amount_limits") from error
    return found


def _words(line: JsonObject) -> str:
    least, most = (amounts.write(line.get(name), line["currency"]) for name in _AMOUNTS)
    if least and most:
        return f"{least} to {most}"
    return (
        gettext("from %(least)s on") % {"least": least}
        if least
        else gettext("up to %(most)s") % {"most": most}
    )
