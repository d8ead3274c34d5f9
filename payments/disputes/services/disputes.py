"""Disputes: fetched from the rails and recorded."""

import logging
from datetime import datetime

from core.database.locking import lock_one
from core.errors import Missing
from operations.unit_of_work import UnitOfWork
from payments.disputes.services import dispute_reports
from payments.models import Charge
from processors import registry
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.disputes import DisputeReport, FraudReport, ReportsDisputes

logger = logging.getLogger(__name__)


def fetch(*, at: datetime, is_thorough: bool = True) -> int:
    """Fetch the rails' reports of disputes, and record them.

    Args:
        at: The moment.
        is_thorough: False to ask only rails that tell nothing by themselves.

    Returns:
        How many reports were recorded.
    """
    recorded = 0
    for name, rail in registry.rails():
        if not isinstance(rail, ReportsDisputes):
            continue
        if rail.capabilities.tells_disputes and not is_thorough:
            continue
        try:
            reports = rail.reports()
        except ProcessorUnavailable:
            continue
        for report in reports:
            try:
                record(report, processor=name, at=at)
            except Missing:
                # Of another installation with the same account there.
                logger.warning("%s is about no charge of ours.", report.reference)
                continue
            except Exception:
                # One that somebody must look at does not keep the others waiting.
                logger.exception("%s could not be recorded; it stays as it is.", report.reference)
                continue
            rail.acknowledge(report)
            recorded += 1
    return recorded


def fetch_for(charge: Charge, *, at: datetime) -> None:
    """Fetch and record a rail's reports of one charge at once.

    What cannot be heard or recorded now is left to `fetch`.

    Args:
        charge: The charge, settled, outside a transaction.
        at: The moment of the request.
    """
    rail = registry.get(charge.processor)
    if not isinstance(rail, ReportsDisputes):
        return
    try:
        for report in rail.reports(charge_key=charge.id):
            record(report, processor=charge.processor, at=at)
            rail.acknowledge(report)
    except Exception:
        # The payment is made, whatever has become of it since.
        logger.exception("What was said of %s at once is left for later.", charge.id)


def record(report: DisputeReport | FraudReport, *, processor: str, at: datetime) -> None:
    """Record a rail's report of a dispute; safe to call again, late and out of order.

    Args:
        report: The report of one of our charges.
        processor: The rail's name.
        at: The moment of the report.

    Raises:
        Missing: If there is no such charge.
        DisputeDiffers: If another amount was taken than is booked; nothing is recorded.
    """
    with UnitOfWork(at=at) as work:
        rows = Charge.objects.filter(processor=processor)
        charge = lock_one(rows, report.charge_key, kind="charge")
        work.tenant = charge.tenant
        if isinstance(report, FraudReport):
            dispute_reports.warn(work, charge, report, processor)
        else:
            dispute_reports.record(work, charge, report, processor)
