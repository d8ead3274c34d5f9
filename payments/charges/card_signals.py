"""What tries of cards tell of those who try them out."""

from decimal import Decimal
from typing import Final

from core.detection import signals
from core.detection.signals import Observation, Signal
from core.money import from_decimal
from core.tenant import Tenant
from processors.protocols.base import Outcome, OutcomeStatus

# Whoever tries cards out takes amounts that their owners do not notice: whole units.
_SMALL: Final = Decimal(2)


def note(tenant: Tenant, outcome: Outcome, *, fingerprint: str, amount: int, currency: str) -> None:
    """Note a try of a card that has a last word.

    Args:
        tenant: Whose.
        outcome: The rail's answer.
        fingerprint: The card's.
        amount: Minor units; 0 if the card was only verified.
        currency: The amount's; empty without one.
    """
    if outcome.status not in (OutcomeStatus.SUCCEEDED, OutcomeStatus.DECLINED):
        return
    _note(Signal.CARD_TRIED, tenant, "")
    if outcome.status is OutcomeStatus.DECLINED:
        _note(Signal.CARD_DECLINED, tenant, fingerprint)
        if not amount or amount <= from_decimal(_SMALL, currency).amount:
            _note(Signal.SMALL_DECLINED, tenant, fingerprint)


def _note(signal: Signal, tenant: Tenant, fingerprint: str) -> None:
    asked_by = signals.source()
    signals.note(
        Observation(
            signal,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            key_id=asked_by.key_id,
            network=asked_by.network,
            member=fingerprint,
        )
    )
