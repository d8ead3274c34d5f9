"""Application fees, and their refunds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connect.models import ApplicationFee, ApplicationFeeRefund
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services.captured_funds import ChargedFunds
from connect.transfers.services.shared_lots import SharedLots
from core import request_context
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import application_id, new_id
from core.money import Money, check_step
from core.tenant import Tenant
from core.updates import merge
from ledger import queries as ledger_queries
from ledger import rules
from ledger.entries import Entry, Line
from ledger.posting import exchange, exchanged_refunds, lots
from ledger.posting.exchange import Amount
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The terms of an application fee.

    Args:
        platform_id: The platform, `acct_...`.
        seller_id: The seller, `acct_...`.
        amount: Minor units.
        charge_id: The payment that bears it, `py_...`, or `ch_...` of a direct charge.
        origin: The platform's charge behind that; None for a direct charge.
        payment: Minor units and currency that the seller pays, if its currency is another one.
    """

    platform_id: str
    seller_id: str
    amount: int
    charge_id: str
    origin: str | None = None
    payment: tuple[int, str] | None = None


def charge_fee(work: UnitOfWork, funds: ChargedFunds, terms: FeeTerms) -> ApplicationFee:
    """Add the application fee of a direct charge to the unit of work (rule 5a)."""
    fee = build(work, funds, terms)
    book(work, fee, funds)
    return fee


def build(work: UnitOfWork, funds: ChargedFunds, terms: FeeTerms) -> ApplicationFee:
    """Build a fee that is not written yet."""
    payment_amount, payment_currency = terms.payment or (None, None)
    return ApplicationFee(
        id=new_id("fee"),
        account_id=terms.platform_id,
        livemode=funds.tenant.livemode,
        seller_id=terms.seller_id,
        amount=terms.amount,
        currency=funds.currency,
        payment_amount=payment_amount,
        payment_currency=payment_currency,
        charge_id=terms.charge_id,
        originating_transaction=terms.origin,
        available_on=funds.available_on,
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )


def book(
    work: UnitOfWork, fee: ApplicationFee, funds: ChargedFunds, rate: Decimal | None = None
) -> None:
    """Add a fee's row, event and entry to the unit of work.

    Args:
        work: The unit of work.
        fee: A fee of `build`.
        funds: The charge's money.
        rate: The rate of the seller's payment, if that was converted.
    """
    work.insert(fee)
    work.emit("application_fee.created", fee.tenant, transfer_resources.application_fee(fee, []))
    parts = funds.bucket(fee.amount)
    if fee.payment_amount and fee.payment_currency:
        work.post(
            Entry(
                rule=rules.EXCHANGED_FEE,
                source=fee.id,
                group=funds.group,
                currency=fee.payment_currency,
                received=fee.currency,
                debit_owner=fee.seller_id,
                credit_owner=fee.account_id,
                debits=funds.bucket(fee.payment_amount),
                credits=parts,
                lines=(line(fee, rate),),
            )
        )
        return
    work.post(
        Entry(
            rule=rules.APPLICATION_FEE,
            source=fee.id,
            group=funds.group,
            currency=fee.currency,
            debit_owner=fee.seller_id,
            credit_owner=fee.account_id,
            debits=parts,
            credits=parts,
            lines=(line(fee),),
        )
    )


def line(fee: ApplicationFee, rate: Decimal | None = None) -> Line:
    """Build the platform's balance transaction of a fee."""
    return Line(
        id=fee.balance_transaction_id,
        owner=fee.account_id,
        type="application_fee",
        amount=fee.amount,
        source=fee.id,
        available_on=fee.available_on or fee.created_at.date(),
        currency=fee.currency,
        exchange_rate=rate,
    )


