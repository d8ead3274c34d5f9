"""Who gets what of a charge. Pure arithmetic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed before the charge.

    Args:
        destination: The seller, `acct_...`; None if all is the merchant's own, but for the cut of
            the platform that charged on its behalf.
        application_fee_amount: Fee style: the platform's cut, in minor units.
        transfer_amount: Amount style: the seller's part, in minor units.
    """

    destination: str | None = None
    application_fee_amount: int | None = None
    transfer_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is moved when the charge is captured.

    Args:
        transfer_amount: What the seller is given, in minor units.
        application_fee_amount: What the seller gives of it, or of its own charge, as the
            platform's cut.
    """

    transfer_amount: int = 0
    application_fee_amount: int = 0


def plan(*, captured: int, terms: Terms) -> Plan:
    """Divide a captured amount by its terms.

    Of a direct charge, which is the seller's own, the platform gets its fee. In fee style the
    whole charge goes to the seller, who pays the fee from it; in
    amount style only the named part goes. Less may be captured than was agreed on,
    so both are capped at what was.

    Args:
        captured: Minor units.
        terms: Fee and transfer amount exclude each other.
    """
    if terms.destination is None:
        return Plan(application_fee_amount=min(terms.application_fee_amount or 0, captured))
    if terms.transfer_amount is not None:
        return Plan(transfer_amount=min(terms.transfer_amount, captured))
    return Plan(
        transfer_amount=captured,
        application_fee_amount=min(terms.application_fee_amount or 0, captured),
    )
