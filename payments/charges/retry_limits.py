"""How often networks let a declined card be tried again, and what came of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from payments.models import Charge
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline

_WINDOW: Final = timedelta(days=30)
# Cards that their bank wants to have taken away: networks let nobody try these again.
_TAKEN: Final = ("lost_card", "stolen_card", "pickup_card")
_LIMITED: Final = frozenset({"visa", "mastercard"})
_BLOCKED_AS: Final = "previously_declined_do_not_retry"
_MESSAGE: Final = "Your card was declined too often to be tried again. Use another payment method."

# Of the card `is_` at the moment `at`, by the account `a`: declines of the same amount, of any
# amount, and of any amount within a day, and of a card that is to be taken away. What was never
# sent to the network does not count. An index holds the declines alone.
COUNTS: Final = f"""(
    SELECT ARRAY[
        count(*) FILTER (WHERE d.amount = is_.amount AND d.currency = is_.currency),
        count(*),
        count(*) FILTER (WHERE d.created_at > is_.at - interval '1 day'),
        count(*) FILTER (WHERE d.failure ->> 'decline_code' IN {_TAKEN})
    ]
    FROM payments_charge d
    WHERE d.account_id = a.id AND d.livemode = is_.livemode AND d.failure IS NOT NULL
        AND d.card ->> 'fingerprint' = is_.fingerprint
        AND d.created_at > is_.at - interval '{_WINDOW.days} days'
        AND d.method_type = 'card' AND d.risk <> 'highest'
        AND d.failure ->> 'is_error' IS DISTINCT FROM 'true' AND d.failure ->> 'blocked_as' IS NULL
)"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Declines:
    """How often an account's card was declined within 30 days.

    Args:
        same_amount: Of them, how many were of the same amount and currency.
        total: All of them.
        last_day: How many within the last 24 hours.
        taken: How many said that the card is lost, stolen or to be taken away.
    """

    same_amount: int = 0
    total: int = 0
    last_day: int = 0
    taken: int = 0

    @classmethod
    def read(cls, counts: Sequence[int] | None) -> "Declines":
        """Return what `COUNTS` counted."""
        return cls(*counts) if counts else cls()


def excess(brand: str, declines: Declines) -> str | None:
    """Return what is over a network's limit, in words for merchants; None if nothing is.

    Visa allows 20 further tries of an amount within 30 days; Mastercard 10 within 24 hours and 35
    within 30 days. Of other networks no number is published.
    """
    if declines.taken and brand in _LIMITED:
        return "its bank has said that the card is lost, stolen or to be taken away"
    if brand == "visa" and declines.same_amount > 20:
        return "Visa allows 20 further tries of an amount within 30 days"
    if brand == "mastercard" and declines.last_day > 10:
        return "Mastercard allows 10 further tries within 24 hours"
    if brand == "mastercard" and declines.total > 35:
        return "Mastercard allows 35 further tries within 30 days"
    return None


def refuse(charge: Charge, declines: Declines) -> Outcome | None:
    """Return the refusal of a charge whose card was declined too often; None if it was not.

    Args:
        charge: The charge; its processor has not been asked.
        declines: Those of the card before it.
    """
    found = excess(str(charge.card.get("brand")), declines)
    if charge.method_type != "card" or found is None:
        return None
    decline = Decline(
        code="card_declined",
        message=_MESSAGE,
        decline_code="generic_decline",
        advice="do_not_try_again" if declines.taken else "try_again_later",
        for_operator=f"The processor was not asked: {found}.",
        blocked_as=_BLOCKED_AS,
    )
    return Outcome(OutcomeStatus.DECLINED, "", 0, charge.currency, decline=decline)


def values(charge: Charge, at: datetime) -> list[object]:
    """Return what is counted for a charge: amount, currency, mode, fingerprint and moment."""
    fingerprint = charge.card.get("fingerprint") if charge.method_type == "card" else None
    return [charge.amount, charge.currency, charge.livemode, fingerprint, at]
