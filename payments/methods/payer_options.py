"""What an intent's `payment_method_options` say of payers who act themselves."""

import re
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from payments import method_types
from payments.method_types.base import Method
from payments.models import PaymentIntent

_CODE: Final = "code"
_NUMBER: Final = "confirmation_number"
_COUNTER_NUMBER: Final = re.compile(r"[0-9]{10,11}")
# How a merchant may say until when a payer can pay.
_ENDS: Final = ("expires_after_days", "expires_after_seconds", "expires_at")
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")


def of(intent: PaymentIntent, type: str) -> Fields:
    """Return what an intent says of a type."""
    given = (intent.payment_method_options or {}).get(type)
    return given if isinstance(given, dict) else {}


def code_of(intent: PaymentIntent, type: str) -> str:
    """Return what the payer brings along: its app's code, or its number for a counter."""
    options = of(intent, type)
    return str(options.get(_CODE) or options.get(_NUMBER) or "")


def charged(intent: PaymentIntent, type: str) -> JsonObject:
    """Return what a charge keeps and shows of the options."""
    shown = method_types.of(type).charged
    return {name: value for name, value in of(intent, type).items() if name in shown}


def check(intent: PaymentIntent, type: str, *, at: datetime) -> None:
    """Refuse to ask a payer whose app's code is missing, or whom the merchant gives no time.

    Raises:
        InvalidRequest: If the code is not of six digits, the time outside the method's limits, or
            the payer's number for the counter none.
    """
    pay_within(intent, type, since=at)
    if type == "konbini" and (number := str(of(intent, type).get(_NUMBER) or "")):
        if not _COUNTER_NUMBER.fullmatch(number):
            raise InvalidRequest(
                "A confirmation number has 10 or 11 digits.",
                param="payment_method_options[konbini][confirmation_number]",
            )
    if type == "blik":
        _check_code(intent)


def pay_within(intent: PaymentIntent, type: str, *, since: datetime) -> int | None:
    """Return how many seconds a payer has; None if it is not waited for.

    Args:
        intent: What is paid.
        type: The payment method's.
        since: When the charge began.

    Raises:
        InvalidRequest: If the merchant gives less or more than the method allows, or says it twice.
    """
    rules, options = method_types.of(type), of(intent, type)
    given = {name: options[name] for name in _ENDS if options.get(name) not in (None, "")}
    if rules.may_last is None or not given:
        return rules.pay_within or None
    name, value = next(iter(given.items()))
    param = f"payment_method_options[{type}][{name}]"
    if len(given) > 1:
        raise InvalidRequest(
            f"You may only specify one of these parameters: {', '.join(given)}.",
            code="parameters_exclusive",
            param=param,
        )
    if not str(value).isdigit():
        raise InvalidRequest(f"Invalid integer: {value}", param=param)
    seconds = _seconds(name, int(value), rules, since)
    least, most = rules.may_last
    if not least <= seconds <= most:
        raise InvalidRequest(
            f"A payer has at least {least} seconds to pay by {type}, and at most {most // 86_400} "
            "days.",
            param=param,
        )
    return seconds


def _seconds(name: str, value: int, rules: Method, since: datetime) -> int:
    if name == "expires_after_seconds":
        return value
    if name == "expires_at":
        return int(value - since.timestamp())
    # Of the last day it has the whole, where the payer is.
    there = since.astimezone(ZoneInfo(rules.zone))
    last = there.replace(hour=23, minute=59, second=59) + timedelta(days=value)
    most = rules.may_last[1] if rules.may_last else 0
    is_within = 1 <= value <= most // 86_400
    return min(most, int((last - since).total_seconds())) if is_within else most + 1


def _check_code(intent: PaymentIntent) -> None:
    param = "payment_method_options[blik][code]"
    code = code_of(intent, "blik")
    if not code:
        raise InvalidRequest(
            f"Missing required param: {param}. It is the code of six digits that the payer's "
            "bank's app shows.",
            code="parameter_missing",
            param=param,
        )
    if not _SIX_DIGITS.fullmatch(code):
        raise InvalidRequest(f"{param} has to be six digits.", param=param)
