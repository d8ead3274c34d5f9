"""Payers of the simulated world who dispute what they paid, in the books of its accounts."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from core.database.transactions import forbid_transaction
from core.types import JsonObject
from processors.protocols.accounts import RailAccount
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport, Paper
from processors.simulator.cards import BY_NAME

WINNING: Final = "winning_evidence"
LOSING: Final = "losing_evidence"
TO_ANSWER: Final = timedelta(days=20)
LATE: Final = timedelta(minutes=1)
_FEE: Final = 15_00


@dataclass(frozen=True, slots=True)
class Complaint:
    """The complaint of a card's payer after the payment.

    Args:
        stage: How the dispute begins; None for a warning of fraud alone.
        reason: As the wire names it.
        network_code: Visa's code of the reason.
        percent: How much is disputed of what was captured.
        is_late: True if the bank says so a minute later.
    """

    stage: DisputeStage | None
    reason: str
    network_code: str | None = None
    percent: int = 100
    is_late: bool = False


# Source: Stripe's page of test cards, by token.
COMPLAINTS: Final = {
    "createDispute": Complaint(DisputeStage.OPEN, "fraudulent", "10.4"),
    "createDisputeProductNotReceived": Complaint(DisputeStage.OPEN, "product_not_received", "13.1"),
    "createDisputeInquiry": Complaint(DisputeStage.INQUIRY, "fraudulent", "10.4"),
    "createIssuerFraudRecord": Complaint(None, "unauthorized_use_of_card"),
    # Rialto's own.
    "rialto_disputePartial": Complaint(
        DisputeStage.OPEN, "product_unacceptable", "13.3", percent=40
    ),
    "rialto_disputeLarger": Complaint(DisputeStage.OPEN, "fraudulent", "10.4", percent=110),
    "rialto_disputeLate": Complaint(DisputeStage.OPEN, "fraudulent", "10.4", is_late=True),
}

_INSERT: Final = """
    INSERT INTO processors_simulatedrequest
        (account, key, action, charge_key, amount, currency, outcome, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s) ON CONFLICT (account, key) DO NOTHING
"""
# A complaint that was read and not acknowledged is read again.
_UNACKNOWLEDGED: Final = """
    SELECT key, action, charge_key, amount, currency, outcome FROM processors_simulatedrequest
    WHERE account = %(account)s AND action IN ('dispute', 'warning') AND created_at <= now()
        AND outcome->>'acknowledged' IS DISTINCT FROM coalesce(outcome->>'stage', '-')
        AND (%(charge)s::text IS NULL OR charge_key = %(charge)s)
    ORDER BY created_at, key LIMIT 100
"""
# A bank takes no more than is left when it takes it; a card that is for that takes more.
_OPENS: Final = """
    d.account = %(account)s AND d.action = 'dispute' AND d.outcome->>'stage' = 'open'
        AND d.outcome->>'limit' IS NOT NULL AND d.created_at <= now()
        AND (%(charge)s::text IS NULL OR d.charge_key = %(charge)s)
"""
_LEFT: Final = """
    (d.outcome->>'limit')::bigint - coalesce((
        SELECT sum(r.amount) FROM processors_simulatedrequest r
        WHERE r.account = d.account AND r.action = 'refund' AND r.charge_key = d.charge_key
            AND r.outcome->>'status' IN ('succeeded', 'pending', 'action_required')), 0)
"""
_NOTHING_LEFT: Final = f"DELETE FROM processors_simulatedrequest d WHERE {_OPENS} AND {_LEFT} <= 0"  # noqa: S608
_TAKE: Final = f"""
    UPDATE processors_simulatedrequest d
    SET amount = least(d.amount, {_LEFT}), outcome = d.outcome - 'limit' WHERE {_OPENS}
"""  # noqa: S608  our own words
# Nobody answered in time.
_TOO_LATE: Final = """
    UPDATE processors_simulatedrequest
    SET outcome = outcome || jsonb_build_object(
        'stage', CASE outcome->>'stage' WHEN 'open' THEN 'lost' ELSE 'inquiry_closed' END)
    WHERE account = %(account)s AND action = 'dispute' AND outcome->>'stage' IN ('open', 'inquiry')
        AND (outcome->>'due_at')::timestamptz < now()
        AND (%(charge)s::text IS NULL OR charge_key = %(charge)s)
