"""What a processor charges, as people type and read it."""

from decimal import Decimal, InvalidOperation
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from core.errors import InvalidRequest
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from core.types import JsonObject

_TEXTS: Final = ("method", "card_country", "currency")
_RATES: Final = ("bps", "scheme_bps")
_AMOUNTS: Final = ("fixed_amount", "declined_amount")
_FIELDS: Final = (*_TEXTS, *_RATES, *_AMOUNTS)
# Lines to fill in below those that there are.
_MORE: Final = 2
_MOST: Final = 40


def read(form: QueryDict) -> list[JsonObject]:
    """Return the lines of a form, as they are kept; empty ones are left out.

    Raises:
        InvalidRequest: If a rate or an amount cannot be read.
    """
    return [
        _line(number, line) for number, line in enumerate(_typed(form), 1) if any(line.values())
    ]


def shown(lines: list[JsonObject]) -> list[dict[str, str]]:
    """Return kept lines as a form shows them, and some empty ones."""
    written = [{name: _write(name, line) for name in _FIELDS} for line in lines]
    return [*written, *(dict.fromkeys(_FIELDS, "") for _ in range(_MORE))]


def typed(form: QueryDict) -> list[dict[str, str]]:
    """Return the lines of a form that was refused, as they were typed."""
    return _typed(form)


def sentences(lines: list[JsonObject]) -> list[str]:
    """Return each line in words."""
    return [_sentence(line) for line in lines]


def _typed(form: QueryDict) -> list[dict[str, str]]:
    columns = {name: form.getlist(f"fee_{name}") for name in _FIELDS}
    count = min(max(map(len, columns.values())), _MOST)
    return [
        {name: (values[i].strip() if i < len(values) else "") for name, values in columns.items()}
        for i in range(count)
    ]


def _line(number: int, line: dict[str, str]) -> JsonObject:
    currency = line["currency"].lower()
    return {
        "method": line["method"],
        "card_country": line["card_country"].upper(),
        "currency": currency,
        **{name: _rate(number, line[name]) for name in _RATES},
        **{name: _amount(number, line[name], currency) for name in _AMOUNTS},
    }


def _rate(number: int, text: str) -> int:
    if not text:
        return 0
    try:
        points = Decimal(text.rstrip("% ").replace(",", ".")) * 100
    except InvalidOperation as error:
        raise _wrong(
            number, gettext("%(text)s is no percentage; write 1.40.") % {"text": text}
        ) from error
    if not points.is_finite() or points != points.to_integral_value():
        raise _wrong(number, gettext("%(text)s has more than two decimals.") % {"text": text})
    return int(points)


def _amount(number: int, text: str, currency: str) -> int:
    if not text:
        return 0
    if not currency:
        raise _wrong(number, gettext("a fixed amount needs a currency."))
    try:
        return amounts.read(text, currency)
    except (UnclearAmount, KeyError, ValueError) as error:
        raise _wrong(number, str(error)) from error


def _wrong(number: int, why: str) -> InvalidRequest:
    return InvalidRequest(
        gettext("What it costs, line %(number)s: %(why)s") % {"number": number, "why": why},
        param="fee_model",
    )


def _write(name: str, line: JsonObject) -> str:
    value = line.get(name, "")
    if name in _TEXTS:
        return str(value).upper() if name == "currency" else str(value)
    if not value:
        return ""
    if name in _RATES:
        return f"{Decimal(value) / 100:.2f}"
    return amounts.write(value, line["currency"])


def _sentence(line: JsonObject) -> str:
    about = " ".join(
        part
        for part in (
            line.get("method") or gettext("every method"),
            gettext("with cards of %(country)s") % {"country": line["card_country"]}
            if line.get("card_country")
            else "",
            gettext("in %(currency)s") % {"currency": line["currency"].upper()}
            if line.get("currency")
            else gettext("in every currency"),
        )
        if part
    )
    costs = [f"{Decimal(line.get('bps', 0)) / 100:.2f} %"]
    if line.get("scheme_bps"):
        costs.append(
            gettext("about %(line)s %% of bank and network")
            % {"line": f"{Decimal(line['scheme_bps']) / 100:.2f}"}
        )
    if line.get("fixed_amount"):
        costs.append(amounts.write(line["fixed_amount"], line["currency"]))
    refused = (
        gettext("; %(line)s when refused")
        % {"line": amounts.write(line["declined_amount"], line["currency"])}
        if line.get("declined_amount")
        else ""
    )
    return f"{about}: {' + '.join(costs)}{refused}"
