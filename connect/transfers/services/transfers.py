"""Transfers from platforms to sellers."""

from collections.abc import Iterable
from datetime import datetime

from connect.models import ApplicationFee, Transfer
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.routing import Plan
from connect.transfers.services import (
    application_fees,
    conversions,
    source_transfers,
    transfer_bookings,
    transfer_requests,
)
from connect.transfers.services.application_fees import FeeTerms
from connect.transfers.services.captured_funds import ChargedFunds
from connect.transfers.services.conversions import Quote, Rates
from connect.transfers.services.source_transfers import Move
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.money import allocate
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from ledger import rules
from ledger.chart import AVAILABLE, CONNECT_RESERVE
from ledger.entries import Line, Part
from operations import locking
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    destination: str,
    source_transaction: str | None = None,
    transfer_group: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Transfer:
    """Transfer money to a seller, out of the available balance or out of one charge.

    Args:
        tenant: The platform.
        amount: Minor units.
        currency: Of the amount and of the source.
        destination: The seller, `acct_...`.
        source_transaction: The charge whose money it is, `ch_...`: then it moves even
            while it is pending, and becomes available to the seller when it does.
        transfer_group: The platform's own name of the order.
        description: The platform's description.
        metadata: The platform's metadata.
        at: The moment of the request.

    Raises:
        Missing: If the platform has no such seller or charge.
        AmountTooLarge: If the charge's transfers would exceed the charge.
        InvalidRequest: If there is no such currency, or the amount is finer than it.
        BalanceInsufficient: If the money is not there: of a charge, what its processing cost
            need not be. Nothing was posted.
    """
    transfer, is_done = transfer_requests.begin(
        tenant=tenant,
        amount=amount,
        currency=currency,
        destination=destination,
        source_transaction=source_transaction,
        transfer_group=transfer_group,
        description=description,
        metadata=metadata,
        at=at,
    )
    if is_done:
        return transfer
    with UnitOfWork(tenant, at=at) as work:
        check_destination(tenant, destination, param="destination")
        rates = conversions.rates(tenant, [destination], currency=currency, at=at)
        quote = conversions.quote(rates, destination, amount=amount, currency=currency)
        if quote and not quote.amount:
            raise conversions.too_small_error(amount, currency, quote.currency)
        rule = rules.EXCHANGED_TRANSFER if quote else rules.TRANSFER
        seller_part = Part(AVAILABLE, quote.amount if quote else amount)
        moves, group = [Move(rule, (Part(AVAILABLE, amount),), (seller_part,))], transfer.id
        if source_transaction:
            funds = source_transfers.check(transfer, source_transaction)
            transfer.available_on = funds.available_on
            transfer.transfer_group = transfer_group or f"group_{funds.group}"
            moves, group = source_transfers.moves(transfer, funds, quote), funds.group
        transfer_bookings.book(work, transfer, *moves, group=group, quote=quote)
    return transfer


def update(
    *,
    tenant: Tenant,
    transfer_id: str,
    changes: JsonObject,
    at: datetime,
) -> Transfer:
    """Update a transfer's description and metadata.

    Raises:
        Missing: If the platform has no such transfer.
    """
    with UnitOfWork(tenant, at=at) as work:
        transfer = lock(tenant, transfer_id)
        if changes:
            reversals = transfer_queries.latest_reversals([transfer])[transfer.id]
            before = transfer_resources.transfer(transfer, reversals)
            apply(transfer, changes)
            work.update(transfer, *changes)
            after = transfer_resources.transfer(transfer, reversals)
            work.emit("transfer.updated", tenant, after, before=before)
    return transfer


def lock(tenant: Tenant, transfer_id: str, *, param: str = "id") -> Transfer:
    """Return a platform's transfer, locked until the transaction ends.

    Raises:
        Missing: If the platform has no such transfer.
    """
    rows = Transfer.objects.all()
    return locking.lock(rows, tenant, transfer_id, kind="transfer", param=param)


def check_destination(tenant: Tenant, destination: str, *, param: str) -> None:
    """Refuse a seller that the platform cannot pay.

    Raises:
        Missing: If the account is not connected to the platform in this mode.
        InvalidRequest: If the account may not receive transfers.
    """
    seller = transfer_queries.seller(tenant, destination)
    if seller is None:
        raise missing("destination", destination, param=param)
    check_receives(seller, param=param)


def check_receives(seller: transfer_queries.Seller, *, param: str) -> None:
    """Refuse a seller that may not receive transfers.

    Raises:
        InvalidRequest: If its `transfers` capability is not active.
    """
    if not seller.can_receive:
        raise InvalidRequest(
            "Your destination account needs to have the `transfers` capability enabled. "
            "Request it with an update of the account.",
            code="insufficient_capabilities_for_transfer",
            param=param,
        )


