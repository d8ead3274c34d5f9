"""What a rail can do, as data."""

from dataclasses import dataclass
from enum import StrEnum


class PayerChecks(StrEnum):
    """Who asks the payer's bank, by 3-D Secure."""

    BY_US = "by_us"
    BY_RAIL = "by_rail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a rail can do. Whoever chooses a rail asks here, and never for its name.

    Args:
        methods: Types of payment methods, as the wire names them.
        currencies: Lower-case ISO codes; None for all.
        captures_later: True if it can authorise first.
        verifies: True if it can say whether a method can be charged later.
        key_seconds: How long it remembers our keys at least; None for ever. A request older
            than that is asked after and not sent again.
        pays_instantly: True if a payout can be there within minutes.
        pays_from_bank: True if payouts leave our own account at a bank, not what the rail owes us.
        asks_payers: True if the processor may want the payer to do something there; what needs
            that is declined otherwise.
        tells_disputes: True if notices tell of disputes, so that it is asked seldom.
        answers_later: True if it only takes captures, voids and refunds on, and tells by a notice
            what became of them.
        dates_notices: True if a notice's signature says when it was signed.
        takes_tokens: True if it charges what the processor's own browser library makes of a card.
        captures_parts: True if less than was authorised can be captured.
        captures_often: True if what was authorised can be captured in several parts.
        raises_authorisations: True if an authorised amount can be raised.
        installments: True if it tells a card's bank by which plan the payer pays.
        refunds: True if it gives money back.
        checks_payers: Who asks the payer's bank by 3-D Secure.
        has_disputes: True if it says which payments are disputed, and takes the answer.
        tells_settlements: True if it says which payments a payout to us holds, and its fees.
    """

    methods: frozenset[str]
    currencies: frozenset[str] | None = None
    captures_later: bool = True
    verifies: bool = True
    key_seconds: int | None = None
    pays_instantly: bool = False
    pays_from_bank: bool = False
    asks_payers: bool = False
    tells_disputes: bool = False
    answers_later: bool = False
    dates_notices: bool = True
    takes_tokens: bool = False
    captures_parts: bool = True
    captures_often: bool = False
    raises_authorisations: bool = False
    installments: bool = False
    refunds: bool = True
    checks_payers: PayerChecks = PayerChecks.BY_RAIL
    has_disputes: bool = False
    tells_settlements: bool = False
