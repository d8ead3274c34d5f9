"""How often networks let a declined card be tried again, and what came of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from core.database.bulk_writes import Call
from core.types import SqlValues
from payments.models import Charge, SetupAttempt
from payments.models.setups import NO_CURRENCY
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline

_WINDOW: Final = timedelta(days=30)
# Cards that their bank wants to have taken away: networks let nobody try these again.
_TAKEN: Final = ("lost_card", "stolen_card", "pickup_card")
_LIMITED: Final = frozenset({"visa", "mastercard"})
_BLOCKED_AS: Final = "previously_declined_do_not_retry"
_MESSAGE: Final = "Your card was declined too often to be tried again. Use another payment method."

# Of the card `is_` at the moment `at`, by the account `a`: declines of the same amount, of any
# amount, and of any amount within a day, and of a card that is to be taken away. A verification is
# a try of no amount. What was never sent to the network does not count. Indexes hold the declines
# alone.
COUNTS: Final = f"""(
    SELECT ARRAY[
        count(*) FILTER (WHERE d.amount = is_.amount AND d.currency = is_.currency),
        count(*),
        count(*) FILTER (WHERE d.created_at > is_.at - interval '1 day'),
        count(*) FILTER (WHERE d.code IN {_TAKEN})
    ]
    FROM (
        SELECT c.amount, c.currency, c.created_at, c.failure ->> 'decline_code' AS code
        FROM payments_charge c
        WHERE c.account_id = a.id AND c.livemode = is_.livemode AND c.failure IS NOT NULL
            AND c.card ->> 'fingerprint' = is_.fingerprint
            AND c.created_at > is_.at - interval '{_WINDOW.days} days'
            AND c.method_type = 'card' AND c.risk <> 'highest'
            AND c.failure ->> 'is_error' IS DISTINCT FROM 'true'
            AND c.failure ->> 'blocked_as' IS NULL
        UNION ALL
        SELECT 0, '{NO_CURRENCY}', s.created_at, s.setup_error ->> 'decline_code'
        FROM payments_setupattempt s
        WHERE s.account_id = a.id AND s.livemode = is_.livemode
            AND s.declined_card = is_.fingerprint
            AND s.created_at > is_.at - interval '{_WINDOW.days} days'
    ) d
)"""  # noqa: S608  our own words
_COUNT: Final = f"""
    SELECT {COUNTS}
    FROM (VALUES (%s::bigint, %s::text, %s::boolean, %s::text, %s::timestamptz)) AS is_(
        amount, currency, livemode, fingerprint, at
    ) CROSS JOIN (VALUES (%s::text)) AS a(id)
"""  # noqa: S608


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
    if charge.method_type != "card":
        return None
    return _refuse(str(charge.card.get("brand")), declines, charge.currency)


def reading(attempt: SetupAttempt, *, at: datetime) -> Call:
    """Return what reads, with the statement that begins a verification, how often its card failed.

    Args:
        attempt: The attempt, with its method.
        at: The moment.
    """
    method = attempt.payment_method
    fingerprint = method.fingerprint if method.type == "card" else None
    of = [0, NO_CURRENCY, attempt.livemode, fingerprint, at, attempt.account_id]
    return Call(f"({_COUNT}) AS counted", of)


def refuse_verification(attempt: SetupAttempt, declines: Declines) -> Outcome | None:
    """Return the refusal to verify a card that was declined too often; None if it was not.

    Args:
        attempt: The attempt, with its method; its processor has not been asked.
        declines: Those of the card before it.
    """
    method = attempt.payment_method
    return _refuse(method.brand, declines, NO_CURRENCY) if method.type == "card" else None


def is_last(charge: Charge, outcome: Outcome, *, at: datetime) -> bool:
    """Tell whether a card may not be tried again, at whichever account, after a refusal.

    Args:
        charge: The charge that was refused, which is not recorded yet.
        outcome: The rail's answer.
        at: The moment.
    """
    brand = charge.card.get("brand")
    if charge.method_type != "card" or brand not in _LIMITED or not charge.card.get("fingerprint"):
        return False
    declines = _count(charge.account_id, values(charge, at))
    if is_decline(outcome):
        code = outcome.decline.decline_code if outcome.decline else None
        declines = Declines(
            declines.same_amount + 1,
            declines.total + 1,
            declines.last_day + 1,
            declines.taken + (code in _TAKEN),
        )
    return excess(str(brand), declines) is not None


def is_decline(outcome: Outcome) -> bool:
    """Tell whether a refusal is one of the card's bank, which networks count."""
    is_ours = outcome.decline is not None and outcome.decline.blocked_as is not None
    return outcome.status is OutcomeStatus.DECLINED and outcome.risk != "highest" and not is_ours


def _count(account_id: str, of: SqlValues) -> Declines:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [*of, account_id])
        return Declines.read(cursor.fetchone()[0])


def _refuse(brand: str, declines: Declines, currency: str) -> Outcome | None:
    found = excess(brand, declines)
    if found is None:
        return None
    decline = Decline(
        code="card_declined",
        message=_MESSAGE,
        decline_code="generic_decline",
        advice="do_not_try_again" if declines.taken else "try_again_later",
        for_operator=f"The processor was not asked: {found}.",
        blocked_as=_BLOCKED_AS,
    )
    return Outcome(OutcomeStatus.DECLINED, "", 0, currency, decline=decline)


def values(charge: Charge, at: datetime) -> SqlValues:
    """Return what is counted for a charge: amount, currency, mode, fingerprint and moment."""
    fingerprint = charge.card.get("fingerprint") if charge.method_type == "card" else None
    return [charge.amount, charge.currency, charge.livemode, fingerprint, at]
