"""What a payer sends from the page: read from a form, never believed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.core.exceptions import BadRequest
from django.http import QueryDict

from checkout.hosted import method_parts
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources.sessions import asks_phone
from checkout.sessions.services import carts, collecting
from core.money import InexactAmount, from_decimal
from core.security.card_numbers import find_parameter
from core.types import JsonObject

ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
CARD: Final = ("number", "exp", "cvc")
# Of a card that was typed into a processor's fields: `ACCOUNT:TOKEN`.
TOKEN: Final = "card_token"  # noqa: S105  the name of a field
_LONGEST: Final = 500
# What a processor's fields have encrypted is long.
_LONGEST_TOKEN: Final = 10_000
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
    texts = {
        name: value.replace("\0", "").strip()[: _LONGEST_TOKEN if name == TOKEN else _LONGEST]
        for name, value in form.items()
    }
    secret = {f"{kind}_{part}" for kind in ("card", "bank") for part in (*CARD, "account")}
    secret |= {f"blik_{method_parts.CODE}", TOKEN}
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
