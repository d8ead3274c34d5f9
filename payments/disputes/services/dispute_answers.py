"""Answers to disputes: evidence is gathered and sent once, or the dispute is accepted."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from accounts import queries as files
from accounts.audit import trail
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import merge
from operations import locking, polling
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.disputes.services import disputes
from payments.models import Dispute
from payments.states import DisputeStatus
from processors import registry
from processors.protocols.base import AccessRefused, ProcessorUnavailable
from processors.protocols.disputes import (
    AcceptsDisputes,
    AnswersDisputes,
    ChecksEvidence,
    EvidenceRefused,
    Paper,
)

logger = logging.getLogger(__name__)

# Source: the wire's limit on all texts of the evidence together.
MOST_CHARACTERS: Final = 150_000
FILES: Final = frozenset(
    {
        "cancellation_policy", "customer_communication", "customer_signature",
        "duplicate_charge_documentation", "receipt", "refund_policy", "service_documentation",
        "shipping_documentation", "uncategorized_file",
    }
)  # fmt: skip
_OPEN: Final = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WARNING_NEEDS_RESPONSE)
ENDED: Final = (DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.WARNING_CLOSED)


def update(
    *,
    tenant: Tenant,
    dispute_id: str,
    evidence: JsonObject | None = None,
    metadata: dict[str, str] | None = None,
    submit: bool | None = None,
    at: datetime,
) -> Dispute:
    """Add to the evidence of a dispute, and submit it unless it is a draft.

    Whoever asks again for what was sent already, since the answer was lost, is told so.

    Args:
        tenant: The merchant.
        dispute_id: `du_...`.
        evidence: Field → text, or the id of a file; an empty text takes the field out.
        metadata: The merchant's own data.
        submit: False to keep the evidence; None sends it if there is some in the request.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such dispute or file.
        InvalidRequest: If it was answered or has ended, there is too much evidence, or the
            processor does not take it.
    """
    sends = submit is True or (bool(evidence) and submit is not False)
    if sends:
        _check_taken(tenant, dispute_id, evidence or {}, at)
    with UnitOfWork(tenant, at=at) as work:
        row = _lock(tenant, dispute_id)
        after = _merge_evidence(tenant, row.evidence, evidence or {})
        is_sent = sends and after == row.evidence and _is_sent(row)
        if (evidence or sends) and not is_sent:
            _check_open(row, at)
        if sends and not is_sent:
            # Before anything is promised that nobody could send.
            _rail_of(row)
        shown = resources.dispute(row, at=at)
        before, row.evidence = row.evidence, after
        row.metadata = merge(row.metadata, metadata or {})
        if sends and not is_sent:
            row.submitting_since = row.submitting_since or at
        if metadata or not is_sent:
            work.update(row, "evidence", "metadata", "submitting_since")
            now_shown = resources.dispute(row, at=at)
            work.emit("charge.dispute.updated", tenant, now_shown, before=shown)
            trail.record_operator(
                "dispute.submitted" if row.submitting_since else "dispute.drafted",
                row,
                changes={"evidence": (sorted(before), sorted(after))},
            )
    return _send(row, at=at) if row.submitting_since else row


def close(*, tenant: Tenant, dispute_id: str, at: datetime) -> Dispute:
    """Accept a dispute: it is lost.

    Raises:
        Missing: If the merchant has no such dispute.
        InvalidRequest: If it has ended, or is only an inquiry.
    """
    row = queries.dispute(tenant, dispute_id)
    if row.status == DisputeStatus.LOST:
        return row
    if row.status not in (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW):
        raise InvalidRequest(
            f"Dispute {dispute_id} has a status of {row.status} and cannot be closed. An inquiry "
            "ends when you refund the charge, or answer.",
            param="dispute",
        )
    rail = registry.get(row.processor)
    if not isinstance(rail, AcceptsDisputes):
        raise _answered_there(row)
    with atomic():
        # Before it is asked for: whatever becomes of it, somebody decided so.
        trail.record_operator("dispute.accepted", row)
    try:
        report = rail.accept_dispute(row.processor_reference)
    except ProcessorUnavailable:
        # What became of it will be reported.
        return row
    disputes.record(report, processor=row.processor, at=at)
    return queries.dispute(tenant, dispute_id)


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=30)) -> int:
    """Submit evidence again that may not have arrived.

    Returns:
        How many have arrived now.
    """
    waiting = Dispute.objects.filter(submitting_since__lt=at - older_than)
    return polling.each(
        waiting.order_by("submitting_since")[:100],
        lambda row: _send(row, at=at).submitting_since is None,
        failure="%s could not be answered; it stays as it is.",
    )


def _send(row: Dispute, *, at: datetime) -> Dispute:
    """Submit the evidence, and record that it arrived; the rail reports the decision."""
    papers = _papers(row.tenant, row.evidence)
    try:
        _rail_of(row).submit_evidence(row.processor_reference, row.evidence, papers)
    except ProcessorUnavailable:
        return row
    except EvidenceRefused as error:
        _take_back(row, at=at)
        raise _not_taken(error) from error
    with UnitOfWork(at=at) as work:
        row = _lock(row.tenant, row.id)
        if row.submitting_since is None:
            return row
        before = resources.dispute(row, at=at)
        if row.status == DisputeStatus.NEEDS_RESPONSE:
            row.move_to(DisputeStatus.UNDER_REVIEW)
        elif row.status == DisputeStatus.WARNING_NEEDS_RESPONSE:
            row.move_to(DisputeStatus.WARNING_UNDER_REVIEW)
        row.submitting_since = None
        row.submission_count += 1
        work.tenant = row.tenant
        work.update(row, "status", "submitting_since", "submission_count")
        after = resources.dispute(row, at=at)
        work.emit("charge.dispute.updated", row.tenant, after, before=before)
    return row


def _check_taken(tenant: Tenant, dispute_id: str, evidence: JsonObject, at: datetime) -> None:
    """Ask a processor that can say so whether it takes an answer, before any is promised."""
    row = queries.dispute(tenant, dispute_id)
    rail = registry.get(row.processor)
    is_open = row.status in _OPEN and not row.submitting_since
    if not isinstance(rail, ChecksEvidence) or not is_open or (row.due_at and row.due_at <= at):
        return
    after = _merge_evidence(tenant, row.evidence, evidence)
    try:
        rail.check_evidence(row.processor_reference, after, _papers(tenant, after))
    except EvidenceRefused as error:
        raise _not_taken(error) from error
    except AccessRefused as error:
        raise InvalidRequest(
            f"{row.processor} does not let our key answer disputes, so nothing was sent. Give the "
            "account there the right to, or answer there.",
            param="dispute",
        ) from error
    except ProcessorUnavailable:
        # It is asked again when the answer is sent.
        return


def _take_back(row: Dispute, *, at: datetime) -> None:
    """Let a dispute wait for another answer: the processor did not take this one."""
    with UnitOfWork(at=at) as work:
        row = _lock(row.tenant, row.id)
        if row.submitting_since:
            row.submitting_since = None
            work.tenant = row.tenant
            work.update(row, "submitting_since")


def _not_taken(error: EvidenceRefused) -> InvalidRequest:
    return InvalidRequest(str(error), param="evidence")


def _papers(tenant: Tenant, evidence: dict[str, str]) -> dict[str, Callable[[], Paper]]:
    def reading(name: str) -> Callable[[], Paper]:
        def read() -> Paper:
            found = files.file(tenant, evidence[name])
            return Paper(found.id, found.filename or found.id, b"".join(files.content(found)))

        return read

    return {name: reading(name) for name in sorted(FILES & evidence.keys())}


def _rail_of(row: Dispute) -> AnswersDisputes:
    rail = registry.get(row.processor)
    if not isinstance(rail, AnswersDisputes):
        raise _answered_there(row)
    return rail


def _answered_there(row: Dispute) -> InvalidRequest:
    return InvalidRequest(
        f"Disputes at {row.processor} are answered there, not here.", param="dispute"
    )


def find_evidence_files(expired: list[str], others: list[str]) -> set[str]:
    """Return which files are evidence; of expired files, only in open disputes.

    Args:
        expired: Ids of files that have expired.
        others: Ids of the other files.
    """
    kept: set[str] = set()
    for ids, ended in ((expired, ENDED), (others, ())):
        in_evidence = Q()
        for name in FILES:
            in_evidence |= Q(**{f"evidence__{name}__in": ids})
        rows = Dispute.objects.filter(in_evidence).exclude(status__in=ended)
        evidences = rows.values_list("evidence", flat=True) if ids else []
        kept |= set(ids).intersection(text for one in evidences for text in one.values())
    return kept


def _is_sent(row: Dispute) -> bool:
    return bool(row.submitting_since or (row.submission_count and row.status not in _OPEN))


def _check_open(row: Dispute, at: datetime) -> None:
    if row.status not in _OPEN or row.submitting_since:
        raise InvalidRequest(
            f"Dispute {row.id} has a status of {row.status}: its evidence was sent, or it has "
            "ended, and nothing can be added.",
            param="evidence",
        )
    if row.due_at and row.due_at <= at:
        raise InvalidRequest(
            f"Dispute {row.id} could be answered until {row.due_at:%Y-%m-%d %H:%M} UTC.",
            param="evidence",
        )


def _merge_evidence(tenant: Tenant, before: dict[str, str], changes: JsonObject) -> dict[str, str]:
    for name in FILES & changes.keys():
        if changes[name]:
            files.file_for(tenant, changes[name], "dispute_evidence", param=f"evidence[{name}]")
    after = {name: value for name, value in (before | changes).items() if value}
    if sum(len(value) for value in after.values()) > MOST_CHARACTERS:
        raise InvalidRequest(
            f"The texts of the evidence have more than {MOST_CHARACTERS} characters together.",
            param="evidence",
        )
    return after


def _lock(tenant: Tenant, dispute_id: str) -> Dispute:
    return locking.lock(queries.disputes(tenant), tenant, dispute_id, kind="dispute")