def for_charge(
    work: UnitOfWork,
    funds: ChargedFunds,
    *,
    destination: str,
    plan: Plan,
    rates: Rates | None = None,
) -> tuple[Transfer, ApplicationFee | None]:
    """Add the transfer and the application fee of a captured charge to the unit of work.

    Args:
        work: The unit of work.
        funds: The charge's money.
        destination: The seller, `acct_...`.
        plan: The amounts, of `connect.transfers.routing.plan`.
        rates: Conversion rates; None to look them up.
    """
    require_transaction()
    transfer = Transfer(
        id=new_id("tr"),
        account_id=funds.tenant.account_id,
        livemode=funds.tenant.livemode,
        amount=plan.transfer_amount,
        currency=funds.currency,
        destination_id=destination,
        destination_payment_id=new_id("py"),
        source_transaction=funds.charge_id,
        available_on=funds.available_on,
        transfer_group=funds.transfer_group or f"group_{funds.group}",
        metadata={},
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )
    quote = _find_quote(work, funds, transfer, rates)
    fee = _build_fee(work, funds, transfer, plan, quote)
    if fee and quote and not fee.payment_amount:
        # Too little to be given in the seller's currency.
        quote = fee.payment_amount = fee.payment_currency = None
    rule = rules.DESTINATION_CHARGE if fee else rules.DESTINATION_TRANSFER
    parts = funds.bucket(plan.transfer_amount)
    move = Move(rule, parts, parts)
    if quote:
        move = Move(rules.EXCHANGED_SHARE, parts, funds.bucket(quote.amount))
    transfer_bookings.book(work, transfer, move, group=funds.group, fee=fee, quote=quote)
    if fee:
        application_fees.book(work, fee, funds, quote.rate if quote else None)
    return transfer, fee


def cover(
    work: UnitOfWork, *, tenant: Tenant, seller_id: str, amount: int, currency: str, freed: Line
) -> Transfer:
    """Add the transfer that covers a seller's negative balance to the unit of work (rule 47).

    Args:
        work: The unit of work.
        tenant: The platform.
        seller_id: The seller, `acct_...`.
        amount: Minor units.
        currency: Of the amount.
        freed: The platform's balance transaction of the part that comes from its reserve.
    """
    require_transaction()
    transfer = Transfer(
        id=new_id("tr"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        amount=amount,
        currency=currency,
        destination_id=seller_id,
        destination_payment_id=new_id("py"),
        description="Cover of a negative balance",
        metadata={},
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )
    debits = (Part(CONNECT_RESERVE, freed.amount), Part(AVAILABLE, amount - freed.amount))
    move = Move(
        rules.NEGATIVE_BALANCE_COVERED,
        [part for part in debits if part.amount],
        (Part(AVAILABLE, amount),),
    )
    transfer_bookings.book(
        work, transfer, move, group=transfer.id, others=[freed] if freed.amount else ()
    )
    return transfer


def find_rates(work: UnitOfWork, funds: ChargedFunds, seller_ids: Iterable[str]) -> Rates:
    """Return the conversion rates of a charge for some sellers."""
    if not funds.may_exchange:
        return {}
    return conversions.rates(funds.tenant, seller_ids, currency=funds.currency, at=work.at)


def _find_quote(
    work: UnitOfWork, funds: ChargedFunds, transfer: Transfer, rates: Rates | None
) -> Quote | None:
    """Return the seller's converted amount of a charge; None if it is zero or not converted."""
    seller = transfer.destination_id
    known = find_rates(work, funds, [seller]) if rates is None else rates
    quote = conversions.quote(known, seller, amount=transfer.amount, currency=funds.currency)
    return quote if quote and quote.amount else None


def _build_fee(
    work: UnitOfWork,
    funds: ChargedFunds,
    transfer: Transfer,
    plan: Plan,
    quote: Quote | None,
) -> ApplicationFee | None:
    if not plan.application_fee_amount:
        return None
    payment = None
    if quote:
        # Of what the seller gets, the same proportion as of what was charged.
        seller_amount = allocate(
            total=quote.amount, part=plan.application_fee_amount, whole=transfer.amount, done=0
        )
        payment = seller_amount, quote.currency
    terms = FeeTerms(
        platform_id=funds.tenant.account_id,
        seller_id=transfer.destination_id,
        amount=plan.application_fee_amount,
        charge_id=transfer.destination_payment_id,
        origin=funds.charge_id,
        payment=payment,
    )
    fee = application_fees.build(work, funds, terms)
    transfer.application_fee_id = fee.id
    return fee
