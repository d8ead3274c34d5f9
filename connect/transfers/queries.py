"""Queries of transfers, application fees and their reversals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from api.access import permissions
from connect.models import (
    ApplicationFee,
    ApplicationFeeRefund,
    ConnectReserveChange,
    SellerPayment,
    Transfer,
    TransferReversal,
)
from core.database.lookups import Bounded, bounded, one
from core.errors import missing
from core.histories import History, Step
from core.money import Money
from core.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Seller:
    """A connected account that a platform may pay.

    Args:
        account_id: `acct_...`.
        can_receive: True if its `transfers` capability is active.
    """

    account_id: str
    can_receive: bool


def seller(tenant: Tenant, account_id: str) -> Seller | None:
    """Return a seller that the platform may pay, in one query; None if it is not connected."""
    with connection.cursor() as cursor:
        cursor.execute(_SELLER, (tenant.livemode, tenant.account_id, account_id, tenant.livemode))
        found = cursor.fetchone()
    return Seller(account_id, found[0]) if found else None


def sellers(tenant: Tenant, account_ids: Iterable[str]) -> dict[str, Seller]:
    """Return those of some sellers that the platform may pay, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SELLERS, (tenant.livemode, tenant.account_id, list(account_ids), tenant.livemode)
        )
        return {id: Seller(id, can_receive) for can_receive, id in cursor.fetchall()}


# In plain SQL, since every split payment asks this and the ORM takes a millisecond to spell it.
_SELLER = f"""
    SELECT EXISTS (
        SELECT FROM connect_capability k
        WHERE k.account_id = c.account_id AND k.livemode = %s AND k.name = 'transfers'
            AND k.status = 'active'
    )
    FROM accounts_connection c
    JOIN accounts_account a ON a.id = c.account_id AND a.closed_at IS NULL
    WHERE c.platform_id = %s AND c.account_id = %s AND c.livemode = %s AND c.ended_at IS NULL
        AND {permissions.allows_in_sql("c.granted", "transfers", "write")}
"""  # noqa: S608  of our own words only


_SELLERS = _SELLER.replace("FROM accounts_connection", ", c.account_id FROM accounts_connection")


_SELLERS = _SELLERS.replace("c.account_id = %s", "c.account_id = ANY(%s)")


def transferred_amount(source: str) -> int:
    """Return the sum of the transfers out of a charge, in minor units."""
    total = Transfer.objects.filter(source_transaction=source).aggregate(total=Sum("amount"))
    return total["total"] or 0


def latest_reversals(transfers: Iterable[Transfer]) -> dict[str, list[TransferReversal]]:
    """Return the reversals of some transfers, newest first, in one query."""
    by_transfer: dict[str, list[TransferReversal]] = {t.id: [] for t in transfers}
    reversed_ids = [t.id for t in transfers if t.amount_reversed]
    if reversed_ids:
        for reversal in TransferReversal.objects.filter(transfer_id__in=reversed_ids).order_by(
            "-id"
        ):
            by_transfer[reversal.transfer_id].append(reversal)
    return by_transfer


def amount_reversed_by_refunds(transfer: Transfer) -> int:
    """Return the sum of a transfer's reversals by refunds, in minor units."""
    total = TransferReversal.objects.filter(
        transfer=transfer, source_refund_id__isnull=False, restored_at=None
    ).aggregate(total=Sum("amount"))
    return total["total"] or 0


def latest_fee_refunds(fees: Iterable[ApplicationFee]) -> dict[str, list[ApplicationFeeRefund]]:
    """Return the refunds of some fees, newest first, in one query."""
    by_fee: dict[str, list[ApplicationFeeRefund]] = {fee.id: [] for fee in fees}
    refunded_ids = [fee.id for fee in fees if fee.amount_refunded]
    if refunded_ids:
        for refund in ApplicationFeeRefund.objects.filter(fee_id__in=refunded_ids).order_by("-id"):
            by_fee[refund.fee_id].append(refund)
    return by_fee


def payments_of(tenant: Tenant) -> QuerySet[SellerPayment]:
    """Return the payments of a seller, with their transfers."""
    return SellerPayment.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("transfer")


def seller_payment(tenant: Tenant, payment_id: str) -> SellerPayment | None:
    """Return a payment of a seller; None if there is none."""
    return payments_of(tenant).filter(id=payment_id).first()


def transfer_reversal(tenant: Tenant, transfer_id: str, reversal_id: str) -> TransferReversal:
    """Return a reversal of a platform's transfer.

    Raises:
        Missing: If there is no such transfer or reversal.
    """
    found = TransferReversal.objects.filter(
        id=reversal_id,
        transfer_id=transfer_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
    ).first()
    if found is None:
        raise missing("transfer_reversal", reversal_id)
    return found


