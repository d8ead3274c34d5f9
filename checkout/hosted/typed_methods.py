"""What a payer types in of a payment method: as the wire takes it, or what is wrong with it."""

import re
from collections.abc import Container
from typing import Final

from checkout.hosted import method_parts
from checkout.hosted.forms import CARD, TOKEN, Sent
from checkout.models import CheckoutSession
from checkout.sessions import customers, saved_methods
from core.types import JsonObject
from payments import method_types

_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")


def method_data(
    sent: Sent, session: CheckoutSession, *, is_framed: bool = False
) -> tuple[JsonObject, dict[str, str]]:
    """Return the payment method that was typed in, and what is wrong with it: field → problem.

    Args:
        sent: What the payer has sent.
        session: The session.
        is_framed: True if cards are typed into a processor's fields, which make a token.
    """
    details = sent.given["customer_details"]
    billing = {
        "email": details.get("email") or customers.email_of(session),
        "name": details.get("name"),
        "phone": details.get("phone"),
        "address": details.get("address"),
    }
    data: JsonObject = {
        "type": sent.method,
        "billing_details": {name: value for name, value in billing.items() if value},
    }
    if shown := _redisplay(sent, session):
        data["allow_redisplay"] = shown
    wrong = _put_details(sent, session, data["billing_details"])
    return data, wrong | _put_numbers(sent, data, is_framed=is_framed)


def _put_details(sent: Sent, session: CheckoutSession, billing: JsonObject) -> dict[str, str]:
    """Put what is asked for the sake of the type alone into billing details."""
    wrong = {}
    for path in method_parts.paths(session, sent.method):
        field = method_parts.field_of(sent.method, path)
        if value := sent.values.get(field):
            method_parts.put(billing, path, value)
        else:
            wrong[field] = "missing"
    return wrong


def _put_numbers(sent: Sent, data: JsonObject, *, is_framed: bool) -> dict[str, str]:
    """Put the numbers of a card or an account into what is known of a method."""
    if sent.method == "card" and (token := sent.typed.get(TOKEN)):
        data["card"] = {"token": token}
        return {}
    if sent.method == "card":
        return {"card": "missing"} if is_framed else _put_card(sent.typed, data)
    if method_parts.has_code(sent.method):
        return _code_problem(sent)
    if banks := method_types.of(sent.method).banks:
        return _put_bank(sent, banks, data)
    typed: dict[str, str] = sent.typed
    names: tuple[str, ...] = ()
    if sent.method == "sepa_debit":
        names = ("account", "name")
        data["sepa_debit"] = {"iban": typed.get("bank_account", "").replace(" ", "")}
    elif sent.method == "us_bank_account":
        names = ("account", "routing", "name")
        data["us_bank_account"] = {
            "account_number": typed.get("bank_account"),
            "routing_number": typed.get("bank_routing"),
            "account_holder_type": "individual",
        }
    return {f"bank_{n}": "missing" for n in names if not typed.get(f"bank_{n}")}


def _put_bank(sent: Sent, banks: Container[str], data: JsonObject) -> dict[str, str]:
    field = f"{sent.method}_{method_parts.BANK}"
    bank = sent.values.get(field)
    if not bank:
        return {}
    data[sent.method] = {"bank": bank}
    return {} if bank in banks else {field: "missing"}


def _put_card(typed: dict[str, str], data: JsonObject) -> dict[str, str]:
    wrong = {f"card_{n}": "missing" for n in CARD if not typed.get(f"card_{n}")}
    month, year = _expiry(typed.get("card_exp", ""))
    if not month and "card_exp" not in wrong:
        wrong["card_exp"] = "expiry"
    number = typed.get("card_number", "").replace(" ", "").replace("-", "")
    if number and not number.isdecimal():
        wrong["card_number"] = "digits"
    data["card"] = {
        "number": number,
        "exp_month": month,
        "exp_year": year,
        "cvc": typed.get("card_cvc"),
    }
    return wrong


def options(sent: Sent) -> JsonObject:
    """Return what the payer typed of the wire's `payment_method_options`."""
    code = sent.typed.get(f"{sent.method}_{method_parts.CODE}")
    return {sent.method: {"code": code}} if code else {}


def _code_problem(sent: Sent) -> dict[str, str]:
    field = f"{sent.method}_{method_parts.CODE}"
    code = sent.typed.get(field, "")
    if not code:
        return {field: "missing"}
    return {} if _SIX_DIGITS.fullmatch(code) else {field: "digits"}


def is_kept(sent: Sent, session: CheckoutSession) -> bool:
    """Tell whether the payer wants to pay with what was typed in again."""
    is_wanted = sent.values.get(f"save_{sent.method}") == "1"
    return is_wanted and saved_methods.may_save(session, sent.method)


def _redisplay(sent: Sent, session: CheckoutSession) -> str | None:
    """Return where a method that is typed in may be shown again: the merchant says, or the payer.

    What is kept because the merchant wants it is shown where the merchant asks for such.
    """
    asked = session.settings
    if named := (asked.get("payment_method_data") or {}).get("allow_redisplay"):
        return str(named)
    if is_kept(sent, session):
        return "always"
    keeps = "setup_future_usage" in (asked.get("payment_intent_data") or {})
    return "limited" if keeps or session.mode == "setup" else None


def _expiry(text: str) -> tuple[int, int]:
    """Read `12 / 34`, `1234` or `12/2034`; noughts if it is no month of a year."""
    digits = "".join(sign for sign in text if sign.isdecimal() and sign.isascii())
    month, _, year = text.replace(" ", "").partition("/")
    if not year:
        month, year = digits[:2], digits[2:]
    if not (month.isdecimal() and year.isdecimal() and len(year) in (2, 4)):
        return 0, 0
    number = int(month)
    return (number, int(year) + (2000 if len(year) == 2 else 0)) if 1 <= number <= 12 else (0, 0)
