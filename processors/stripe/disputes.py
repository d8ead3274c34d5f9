"""Disputes at Stripe: what is reported of them, and how they are answered."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

import stripe

from processors.protocols.accounts import RailAccount
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport, Paper
from processors.stripe import mapping, reading
from processors.stripe.calls import once
from processors.stripe.client import client

if TYPE_CHECKING:
    from stripe.params import DisputeListParams, DisputeUpdateParams, FileCreateParams
    from stripe.params.radar import EarlyFraudWarningListParams

# Longer than any dispute takes to end.
_REPORTED_FOR: Final = timedelta(days=200)
_MOST: Final = 100
_S = DisputeStage
_STAGES: Final = {
    "warning_needs_response": _S.INQUIRY,
    "warning_under_review": _S.INQUIRY,
    "warning_closed": _S.INQUIRY_CLOSED,
    "prevented": _S.INQUIRY_CLOSED,
    "needs_response": _S.OPEN,
    "under_review": _S.UNDER_REVIEW,
    "appeal_needs_response": _S.UNDER_REVIEW,
    "appeal_under_review": _S.UNDER_REVIEW,
    "won": _S.WON,
    "lost": _S.LOST,
}
_OPEN: Final = frozenset({"needs_response", "warning_needs_response", "appeal_needs_response"})
_ASKS: Final = frozenset({_S.INQUIRY, _S.INQUIRY_CLOSED})


class _Upload(io.BytesIO):
    """A file with a name, as the library sends it."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper.content)
        self.name = paper.name


def reports(account: RailAccount, charge_key: str | None) -> Iterator[DisputeReport | FraudReport]:
    """Read the disputes and the warnings of a charge, or of the last months, oldest first."""
    there = client(account)
    rows: list[stripe.Dispute | stripe.radar.EarlyFraudWarning] = []
    about: dict[str, object] = {"limit": _MOST, "expand": ["data.payment_intent"]}
    if charge_key:
        intent = reading.find_payment(there, charge_key, None)
        if intent is None:
            return
        about["payment_intent"] = intent.id
    else:
        since = datetime.now(UTC) - _REPORTED_FOR
        about["created"] = {"gte": int(since.timestamp())}
    warnings = there.v1.radar.early_fraud_warnings.list(cast("EarlyFraudWarningListParams", about))
    disputes = there.v1.disputes.list(cast("DisputeListParams", about))
    rows += [*warnings.auto_paging_iter(), *disputes.auto_paging_iter()]
    for row in sorted(rows, key=lambda each: each.created):
        if found := report(row):
            yield found


def read(account: RailAccount, row: Mapping[str, object]) -> DisputeReport | FraudReport | None:
    """Ask how a dispute or a warning stands that a notice names; None if it is not ours."""
    there, id = client(account), str(row["id"])
    if row["object"] == "dispute":
        return report(there.v1.disputes.retrieve(id, {"expand": ["payment_intent"]}))
    warning = there.v1.radar.early_fraud_warnings.retrieve(id, {"expand": ["payment_intent"]})
    return report(warning)


def report(
    row: stripe.Dispute | stripe.radar.EarlyFraudWarning,
) -> DisputeReport | FraudReport | None:
    """Map a dispute or a warning, with its payment; None if it is not of a charge of ours."""
    intent = row.payment_intent
    if not isinstance(intent, stripe.PaymentIntent) or not intent.metadata:
        return None
    key = intent.metadata.to_dict().get(mapping.OUR_KEY)
    if not key:
        return None
    if isinstance(row, stripe.Dispute):
        return _dispute(row, key)
    return FraudReport(row.id, key, row.fraud_type)


def submit(
    account: RailAccount,
    reference: str,
    evidence: Mapping[str, str],
    papers: Mapping[str, Callable[[], Paper]],
) -> None:
    """Send the evidence of a dispute, files first."""
    there = client(account)
    sent = dict(evidence)
    for field, read_paper in papers.items():
        paper = read_paper()
        wish = {"purpose": "dispute_evidence", "file": _Upload(paper)}
        made = there.v1.files.create(cast("FileCreateParams", wish), once(paper.id))
        sent[field] = made.id
    answer = {"evidence": sent, "submit": True}
    try:
        there.v1.disputes.update(reference, cast("DisputeUpdateParams", answer))
    except stripe.InvalidRequestError:
        if there.v1.disputes.retrieve(reference).status in _OPEN:
            raise
        # It was answered before, or has ended.


def accept(account: RailAccount, reference: str) -> DisputeReport:
    """Accept a dispute that has not ended, and return how it stands.

    Raises:
        ProcessorUnavailable: If Stripe does not say so that it can be understood.
    """
    there = client(account)
    with suppress(stripe.InvalidRequestError):
        # It may have ended.
        there.v1.disputes.close(reference)
    found = read(account, {"id": reference, "object": "dispute"})
    if not isinstance(found, DisputeReport):
        raise ProcessorUnavailable(f"The dispute {reference} is not understood.")
    return found


def _dispute(row: stripe.Dispute, key: str) -> DisputeReport | None:
    stage = _STAGES.get(row.status)
    moved = [each for each in row.balance_transactions if each.currency == row.currency]
    taken = [each for each in moved if each.amount < 0]
    if stage is None or (stage not in _ASKS and not taken):
        # It is told again once the money has moved.
        return None
    due_by = row.evidence_details.due_by if row.evidence_details else None
    back = sum(each.amount for each in moved if each.amount > 0)
    return DisputeReport(
        reference=row.id,
        charge_key=key,
        stage=stage,
        amount=-sum(each.amount for each in taken) or row.amount,
        currency=row.currency,
        reason=row.reason,
        network_code=row.network_reason_code,
        fee_amount=sum(each.fee for each in taken),
        returned_amount=back if stage in (_S.WON, _S.LOST) else 0,
        due_at=datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )
