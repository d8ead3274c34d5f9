"""Disputes at Adyen, as its notices tell of them.

All events of one dispute have one reference there. How far it has come follows from which of them
were told, in whatever order. Money that is taken again, after it was given back, is a dispute of
its own here, which is lost at once.
"""

import logging
from datetime import datetime
from typing import Final

from processors.adyen import money, told
from processors.adyen.client import DISPUTED_MERCHANT, Refused, client
from processors.models import ToldEvent
from processors.protocols.accounts import RailAccount
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport

logger = logging.getLogger(__name__)

FRAUD: Final = "NOTIFICATION_OF_FRAUD"
_TAKEN: Final = "CHARGEBACK"
_BACK: Final = "CHARGEBACK_REVERSED"
_NOT_DEFENDED: Final = "DISPUTE_DEFENSE_PERIOD_ENDED"
_ANSWERED: Final = "INFORMATION_SUPPLIED"
# The money is taken a second time, which is the last.
_TAKEN_AGAIN: Final = frozenset({"SECOND_CHARGEBACK", "PREARBITRATION_LOST"})
EVENTS: Final = _TAKEN_AGAIN | {
    _TAKEN, _BACK, _NOT_DEFENDED, _ANSWERED, FRAUD, "REQUEST_FOR_INFORMATION",
    "NOTIFICATION_OF_CHARGEBACK", "DISPUTE_OPENED_WITH_CHARGEBACK", "PREARBITRATION_WON",
    "ISSUER_RESPONSE_TIMEFRAME_EXPIRED",
}  # fmt: skip
# Of what a notice says besides, what people read.
SHOWN: Final = (
    "chargebackReasonCode", "rfiReasonCode", "nofReasonCode", "defensePeriodEndsAt",
    "disputeStatus",
)  # fmt: skip

# Source: the networks' lists of reason codes: Visa's conditions, Mastercard's numbers.
_REASONS: Final = {
    "10": "fraudulent", "11": "bank_cannot_process", "12": "general", "12.6": "duplicate",
    "13": "general", "13.1": "product_not_received", "13.2": "subscription_canceled",
    "13.3": "product_unacceptable", "13.6": "credit_not_processed", "13.7": "general",
    "4834": "duplicate", "4837": "fraudulent", "4849": "fraudulent", "4853": "general",
    "4855": "product_not_received", "4860": "credit_not_processed", "4863": "unrecognized",
    "4870": "fraudulent", "4871": "fraudulent",
}  # fmt: skip
_FRAUD_TYPES: Final = {
    "0": "made_with_lost_card", "1": "made_with_stolen_card", "2": "card_never_received",
    "3": "fraudulent_card_application", "4": "made_with_counterfeit_card",
    "6": "unauthorized_use_of_card",
}  # fmt: skip


def report(
    account: RailAccount, kind: str, reference: str, charge_key: str
) -> DisputeReport | FraudReport | None:
    """Return how a dispute stands after an event; None if that says nothing yet.

    Args:
        account: The account there.
        kind: The event's code.
        reference: The dispute's.
        charge_key: Our charge's id.
    """
    rows = ToldEvent.objects.filter(
        processor=account.name, reference=reference, kind__in=EVENTS, is_success=True
    )
    events = {row.kind: row for row in rows}
    if kind == FRAUD:
        word = _FRAUD_TYPES.get(str(events[kind].more.get("nofReasonCode", "")), "misc")
        return FraudReport(reference, charge_key, word)
    if kind in _TAKEN_AGAIN:
        return _report(f"{reference}:2", charge_key, DisputeStage.LOST, events, events[kind])
    about = events.get(_TAKEN) or events.get(_BACK) or events.get(kind)
    return _report(reference, charge_key, _stage(events), events, about) if about else None


def own(reference: str) -> str:
    """Return what Adyen calls a dispute, of which there may be two here."""
    return reference.partition(":")[0]


def accept(account: RailAccount, reference: str) -> DisputeReport:
    """Accept a dispute, and return how it stands: of one that has ended, how it ended.

    Raises:
        ProcessorUnavailable: If no answer came, or nothing was ever told of it.
    """
    own_id = own(reference)
    rows = ToldEvent.objects.filter(processor=account.name, reference=own_id, is_success=True)
    row = rows.filter(kind__in=EVENTS - {FRAUD}).order_by("name").first()
    if row is None:
        raise ProcessorUnavailable(f"Nothing was told of the dispute {reference}.")
    there, wish = client(account), {"disputePspReference": own_id}
    try:
        answer = there.send(
            there.disputes.accept_dispute, wish, key=f"{own_id}.accept", merchant=DISPUTED_MERCHANT
        )
    except Refused as error:
        # It may have ended, or have been answered there.
        answer = {"disputeServiceResult": {"errorMessage": str(error)}}
    result = answer.get("disputeServiceResult") or {}
    if result.get("success") is True:
        item = {"pspReference": own_id, "originalReference": row.payment_reference}
        told.keep(account.name, _NOT_DEFENDED, item, key=row.key)
    else:
        logger.warning("Adyen did not accept %s: %.200s", own_id, result.get("errorMessage"))
    found = report(account, row.kind, own_id, row.key.partition(".")[0])
    assert isinstance(found, DisputeReport)
    return found


def _stage(events: dict[str, ToldEvent]) -> DisputeStage:
    if _BACK in events:
        return DisputeStage.WON
    if _TAKEN not in events:
        # Nothing has been taken: whatever else was told, it is a question until then.
        return DisputeStage.INQUIRY
    if _NOT_DEFENDED in events:
        return DisputeStage.LOST
    return DisputeStage.UNDER_REVIEW if _ANSWERED in events else DisputeStage.OPEN


def _report(
    reference: str,
    charge_key: str,
    stage: DisputeStage,
    events: dict[str, ToldEvent],
    about: ToldEvent,
) -> DisputeReport:
    amount, currency = _amount(about)
    back = _amount(events[_BACK])[0] if stage is DisputeStage.WON else 0
    shown = {name: value for row in events.values() for name, value in row.more.items()}
    code = str(shown.get("chargebackReasonCode") or shown.get("rfiReasonCode") or "")
    return DisputeReport(
        reference=reference,
        charge_key=charge_key,
        stage=stage,
        amount=amount,
        currency=currency,
        reason=_REASONS.get(code) or _REASONS.get(code.partition(".")[0], "general"),
        network_code=code or None,
        returned_amount=min(back, amount),
        due_at=_moment(shown.get("defensePeriodEndsAt")),
    )


def _amount(row: ToldEvent) -> tuple[int, str]:
    return money.from_adyen({"value": abs(row.value), "currency": row.currency})


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
