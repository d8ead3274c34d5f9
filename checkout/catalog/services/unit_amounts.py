"""What one unit costs: exactly one of an amount, a finer decimal, or the payer's choice."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from core import currencies, money
from core.errors import InvalidRequest
from core.types import Fields, JsonObject

_WAYS: Final = ("unit_amount", "unit_amount_decimal", "custom_unit_amount")


def columns(params: Fields, currency: str, *, where: str = "") -> JsonObject:
    """Return the three columns of what a unit costs in one currency.

    Args:
        params: What was said; the keys that are no amounts are left alone.
        currency: Lower-case ISO code.
        where: The parameter that holds it, such as `"currency_options[eur]"`.

    Raises:
        InvalidRequest: If none or several of the three are given, or the amount cannot be one.
    """
    given = [name for name in _WAYS if params.get(name) is not None]
    if len(given) != 1:
        raise InvalidRequest(
            f"Send exactly one of {', '.join(_name(where, way) for way in _WAYS)}.",
            code="parameters_exclusive" if given else "parameter_missing",
            param=_name(where, given[1] if given else _WAYS[0]),
        )
    found: JsonObject = dict.fromkeys(_WAYS)
    if given == ["unit_amount"]:
        amount = params["unit_amount"]
        money.check_step(amount, currency, param=_name(where, "unit_amount"))
        return found | {"unit_amount": amount, "unit_amount_decimal": str(amount)}
    if given == ["unit_amount_decimal"]:
        return found | _finer(params["unit_amount_decimal"], currency, where)
    return found | {"custom_unit_amount": _chosen(params["custom_unit_amount"], currency, where)}


def currency_options(options: Mapping[str, Fields], own_currency: str) -> JsonObject:
    """Return what a price is in further currencies: currency → its amounts and tax behaviour.

    Args:
        options: What was said: currency → `unit_amount` and its neighbours, `tax_behavior`.
        own_currency: The currency of the price itself.

    Raises:
        InvalidRequest: If one of them is the price's own, or has no amount.
    """
    found: JsonObject = {}
    for currency, option in options.items():
        where = f"currency_options[{currency}]"
        if currency == own_currency:
            raise InvalidRequest(
                f"{currency} is the currency of the price itself. Name further ones only.",
                param=where,
            )
        amounts = columns(option, currency, where=where)
        found[currency] = amounts | {"tax_behavior": option.get("tax_behavior", "unspecified")}
    return found


def _finer(text: str, currency: str, where: str) -> JsonObject:
    value = Decimal(text)
    if value != int(value):
        return {"unit_amount_decimal": text}
    money.check_step(int(value), currency, param=_name(where, "unit_amount_decimal"))
    return {"unit_amount": int(value), "unit_amount_decimal": text}


def _chosen(bounds: Fields, currency: str, where: str) -> JsonObject:
    path = _name(where, "custom_unit_amount")
    if not bounds["enabled"]:
        raise InvalidRequest(
            f"Leave {path} out where payers do not choose the amount.", param=f"{path}[enabled]"
        )
    chosen = {name: bounds.get(name) for name in ("maximum", "minimum", "preset")}
    for name, amount in chosen.items():
        if amount is not None:
            money.check_step(amount, currency, param=f"{path}[{name}]")
    least, most, preset = chosen["minimum"], chosen["maximum"], chosen["preset"]
    if least is not None and least < currencies.minimum_charge(currency):
        raise InvalidRequest(
            f"Nobody can pay less than {currencies.minimum_charge(currency)} {currency}.",
            code="amount_too_small",
            param=f"{path}[minimum]",
        )
    if least is not None and most is not None and most < least:
        raise InvalidRequest("The maximum is below the minimum.", param=f"{path}[maximum]")
    is_low = least is not None and preset is not None and preset < least
    is_high = most is not None and preset is not None and preset > most
    if is_low or is_high:
        raise InvalidRequest(
            "The preset is not between the minimum and the maximum.", param=f"{path}[preset]"
        )
    return chosen


def _name(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name
