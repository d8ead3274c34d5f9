"""What a payer sends from the page: read from a form, never believed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.core.exceptions import BadRequest
from django.http import QueryDict

from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources.sessions import asks_phone
from checkout.sessions import saved_methods
from checkout.sessions.services import carts, collecting
from core.money import InexactAmount, from_decimal
from core.security.card_numbers import find_parameter
from core.types import JsonObject

ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
_CARD: Final = ("number", "exp", "cvc")
_LONGEST: Final = 500
# Where numbers of cards and bank accounts are typed in test mode.
NUMBERS: Final = frozenset({"card_number", "bank_account"})
# An amount as people write it: `1050.5`, and `1,050.50` with all its groups.
_PLAIN: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,3})?")


@dataclass(slots=True)
class Sent:
    """What was sent, in the words of the services.

    Args:
        given: See `collecting.problems`.
        method: The type of payment method, such as `"card"`; `pm_...` of one that was saved.
        typed: The fields of the method.
        quantities: Line → pieces.
        amounts: Line → minor units.
        wrong: Field → problem, of what could not be read.
        shipping_rate: The way of shipping.
        promotion_code: What was typed there; None where no code is asked for.
        expected_amount: The total that the payer saw.
        values: What the page shows again; no number of a card or account is among it.
    """

    given: JsonObject
    method: str
    typed: dict[str, str]
    quantities: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    shipping_rate: str | None = None
    promotion_code: str | None = None
    expected_amount: int | None = None
    values: dict[str, str] = field(default_factory=dict)
    # The type of the method, saved or not, once it is known to be one.
    type: str = ""


def read(
    form: Mapping[str, str], session: CheckoutSession, lines: list[CheckoutSessionLine]
) -> Sent:
    """Read the form of a session's page."""
    texts = {name: value.replace("\0", "").strip()[:_LONGEST] for name, value in form.items()}
    secret = {f"{kind}_{part}" for kind in ("card", "bank") for part in (*_CARD, "account")}
    sent = Sent(
        given=_read_answers(texts, session),
        method=texts.get("method", ""),
        typed={name: value for name, value in texts.items() if name in secret | _NOT_SECRET},
        shipping_rate=texts.get("shipping_rate"),
        promotion_code=texts.get("promotion_code"),
        values={name: value for name, value in texts.items() if name not in secret},
    )
    expected = texts.get("expected_amount", "")
    sent.expected_amount = int(expected) if expected.isdecimal() else None
    for line in lines:
        _read_line(sent, texts, line, str(session.currency))
    return sent


_NOT_SECRET: Final = frozenset({"bank_routing", "bank_name"})


def refuse_card_numbers(form: QueryDict, *, but: Collection[str] = ()) -> None:
    """Refuse a form that holds the number of a card where it would be kept.

    Args:
        form: All that was sent.
        but: The fields that are for numbers.

    Raises:
        BadRequest: It never says the number.
    """
    fields = ((name, values) for name, values in form.lists() if name not in but)
    if any(find_parameter({name: list(values)}) is not None for name, values in fields):
        raise BadRequest("The form holds what looks like the number of a card. Leave it out.")


def _read_answers(texts: Mapping[str, str], session: CheckoutSession) -> JsonObject:
    asked = session.settings
    details: JsonObject = {"name": texts.get("billing_name") or texts.get("bank_name")}
    if collecting.wants_email(session):
        details["email"] = texts.get("email")
    if asks_phone(session):
        details["phone"] = texts.get("phone")
    if asked.get("billing_address_collection") == "required":
        details["address"] = _address(texts, "billing")
    given: JsonObject = {
        "customer_details": details,
        "custom_fields": {
            one["key"]: texts.get(f"custom_{one['key']}", "")
            for one in asked.get("custom_fields") or []
        },
    }
    if asked.get("shipping_address_collection"):
        address = _address(texts, "shipping")
        given["shipping_details"] = {"name": texts.get("shipping_name"), "address": address}
    consent = asked.get("consent_collection") or {}
    if consent:
        accepted = "accepted" if texts.get("terms_of_service") else None
        opted = "opt_in" if texts.get("promotions") else "opt_out"
        asks = consent.get("promotions") == "auto"
        given["consent"] = {"terms_of_service": accepted, "promotions": opted if asks else None}
    for kind in ("business", "individual"):
        if texts.get(f"{kind}_name"):
            given[f"{kind}_name"] = texts[f"{kind}_name"]
    return given


def _address(texts: Mapping[str, str], kind: str) -> dict[str, str | None]:
    return {part: texts.get(f"{kind}_{part}") or None for part in ADDRESS}


def _read_line(
    sent: Sent, texts: Mapping[str, str], line: CheckoutSessionLine, currency: str
) -> None:
    quantity, amount = texts.get(f"quantity_{line.id}"), texts.get(f"amount_{line.id}")
    if quantity is not None and carts.quantities(line):
        number = int(quantity) if quantity.isascii() and quantity.isdecimal() else -1
        if not carts.is_quantity(line, number):
            sent.wrong[f"quantity_{line.id}"] = "quantity"
        elif number != line.quantity:
            sent.quantities[line.id] = number
    if amount is not None and line.price.custom_unit_amount is not None:
        plain = amount.replace(",", "") if _GROUPED.fullmatch(amount) else amount
        try:
            if not _PLAIN.fullmatch(plain):
                raise InexactAmount
            units = from_decimal(Decimal(plain), currency).amount
        except InexactAmount:
            sent.wrong[f"amount_{line.id}"] = "amount"
            return
        if units != line.chosen_amount:
            sent.amounts[line.id] = units


def method_data(sent: Sent, session: CheckoutSession) -> tuple[JsonObject, dict[str, str]]:
    """Return the payment method that was typed in, and what is wrong with it: field → problem."""
    details = sent.given["customer_details"]
    billing = {
        "email": details.get("email") or session.settings.get("customer_email"),
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
    typed: dict[str, str] = sent.typed
    wrong: dict[str, str] = {}
    if sent.method == "card":
        wrong |= {f"card_{n}": "missing" for n in _CARD if not typed.get(f"card_{n}")}
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
    elif sent.method == "sepa_debit":
        wrong |= {f"bank_{n}": "missing" for n in ("account", "name") if not typed.get(f"bank_{n}")}
        data["sepa_debit"] = {"iban": typed.get("bank_account", "").replace(" ", "")}
    elif sent.method == "us_bank_account":
        names = ("account", "routing", "name")
        wrong |= {f"bank_{n}": "missing" for n in names if not typed.get(f"bank_{n}")}
        data["us_bank_account"] = {
            "account_number": typed.get("bank_account"),
            "routing_number": typed.get("bank_routing"),
            "account_holder_type": "individual",
        }
    return data, wrong


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
