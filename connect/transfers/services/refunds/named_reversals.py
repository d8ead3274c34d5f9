"""Reversals that a refund names: of which transfers, and whether sellers have it."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from connect.models import SellerPayment, Transfer
from core.errors import InvalidRequest, missing
from core.money import Money, check_step
from core.tenant import Tenant
from core.types import Fields
from ledger.chart import AVAILABLE
from ledger.posting import exchange, lots
from ledger.queries import account_balance

PROPORTIONAL: Final = "proportional"


# The word, or `{"transfer": "tr_...", "amount": 100}` for each.
Reversals = str | Sequence[Fields]


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
    found = {row.id: row for row in transfers_of(tenant, charge_id)}
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


def transfers_of(tenant: Tenant, charge_id: str) -> QuerySet[Transfer]:
    """Return the transfers with a charge as their source."""
    return Transfer.objects.filter(
        source_transaction=charge_id, account_id=tenant.account_id, livemode=tenant.livemode
    )
