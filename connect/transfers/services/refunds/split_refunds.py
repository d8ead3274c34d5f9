"""Refunds of charges whose sellers were paid by transfers of their own (rule 32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connect.models import Transfer, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services.refunds import failed_refunds, named_reversals
from connect.transfers.services.transfer_lots import TransferLots
from core.database.transactions import require_transaction
from core.money import allocate
from core.tenant import Tenant
from ledger import rules
from ledger.posting import lots
from operations.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SplitRefund:
    """A refund that sellers bear.

    Args:
        tenant: The platform, whose charge it is.
        charge_id: `ch_...`, the source of the transfers.
        refund_id: `re_...`; None if the charge itself came back.
        captured: Of the charge, in minor units.
        refunded_so_far: Sum of the charge's refunds, with this one, that are borne in proportion.
        amounts: Transfer → minor units; None to let each bear its proportion.
    """

    tenant: Tenant
    charge_id: str
    refund_id: str | None
    captured: int
    refunded_so_far: int
    amounts: Mapping[str, int] | None


def reverse(work: UnitOfWork, refund: SplitRefund) -> None:
    """Add the reversal of each seller's part of a refund to the unit of work.

    The refund has happened: a seller who does not have it any more owes it.

    Args:
        work: The unit of work.
        refund: The refund and its sellers' parts.
    """
    require_transaction()
    lots.lock_source(refund.charge_id)
    for transfer in _lock_transfers(refund.tenant, refund.charge_id):
        amount = _share(transfer, refund)
        if not amount:
            continue
        transfer_lots = TransferLots.of(transfer, work)
        # Less than the seller's smallest unit waits for a later refund.
        if transfer_lots.seller_share(amount):
            transfer_lots.reverse(
                work, amount, rule=rules.REFUND_TRANSFER_REVERSAL, source_refund_id=refund.refund_id
            )


def reverse_all(work: UnitOfWork, *, tenant: Tenant, charge_id: str) -> None:
    """Add the reversal of all transfers of a charge to the unit of work.

    Args:
        work: The unit of work.
        tenant: The platform whose charge it was.
        charge_id: `ch_...`, the source of the transfers.
    """
    lots.lock_source(charge_id)
    left = {
        row.id: row.amount - row.amount_reversed
        for row in named_reversals.transfers_of(tenant, charge_id)
    }
    reverse(work, SplitRefund(tenant, charge_id, None, 0, 0, left))


def restore(work: UnitOfWork, *, tenant: Tenant, refund_id: str) -> None:
    """Restore the transfers that a failed refund had reversed."""
    transfers = TransferReversal.objects.filter(source_refund_id=refund_id, restored_at=None)
    for id in sorted(transfers.values_list("transfer_id", flat=True)):
        failed_refunds.restore(
            work, tenant=tenant, transfer_id=id, fee_id=None, refund_id=refund_id
        )


def _share(transfer: Transfer, refund: SplitRefund) -> int:
    left = transfer.amount - transfer.amount_reversed
    if refund.amounts is not None:
        return min(refund.amounts.get(transfer.id, 0), left)
    share = allocate(
        total=transfer.amount,
        part=refund.refunded_so_far,
        whole=refund.captured,
        done=transfer_queries.amount_reversed_by_refunds(transfer),
    )
    return max(0, min(share, left))


def _lock_transfers(tenant: Tenant, charge_id: str) -> Sequence[Transfer]:
    rows = named_reversals.transfers_of(tenant, charge_id).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True))