def seller_share(fee: ApplicationFee, amount: int) -> int:
    """Convert a part of a fee to what the seller gets back in its own currency.

    Args:
        fee: A locked fee.
        amount: Minor units of the fee that are refunded now.
    """
    if fee.payment_amount is None:
        return amount
    return exchange.share_of(
        original=fee.payment_amount,
        of=fee.amount,
        reversed_so_far=fee.amount_refunded,
        now=amount,
        done=fee.payment_amount_refunded,
    )


def fee_details(platform_id: str, amount: int, currency: str) -> dict[str, object]:
    """Render a fee inside the balance transaction of the payment that bears it."""
    return {
        "amount": amount,
        "application": application_id(platform_id),
        "currency": currency,
        "description": "Application fee",
        "type": "application_fee",
    }


def refund(
    *,
    tenant: Tenant,
    fee_id: str,
    amount: int | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> ApplicationFeeRefund:
    """Refund a part or the rest of a fee to the seller.

    Args:
        tenant: The platform.
        fee_id: `fee_...`.
        amount: Minor units; None for all that is left.
        metadata: The platform's metadata.
        at: The moment of the request.

    Raises:
        Missing: If the platform has no such fee.
        InvalidRequest: If more is asked for than is left of it, or less than one minor unit of
            the seller's currency.
    """
    refund_id = request_context.reserved_id("fr")
    if done := recovery.resume(lambda: ApplicationFeeRefund.objects.filter(id=refund_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        fee = _lock_after_source(tenant, fee_id)
        left = fee.amount - fee.amount_refunded
        requested = left if amount is None else amount
        if left == 0 or requested > left:
            raise InvalidRequest(
                f"Refund amount ({Money(requested, fee.currency)}) is greater than unrefunded "
                f"amount on fee ({Money(left, fee.currency)}).",
                code="amount_too_large" if left else "application_fee_already_refunded",
                param="amount" if amount is not None else None,
            )
        check_step(requested, fee.currency, param="amount", left=left)
        if not seller_share(fee, requested):
            raise InvalidRequest(
                f"{Money(requested, fee.currency)} is less than the smallest amount of "
                f"{fee.payment_currency}, which the seller gave.",
                code="amount_too_small",
                param="amount",
            )
        return refund_locked(
            work,
            fee,
            requested,
            rule=rules.APPLICATION_FEE_REFUND,
            shared_lots=SharedLots.of_fee(fee, work),
            refund_id=refund_id,
            metadata=metadata,
        )


def _lock_after_source(tenant: Tenant, fee_id: str) -> ApplicationFee:
    """Lock a fee after its charge, as refunds do."""
    mine = ApplicationFee.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    if found := mine.filter(id=fee_id).first():
        lots.lock_source(found.source)
    return lock(tenant, fee_id)


def lock(tenant: Tenant, fee_id: str, *, param: str = "id") -> ApplicationFee:
    """Return a platform's fee, locked until the transaction ends.

    Raises:
        Missing: If the platform has no such fee.
    """
    rows = ApplicationFee.objects.all()
    return locking.lock(rows, tenant, fee_id, kind="application_fee", param=param)


def refund_locked(
    work: UnitOfWork,
    fee: ApplicationFee,
    amount: int,
    *,
    rule: rules.Rule,
    shared_lots: SharedLots,
    refund_id: str | None = None,
    source_refund_id: str | None = None,
    metadata: dict[str, str] | None = None,
) -> ApplicationFeeRefund:
    """Add a refund of a locked fee to the unit of work.

    Args:
        work: The unit of work.
        fee: A locked fee.
        amount: Minor units, at most what is left of the fee, of which `seller_share` is not zero.
        rule: The rule of the refund, unless the fee was converted.
        shared_lots: The platform's and the seller's lots of the charge.
        refund_id: A reserved id, `fr_...`; None for a new one.
        source_refund_id: The refund of the charge that caused it, `re_...`.
        metadata: The platform's metadata.
    """
    require_transaction()
    fee_refund = ApplicationFeeRefund(
        id=refund_id or new_id("fr"),
        account_id=fee.account_id,
        livemode=fee.livemode,
        fee=fee,
        amount=amount,
        currency=fee.currency,
        source_refund_id=source_refund_id,
        metadata=metadata or {},
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )
    earlier = transfer_queries.latest_fee_refunds([fee])[fee.id]
    if fee.payment_amount is not None:
        fee_refund.payment_amount = seller_share(fee, amount)
    work.insert(fee_refund)
    work.change(
        fee,
        amount_refunded=fee.amount_refunded + amount,
        payment_amount_refunded=fee.payment_amount_refunded + (fee_refund.payment_amount or 0),
    )
    work.emit(
        "application_fee.refunded",
        fee.tenant,
        transfer_resources.application_fee(fee, [fee_refund, *earlier]),
    )
    work.post(
        _entry(fee_refund, fee, rule, shared_lots)
        if fee_refund.payment_amount is None
        else _exchanged_entry(fee_refund, fee, shared_lots)
    )
    return fee_refund


def update_refund(
    *, tenant: Tenant, fee_id: str, refund_id: str, metadata: dict[str, str], at: datetime
) -> ApplicationFeeRefund:
    """Change a fee refund's metadata.

    Raises:
        Missing: If the platform has no such fee or refund.
    """
    with UnitOfWork(tenant, at=at) as work:
        fee_refund = transfer_queries.application_fee_refund(tenant, fee_id, refund_id)
        before = transfer_resources.application_fee_refund(fee_refund)
        work.change(fee_refund, metadata=merge(fee_refund.metadata, metadata))
        after = transfer_resources.application_fee_refund(fee_refund)
        work.emit("application_fee.refund.updated", tenant, after, before=before)
    return fee_refund


def _entry(
    fee_refund: ApplicationFeeRefund,
    fee: ApplicationFee,
    rule: rules.Rule,
    shared_lots: SharedLots,
) -> Entry:
    platform, seller = shared_lots.platform, shared_lots.seller
    today = fee_refund.created_at.date()
    return Entry(
        rule=rule,
        source=fee_refund.id,
        group=shared_lots.group,
        currency=fee.currency,
        debit_owner=fee.account_id,
        credit_owner=fee.seller_id,
        debits=lots.debit_parts(platform, fee_refund.amount),
        credits=lots.credit_parts(seller, fee_refund.amount),
        lines=(
            Line(
                id=fee_refund.balance_transaction_id,
                owner=fee.account_id,
                type="application_fee_refund",
                amount=-fee_refund.amount,
                source=fee_refund.id,
                available_on=platform.available_on or today,
            ),
            Line(
                owner=fee.seller_id,
                type="application_fee_refund",
                amount=fee_refund.amount,
                source=fee_refund.id,
                available_on=seller.available_on or today,
            ),
        ),
    )


def rate(fee: ApplicationFee) -> Decimal:
    """Return the rate at which a fee was converted, for people."""
    first = ledger_queries.balance_transaction(fee.tenant, fee.balance_transaction_id)
    return first.exchange_rate or Decimal(1)


def _exchanged_entry(
    fee_refund: ApplicationFeeRefund, fee: ApplicationFee, shared_lots: SharedLots
) -> Entry:
    """Build the entry of a refund of a converted fee, at the fee's amounts (rule 33)."""
    platform, seller, today = shared_lots.platform, shared_lots.seller, fee_refund.created_at.date()
    return exchanged_refunds.fee_refund(
        refund_id=fee_refund.id,
        group=shared_lots.group,
        taken=Amount(
            fee.account_id,
            fee.currency,
            lots.debit_parts(platform, fee_refund.amount),
            platform.available_on or today,
        ),
        given=Amount(
            fee.seller_id,
            fee.payment_currency or fee.currency,
            lots.credit_parts(seller, fee_refund.sellers_amount),
            seller.available_on or today,
        ),
        rate=rate(fee),
        line=fee_refund.balance_transaction_id,
    )
