"""Who bears a refund of a charge that was shared by transfers of its own (rule 32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connect.models import SellerPayment, Transfer, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services import failed_refunds
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


def amounts(said: Any) -> dict[str, int]:
    """Return transfer → minor units of a list of reversals."""
    return {each["transfer"]: each["amount"] for each in said}


def check(
    tenant: Tenant,
    charge_id: str,
    said: Reversals,
    *,
    refund_amount: int,
    promised: Mapping[str, int],
) -> None:
    """Refuse reversals of what was never transferred, is not left, or is not the refund's.

    Args:
        tenant: The platform, whose charge it is.
        charge_id: `ch_...`, the source of the transfers.
        said: Who bears what.
        refund_amount: Minor units that the payer gets back.
        promised: Transfer → minor units of it that refunds name which are not settled yet.

    Raises:
        InvalidRequest: If the charge has no such transfer, one is named twice, more of it is
            wanted than is left, more of all than is refunded, or more than a seller has.
        Missing: If the platform has no such transfer.
    """
    param = "transfer_reversals"
    found = {row.id: row for row in _transfers(tenant, charge_id)}
    if isinstance(said, str):
        if not found:
            raise InvalidRequest(
                "No transfer has this charge as its source_transaction.", param=param
            )
        return
    seen: set[str] = set()
    for number, each in enumerate(said):
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
    wanted = sum(each["amount"] for each in said)
    if wanted > refund_amount:
        currency = next(iter(found.values())).currency
        raise InvalidRequest(
            f"The reversals ({Money(wanted, currency)}) are more than the refund "
            f"({Money(refund_amount, currency)}). Reverse the transfers themselves to take back "
            "more.",
            code="amount_too_large",
            param=param,
        )
    named = [(found[each["transfer"]], each["amount"]) for each in said]
    _check_cover(charge_id, named, promised)


def _check_cover(
    charge_id: str, named: Sequence[tuple[Transfer, int]], promised: Mapping[str, int]
) -> None:
    """Refuse, as a plain reversal does, what a seller does not have.

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
    wanted = [_own(payments[id], amount) for id, amount in promised.items()]
    for number, (transfer, amount) in enumerate(named):
        payment, own = _own(payments[transfer.id], amount)
        has = _left_for(payment, wanted)
        if own > has:
            raise InvalidRequest(
                f"Seller {payment.account_id} has {Money(max(has, 0), payment.currency)} to give "
                f"back, less than {Money(own, payment.currency)}; what other refunds name of it "
                "counts. Name "
                "less, or use transfer_reversals=proportional, which sellers may come to owe.",
                code="balance_insufficient",
                param=f"transfer_reversals[{number}][amount]",
            )
        wanted.append((payment, own))


def _own(payment: SellerPayment, amount: int) -> tuple[SellerPayment, int]:
    """Return a payment with how much of its own currency a part of its transfer is."""
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


def _left_for(payment: SellerPayment, wanted: Sequence[tuple[SellerPayment, int]]) -> int:
    """Return what a seller has for a payment's charge beyond what is wanted of it otherwise.

    What is wanted is taken out of the lot of its own charge first, and then of what is available.
    """
    owner, livemode, currency = payment.account_id, payment.livemode, payment.currency
    source = str(payment.transfer.source_transaction)
    by_charge, days = {source: 0}, {source: payment.transfer.available_on}
    for other, amount in wanted:
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


def spread(work: UnitOfWork, asked: SplitRefund) -> None:
    """Reverse each seller's part of a refund.

    The refund has happened: a seller who does not have it any more owes it.

    Args:
        work: Where rows, entries and events are gathered.
        asked: Who bears what.
    """
    require_transaction()
    lots.lock_source(asked.charge_id)
    for transfer in _locked(asked.tenant, asked.charge_id):
        amount = _share(transfer, asked)
        if not amount:
            continue
        taking = TransferLots.of(transfer, work)
        # Less than the seller's smallest unit waits for a later refund.
        if taking.own_share(amount):
            taking.reverse(
                work, amount, rule=rules.REFUND_TRANSFER_REVERSAL, source_refund_id=asked.refund_id
            )


def take_back(work: UnitOfWork, *, tenant: Tenant, charge_id: str) -> None:
    """Reverse all that sellers were given of a charge.

    Args:
        work: Where rows, entries and events are gathered.
        tenant: The platform, whose charge it was.
        charge_id: `ch_...`, the source of the transfers.
    """
    lots.lock_source(charge_id)
    left = {row.id: row.amount - row.amount_reversed for row in _transfers(tenant, charge_id)}
    spread(work, SplitRefund(tenant, charge_id, None, 0, 0, left))


def restore(work: UnitOfWork, *, tenant: Tenant, refund_id: str) -> None:
    """Restore what sellers gave for a refund that failed."""
    transfers = TransferReversal.objects.filter(source_refund_id=refund_id, restored_at=None)
    for id in sorted(transfers.values_list("transfer_id", flat=True)):
        failed_refunds.restore(
            work, tenant=tenant, transfer_id=id, fee_id=None, refund_id=refund_id
        )


def _share(transfer: Transfer, asked: SplitRefund) -> int:
    left = transfer.amount - transfer.amount_reversed
    if asked.amounts is not None:
        return min(asked.amounts.get(transfer.id, 0), left)
    wanted = allocate(
        total=transfer.amount,
        part=asked.refunded_so_far,
        whole=asked.captured,
        done=transfer_queries.reversed_by_refunds(transfer),
    )
    return max(0, min(wanted, left))


def _transfers(tenant: Tenant, charge_id: str) -> Any:
    return Transfer.objects.filter(
        source_transaction=charge_id, account_id=tenant.account_id, livemode=tenant.livemode
    )


def _locked(tenant: Tenant, charge_id: str) -> Sequence[Transfer]:
    rows = _transfers(tenant, charge_id).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True))
