"""Refunds of charges whose sellers were paid by transfers of their own (rule 32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from connect.models import SellerPayment, Transfer, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services.refunds import failed_refunds
from connect.transfers.services.reversals import TransferLots
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.money import Money, allocate, check_step
from core.tenant import Tenant
from core.types import Fields
from ledger import rules
from ledger.chart import AVAILABLE
from ledger.posting import exchange, lots
from ledger.queries import account_balance
from operations.unit_of_work import UnitOfWork

PROPORTIONAL: Final = "proportional"
# The word, or `{"transfer": "tr_...", "amount": 100}` for each.
Reversals = str | Sequence[Fields]


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


def amounts(reversals: Sequence[Fields] | None) -> dict[str, int]:
    """Map each named transfer to the minor units to reverse of it."""
    return {each["transfer"]: each["amount"] for each in reversals or ()}


def check(
    tenant: Tenant,
    charge_id: str,
    reversals: Reversals,
    *,
    refund_amount: int,
    promised: Mapping[str, int],
) -> None:
    """Refuse reversals of what was never transferred, is not left, or is not the refund's.

    Args:
        tenant: The platform, whose charge it is.
        charge_id: `ch_...`, the source of the transfers.
        reversals: The reversals that the request names.
        refund_amount: Minor units that the payer gets back.
        promised: Transfer → minor units of it that unsettled refunds name.

    Raises:
        InvalidRequest: If the charge has no such transfer, one is named twice, more of it is
            wanted than is left, more of all than is refunded, or more than a seller has.
        Missing: If the platform has no such transfer.
    """
    param = "transfer_reversals"
    found = {row.id: row for row in _transfers(tenant, charge_id)}
    if isinstance(reversals, str):
        if not found:
            raise InvalidRequest(
                "No transfer has this charge as its source_transaction.", param=param
            )
        return
    seen: set[str] = set()
    for number, each in enumerate(reversals):
        id, where = each["transfer"], f"{param}[{number}]"
        transfer = found.get(id)
        if transfer is None:
            raise missing("transfer", id, param=f"{where}[transfer]")
        if id in seen:
            raise InvalidRequest(f"Transfer {id} is named twice.", param=f"{where}[transfer]")
        seen.add(id)
        left = transfer.amount - transfer.amount_reversed - promised.get(id, 0)
        if each["amount"] > left:
            raise InvalidRequest(
                f"Reversal amount ({Money(each['amount'], transfer.currency)}) is greater than "
                f"what is left of the transfer ({Money(max(left, 0), transfer.currency)}).",
                code="amount_too_large",
                param=f"{where}[amount]",
            )
        check_step(each["amount"], transfer.currency, param=f"{where}[amount]", left=left)
    total = sum(each["amount"] for each in reversals)
    if total > refund_amount:
        currency = next(iter(found.values())).currency
        raise InvalidRequest(
            f"The reversals ({Money(total, currency)}) are more than the refund "
            f"({Money(refund_amount, currency)}). Reverse the transfers themselves to take back "
            "more.",
            code="amount_too_large",
            param=param,
        )
    named = [(found[each["transfer"]], each["amount"]) for each in reversals]
    _check_cover(charge_id, named, promised)


def _check_cover(
    charge_id: str, named: Sequence[tuple[Transfer, int]], promised: Mapping[str, int]
) -> None:
    """Refuse named reversals that sellers' balances do not cover, as a plain reversal does.

    Sellers bear in proportion whatever they have; a named amount is the platform's choice. What
    others have named of a seller counts, so that two refunds do not count on the same money.
    """
    lots.lock_source(charge_id)
    for owner in sorted({transfer.destination_id for transfer, _ in named}):
        # Refunds of other charges may count on what is available to the same seller.
        lots.lock_source(owner)
    ids = [*promised, *(transfer.id for transfer, _ in named)]
    payments = {
        row.transfer_id: row
        for row in SellerPayment.objects.filter(transfer_id__in=ids).select_related("transfer")
    }
    claims = [_seller_share(payments[id], amount) for id, amount in promised.items()]
    for number, (transfer, amount) in enumerate(named):
        payment, seller_amount = _seller_share(payments[transfer.id], amount)
        left = _left_for(payment, claims)
        if seller_amount > left:
            raise InvalidRequest(
                f"Seller {payment.account_id} has {Money(max(left, 0), payment.currency)} to give "
                f"back, less than {Money(seller_amount, payment.currency)}; what other refunds "
                "name of it counts. Name less, or use transfer_reversals=proportional, which "
                "sellers may come to owe.",
                code="balance_insufficient",
                param=f"transfer_reversals[{number}][amount]",
            )
        claims.append((payment, seller_amount))


def _seller_share(payment: SellerPayment, amount: int) -> tuple[SellerPayment, int]:
    """Return a payment with a part of its transfer in the payment's own currency."""
    transfer = payment.transfer
    if payment.currency == transfer.currency:
        return payment, amount
    return payment, exchange.share_of(
        original=payment.amount,
        of=transfer.amount,
        reversed_so_far=transfer.amount_reversed,
        now=amount,
        done=payment.amount_refunded,
    )


def _left_for(payment: SellerPayment, claims: Sequence[tuple[SellerPayment, int]]) -> int:
    """Return what a seller has left for a payment's charge, beyond other claims.

    A claim is taken out of the lot of its own charge first, and then of what is available.
    """
    owner, livemode, currency = payment.account_id, payment.livemode, payment.currency
    source = str(payment.transfer.source_transaction)
    by_charge, days = {source: 0}, {source: payment.transfer.available_on}
    for other, amount in claims:
        if (other.account_id, other.currency) == (owner, currency):
            charge = str(other.transfer.source_transaction)
            by_charge[charge] = by_charge.get(charge, 0) + amount
            days[charge] = other.transfer.available_on
    left = account_balance(AVAILABLE, owner, currency, livemode=livemode)
    for charge, amount in by_charge.items():
        lot = lots.find(
            owner=owner, source=charge, day=days[charge], currency=currency, livemode=livemode
        )
        pending = max(lot.remaining, 0) - amount
        # What is pending of other charges is no help; what they lack is taken of the rest.
        is_own = charge == source
        left += pending if is_own else min(pending, 0)
    return left


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
    left = {row.id: row.amount - row.amount_reversed for row in _transfers(tenant, charge_id)}
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


def _transfers(tenant: Tenant, charge_id: str) -> QuerySet[Transfer]:
    return Transfer.objects.filter(
        source_transaction=charge_id, account_id=tenant.account_id, livemode=tenant.livemode
    )


def _lock_transfers(tenant: Tenant, charge_id: str) -> Sequence[Transfer]:
    rows = _transfers(tenant, charge_id).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True))