"""
_READ: Final = (
    "SELECT key, action, charge_key, amount, currency, outcome FROM processors_simulatedrequest "
    "WHERE account = %s AND key = %s AND action = 'dispute'"
)


def is_disputed(instrument: str) -> bool:
    """Return whether the payer of such a payment does anything about it."""
    return instrument in BY_NAME and BY_NAME[instrument].name in COMPLAINTS


def complain(account: str, instrument: str, charge_key: str, amount: int, currency: str) -> bool:
    """Open the dispute or warning that the card of a captured charge is for.

    Args:
        account: The name of the account that has the charge.
        instrument: The card.
        charge_key: The charge's key.
        amount: What was captured.
        currency: Its currency.

    Returns:
        Whether there is something to report at once.
    """
    card = BY_NAME.get(instrument)
    complaint = COMPLAINTS.get(card.name) if card else None
    if complaint is None or not amount:
        return False
    _write(account, complaint, charge_key, amount, currency)
    return not complaint.is_late


def complain_of_parcel(account: str, charge_key: str, amount: int, currency: str) -> None:
    """Open the dispute of a payer who paid at a wallet, and says that nothing has come."""
    complaint = COMPLAINTS["createDisputeProductNotReceived"]
    _write(account, complaint, charge_key, amount, currency)


def _write(account: str, complaint: Complaint, charge_key: str, amount: int, currency: str) -> None:
    now = timezone.now() + (LATE if complaint.is_late else timedelta())
    outcome: JsonObject = {"reason": complaint.reason, "network_code": complaint.network_code}
    if complaint.stage:
        outcome |= {"stage": complaint.stage, "due_at": (now + TO_ANSWER).isoformat()}
        if complaint.percent <= 100:
            outcome["limit"] = amount
        amount = max(1, amount * complaint.percent // 100)
    action = "dispute" if complaint.stage else "warning"
    key = f"simdp_{charge_key.partition('_')[2]}"
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [account, key, action, charge_key, amount, currency, json.dumps(outcome), now],
        )


def close_refunded(account: str, charge_key: str) -> None:
    """Close the inquiry of a payer who has been refunded."""
    reference = f"simdp_{charge_key.partition('_')[2]}"
    _move(account, reference, DisputeStage.INQUIRY_CLOSED, "inquiry")


class Disputes:
    """The part of the simulator that payers complain to."""

    account: RailAccount

    def reports(self, *, charge_key: str | None = None) -> Sequence[DisputeReport | FraudReport]:
        """Return what happened and has not been acknowledged."""
        forbid_transaction()
        with connection.cursor() as cursor:
            for statement in (_NOTHING_LEFT, _TAKE, _TOO_LATE, _UNACKNOWLEDGED):
                cursor.execute(statement, {"account": self.account.name, "charge": charge_key})
            return [_report(*row) for row in cursor.fetchall()]

    def acknowledge(self, report: DisputeReport | FraudReport) -> None:
        """Note that a report was recorded."""
        stage = report.stage if isinstance(report, DisputeReport) else "-"
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE processors_simulatedrequest SET outcome = outcome "
                "|| jsonb_build_object('acknowledged', %s::text) WHERE account = %s AND key = %s",
                [stage, self.account.name, report.reference],
            )

    def submit_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Decide by the words of the evidence; without them the bank goes on looking."""
        forbid_transaction()
        words = " ".join(evidence.values())
        if WINNING in words:
            self._move(reference, DisputeStage.WON, "open", "under_review")
            self._move(reference, DisputeStage.INQUIRY_CLOSED, "inquiry")
        elif LOSING in words:
            self._move(reference, DisputeStage.LOST, "open", "under_review")
            self._move(reference, DisputeStage.OPEN, "inquiry")
        else:
            self._move(reference, DisputeStage.UNDER_REVIEW, "open")

    def accept_dispute(self, reference: str) -> DisputeReport:
        """Accept a dispute."""
        forbid_transaction()
        self._move(reference, DisputeStage.LOST, "open", "under_review")
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.account.name, reference])
            found = _report(*cursor.fetchone())
        assert isinstance(found, DisputeReport)
        return found

    def _move(self, reference: str, stage: DisputeStage, *before: str) -> None:
        _move(self.account.name, reference, stage, *before)


def _move(account: str, reference: str, stage: DisputeStage, *before: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE processors_simulatedrequest "
            "SET outcome = outcome || jsonb_build_object('stage', %s::text) "
            "WHERE account = %s AND key = %s AND action = 'dispute' "
            "AND outcome->>'stage' = ANY(%s)",
            [stage, account, reference, list(before)],
        )


def _report(
    key: str, action: str, charge_key: str, amount: int, currency: str, outcome: str | JsonObject
) -> DisputeReport | FraudReport:
    fields = json.loads(outcome) if isinstance(outcome, str) else outcome
    if action == "warning":
        return FraudReport(key, charge_key, fields["reason"])
    stage = DisputeStage(fields["stage"])
    return DisputeReport(
        reference=key,
        charge_key=charge_key,
        stage=stage,
        amount=amount,
        currency=currency,
        reason=fields["reason"],
        network_code=fields["network_code"],
        fee_amount=0 if stage in (DisputeStage.INQUIRY, DisputeStage.INQUIRY_CLOSED) else _FEE,
        returned_amount=amount if stage is DisputeStage.WON else 0,
        due_at=datetime.fromisoformat(fields["due_at"]),
    )
