"""What a choice is made from: the payment, and the accounts that might take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from processors.protocols.base import Capabilities
from processors.routing.breakers import Breaker
from processors.routing.costs import Price


class ChargeType(StrEnum):
    """For whom a charge is made."""

    # The account's own, shared afterwards or not at all.
    OWN = "own"
    # A part goes to one seller.
    DESTINATION = "destination"
    # Parts go to several sellers.
    SPLIT = "split"
    # A seller's, made by its platform.
    DIRECT = "direct"


class Standing(StrEnum):
    """Whether a processor account takes new payments."""

    ENABLED = "enabled"
    # What is there is finished; nothing new begins.
    DRAINING = "draining"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment that needs a processor account.

    Args:
        id: The intent's: what is drawn by lot for it is always drawn the same.
        livemode: True if real money moves.
        method: What is paid with, as the wire names it.
        currency: Lower-case ISO code; None if no money moves.
        amount: Minor units.
        account: The merchant's id.
        brand: Of a card, its network.
        country: Of a card, its issuer's, ISO 3166 alpha-2.
        charge_type: For whom it is.
        metadata: The merchant's own words.
        is_off_session: True if the payer is not there.
        is_captured: False if the amount is only authorised first.
        is_verified: True if the method is only verified, to be charged later.
        known_at: The processor accounts that know the instrument; None if any may charge it.
        tried: The processor accounts that have refused this payment already.
    """

    id: str
    livemode: bool
    method: str
    currency: str | None
    amount: int
    account: str
    brand: str = ""
    country: str = ""
    charge_type: ChargeType = ChargeType.OWN
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_off_session: bool = False
    is_captured: bool = True
    is_verified: bool = False
    known_at: frozenset[str] | None = None
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A processor account that might take a payment.

    Args:
        name: The account's.
        livemode: True if real money moves there.
        capabilities: What its rail can do, and the account may.
        standing: Whether it takes new payments.
        prices: What the processor charges there.
        breakers: How it fares, by method; what is not named fares well.
        quiet_until: Until when it is not asked, because it refused our credentials.
        least_amount: Minor units, by currency.
        most_amount: Minor units, by currency.
        charge_types: Those that it takes; None for all.
    """

    name: str
    livemode: bool
    capabilities: Capabilities
    standing: Standing = Standing.ENABLED
    prices: tuple[Price, ...] = ()
    breakers: Mapping[str, Breaker] = field(default_factory=dict)
    quiet_until: datetime | None = None
    least_amount: Mapping[str, int] = field(default_factory=dict)
    most_amount: Mapping[str, int] = field(default_factory=dict)
    charge_types: frozenset[str] | None = None
