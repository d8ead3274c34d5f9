"""Strong customer authentication: when it is needed, and how results are named.

May be relied on: nothing here asks or keeps anything. Exemptions are a table with dates, for the
law changes more often than the code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from core.types import Fields
from processors.protocols.base import Enrolment

VERSION: Final = "2.2.0"

# Where the payer's bank has to be asked, unless an exemption holds.
# Source: Directive (EU) 2015/2366 (PSD2) article 97, in the EEA; in the United Kingdom the FCA's
# Technical Standards on Strong Customer Authentication.
REGULATED: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
    .split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exemption:
    """A reason why the bank need not be asked.

    Args:
        name: In our evidence.
        since: The first day on which it holds.
        until: The last one; None while it is in force.
        currency: Of the amounts.
        most: The amount of one payment, at most, in minor units.
        most_in_a_row: So many payments of a card since the payer was last asked, at most.
        most_in_all: Of so much together, with this one, in minor units.
        source: Where it is written.
    """

    name: str
    since: date
    until: date | None
    currency: str
    most: int
    most_in_a_row: int
    most_in_all: int
    source: str


EXEMPTIONS: Final = (
    Exemption(
        "low_value", date(2019, 9, 14), None, "eur", 30_00, 5, 100_00,
        "Commission Delegated Regulation (EU) 2018/389, article 16",
    ),
    Exemption(
        "low_value", date(2022, 3, 14), None, "gbp", 25_00, 5, 85_00,
        "FCA Technical Standards on SCA, article 16",
    ),
)  # fmt: skip


class Step(StrEnum):
    """What comes before the charge."""

    NOTHING = "nothing"
    # The bank was satisfied with what it was told.
    FRICTIONLESS = "frictionless"
    # The bank wants to ask the payer.
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The bank's answer before it challenges anybody, in the wire's words."""

    step: Step
    result: str | None = None
    result_reason: str | None = None
    exemption: str | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """What a card paid since its payer was last asked: how often, and how much in minor units."""

    count: int
    amount: int


_NOTHING: Final = Verdict(Step.NOTHING)
# Who is asked by whom: the card's enrolment against the wish for 3-D Secure.
_QUIET: Final = {
    Enrolment.NOT_SUPPORTED: Verdict(
        Step.FRICTIONLESS, "not_supported", "network_not_supported"
    ),
    Enrolment.NOT_ENROLLED: Verdict(
        Step.FRICTIONLESS, "attempt_acknowledged", "card_not_enrolled"
    ),
    Enrolment.OPTIONAL: Verdict(Step.FRICTIONLESS, "authenticated"),
    Enrolment.OPTIONAL_ERROR: Verdict(Step.FRICTIONLESS, "processing_error", "protocol_error"),
    Enrolment.REQUIRED_ERROR: Verdict(Step.FRICTIONLESS, "processing_error", "protocol_error"),
}  # fmt: skip
_ASKS: Final = frozenset({Enrolment.REQUIRED, Enrolment.UNLESS_SET_UP, Enrolment.SET_UP})


def may_need_authentication(enrolment: Enrolment, preference: str, card_country: str) -> bool:
    """Tell whether authentication may be needed at all; most payments end here."""
    if enrolment is Enrolment.BY_RAIL:
        return False
    return (
        preference != "automatic"
        or card_country in REGULATED
        or enrolment in _ASKS
        or enrolment is Enrolment.REQUIRED_ERROR
    )


def decide(
    enrolment: Enrolment,
    preference: str,
    *,
    is_regulated: bool,
    is_set_up: bool,
    exemption: str | None,
) -> Verdict:
    """Decide what comes before a charge with the payer present.

    Args:
        enrolment: What the rail knows of the card.
        preference: `"automatic"`, `"any"` or `"challenge"`, as the merchant said.
        is_regulated: True if both the card and the merchant are where the law demands it.
        is_set_up: True if the payer has agreed to later charges of this card.
        exemption: The name of one that holds; None if none does.
    """
    if enrolment is Enrolment.UNLESS_SET_UP and is_set_up and preference == "automatic":
        return _NOTHING
    if enrolment in _ASKS:
        return Verdict(Step.CHALLENGE)
    if preference == "automatic" and not is_regulated and enrolment is not Enrolment.REQUIRED_ERROR:
        return _NOTHING
    if preference == "automatic" and exemption and enrolment is not Enrolment.REQUIRED_ERROR:
        return Verdict(Step.FRICTIONLESS, "exempted", None, exemption)
    if preference == "challenge" and enrolment is Enrolment.OPTIONAL:
        return Verdict(Step.CHALLENGE)
    return _QUIET.get(enrolment, _NOTHING)


def exemption_for(amount: int, currency: str, day: date, before: Since) -> str | None:
    """Return the exemption that applies to a payment.

    Args:
        amount: Minor units.
        currency: Lower-case ISO code.
        day: The day of the payment, in UTC.
        before: What the card paid since its payer was last asked.
    """
    for row in EXEMPTIONS:
        in_force = row.since <= day and (row.until is None or day <= row.until)
        if (
            in_force
            and currency == row.currency
            and amount <= row.most
            and before.count < row.most_in_a_row
            and before.amount + amount <= row.most_in_all
        ):
            return row.name
    return None


def indicator(brand: str, result: str | None) -> str | None:
    """Return the Electronic Commerce Indicator of a result; None without a liability shift.

    Args:
        brand: As the wire names it.
        result: As the wire names it.
    """
    # Source: EMVCo 3-D Secure: Visa and its like 05 and 06, Mastercard 02 and 01.
    full, attempted = ("02", "01") if brand == "mastercard" else ("05", "06")
    return {"authenticated": full, "attempt_acknowledged": attempted}.get(result or "")


def evidence(facts: Sequence[str | int | datetime | None]) -> str:
    """Serialise evidence in the one form that is signed."""
    values = [fact.isoformat() if isinstance(fact, datetime) else fact for fact in facts]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def transaction_of(evidence: Fields | None) -> str | None:
    """Return the bank's transaction of stored evidence that shifts the liability."""
    if evidence and evidence.get("result") in ("authenticated", "attempt_acknowledged"):
        transaction_id: str | None = evidence["transaction_id"]
        return transaction_id
    return None