def application_fee_refund(tenant: Tenant, fee_id: str, refund_id: str) -> ApplicationFeeRefund:
    """Return a refund of a platform's fee.

    Raises:
        Missing: If there is no such fee or refund.
    """
    found = ApplicationFeeRefund.objects.filter(
        id=refund_id, fee_id=fee_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if found is None:
        raise missing("fee_refund", refund_id)
    return found


def transfers(tenant: Tenant) -> QuerySet[Transfer]:
    """Return all transfers of a platform."""
    return Transfer.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def transfer(tenant: Tenant, transfer_id: str, *, param: str = "id") -> Transfer:
    """Return a platform's transfer.

    Raises:
        Missing: If there is none.
    """
    return one(transfers(tenant), transfer_id, kind="transfer", param=param)


def reversals(tenant: Tenant) -> QuerySet[TransferReversal]:
    """Return all reversals of a platform's transfers."""
    return TransferReversal.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def payment_refunds(tenant: Tenant) -> QuerySet[TransferReversal]:
    """Return the reversals whose payment refund, `pyr_...`, an account may see."""
    mine = Q(account_id=tenant.account_id) | Q(transfer__destination_id=tenant.account_id)
    return TransferReversal.objects.filter(mine, livemode=tenant.livemode).select_related(
        "transfer"
    )


def payment_refunds_of(tenant: Tenant, *payment_ids: str) -> QuerySet[TransferReversal]:
    """Return the reversals of some seller payments that an account may see."""
    return payment_refunds(tenant).filter(transfer__destination_payment_id__in=payment_ids)


def application_fees(tenant: Tenant) -> QuerySet[ApplicationFee]:
    """Return all application fees of a platform."""
    return ApplicationFee.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def application_fee(tenant: Tenant, fee_id: str, *, param: str = "id") -> ApplicationFee:
    """Return a platform's application fee.

    Raises:
        Missing: If there is none.
    """
    return one(application_fees(tenant), fee_id, kind="application_fee", param=param)


def fee_refunds(tenant: Tenant) -> QuerySet[ApplicationFeeRefund]:
    """Return all refunds of a platform's application fees."""
    return ApplicationFeeRefund.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )


def reserve_changes(tenant: Tenant) -> QuerySet[ConnectReserveChange]:
    """Return the changes of a platform's reserve for its sellers."""
    return ConnectReserveChange.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )


def seller_payments(tenant: Tenant) -> QuerySet[SellerPayment]:
    """Return the seller payments of transfers that an account made or received."""
    mine = Q(account_id=tenant.account_id) | Q(source_transfer_account_id=tenant.account_id)
    return SellerPayment.objects.filter(mine, livemode=tenant.livemode).select_related("transfer")


def latest_seller_payments(tenant: Tenant, *, most: int) -> list[SellerPayment]:
    """Return the newest payments that an account got from a platform, with their transfers."""
    rows = SellerPayment.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return list(rows.select_related("transfer").order_by("-id")[:most])


def history_of_charges(charge_ids: Iterable[str], *, most: int) -> list[History]:
    """Return how some charges were shared out, and what came back, in four queries.

    Args:
        charge_ids: `ch_...`, whoever's.
        most: How many objects of each kind.
    """
    ids = list(charge_ids)
    transfers = bounded(Transfer.objects.filter(source_transaction__in=ids).order_by("-id"), most)
    of_charges = Q(originating_transaction__in=ids) | Q(charge_id__in=ids)
    fees = bounded(ApplicationFee.objects.filter(of_charges).order_by("-id"), most)
    given_back = TransferReversal.objects.filter(transfer__in=[t.id for t in transfers.rows])
    reversals = bounded(given_back.select_related("transfer").order_by("-id"), most)
    returned = ApplicationFeeRefund.objects.filter(fee__in=[fee.id for fee in fees.rows])
    fee_refunds = bounded(returned.select_related("fee").order_by("-id"), most)
    return [
        _history("transfer", transfers, lambda row: row.destination_id),
        _history("reversal", reversals, lambda row: row.transfer.destination_id),
        _history("application_fee", fees, lambda row: row.seller_id),
        _history("fee_refund", fee_refunds, lambda row: row.fee.seller_id),
    ]


_Moved = TypeVar("_Moved", Transfer, TransferReversal, ApplicationFee, ApplicationFeeRefund)


def _history(kind: str, found: Bounded[_Moved], seller: Callable[[_Moved], str]) -> History:
    steps = [
        Step(
            row.created_at,
            kind,
            row.id,
            money=Money(row.amount, row.currency),
            party=seller(row),
        )
        for row in found.rows
    ]
    return History(kind, [row.id for row in found.rows], steps, found.more)
