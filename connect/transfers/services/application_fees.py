"""Returning the platform's cut."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connect.models import ApplicationFee, ApplicationFeeRefund
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services.captured_funds import ChargedFunds
from connect.transfers.services.shared_lots import SharedLots
from core import request_context
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.ids import application_id, new_id
from core.money import Money, check_step
from core.tenant import Tenant
from core.updates import merged
from ledger import queries as ledger_queries
from ledger import rules
from ledger.entries import Entry, Line
from ledger.posting import exchange, lots
from ledger.posting.exchange import Amount
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What a platform takes of a payment.

    Args:
        platform_id: Who takes it.
        seller_id: Who gives it.
        amount: Minor units.
        charge_id: The seller's payment that bears it, `py_...` or, if it is its own, `ch_...`.
        origin: The platform's charge behind that; None for a direct charge.
        payment: What the seller gives of its payment, minor units and currency, if that is of
            another currency.
    """

    platform_id: str
    seller_id: str
    amount: int
    charge_id: str
    origin: str | None = None
    payment: tuple[int, str] | None = None


def charge_fee(work: UnitOfWork, funds: ChargedFunds, cut: FeeTerms) -> ApplicationFee:
    """Add a platform's cut of a seller's own charge to what is written (rule 5a)."""
    fee = build(work, funds, cut)
    book(work, fee, funds)
    return fee


def build(work: UnitOfWork, funds: ChargedFunds, cut: FeeTerms) -> ApplicationFee:
    """Make the fee, not written yet."""
    payment_amount, payment_currency = cut.payment or (None, None)
    return ApplicationFee(
        id=new_id("fee"),
        account_id=cut.platform_id,
        livemode=funds.tenant.livemode,
        seller_id=cut.seller_id,
        amount=cut.amount,
        currency=funds.currency,
        payment_amount=payment_amount,
        payment_currency=payment_currency,
        charge_id=cut.charge_id,
        originating_transaction=cut.origin,
        available_on=funds.available_on,
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )


def book(
    work: UnitOfWork, fee: ApplicationFee, funds: ChargedFunds, rate: Decimal | None = None
) -> None:
    """Add a fee to what is written: its row, its event and its entry.

    Args:
        work: Where rows, entries and events are gathered.
        fee: From `build`.
        funds: The charge's money.
        rate: At which the seller got its payment, if that is of another currency.
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
    """Return what the platform is shown of its fee, with the rate if it was exchanged."""
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


def own_share(fee: ApplicationFee, amount: int) -> int:
    """Return how much of its own currency the seller has back for a part of a fee.

    Args:
        fee: Locked.
        amount: Minor units of the fee that are returned now.
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


def details(platform_id: str, amount: int, currency: str) -> dict[str, object]:
    """Return how a fee is told in the line of the payment that bears it."""
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
    """Return a part or the rest of a fee to the seller.

    Args:
        tenant: The platform.
        fee_id: `fee_...`.
        amount: Minor units; None for all that is left.
        metadata: The platform's own words.
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
        fee = _locked_after_source(tenant, fee_id)
        left = fee.amount - fee.amount_refunded
        wanted = left if amount is None else amount
        if left == 0 or wanted > left:
            raise InvalidRequest(
                f"Refund amount ({Money(wanted, fee.currency)}) is greater than unrefunded "
                f"amount on fee ({Money(left, fee.currency)}).",
                code="amount_too_large" if left else "application_fee_already_refunded",
                param="amount" if amount is not None else None,
            )
        check_step(wanted, fee.currency, param="amount", left=left)
        if not own_share(fee, wanted):
            raise InvalidRequest(
                f"{Money(wanted, fee.currency)} is less than the smallest amount of "
                f"{fee.payment_currency}, which the seller gave.",
                code="amount_too_small",
                param="amount",
            )
        return give_back(
            work,
            fee,
            wanted,
            rule=rules.APPLICATION_FEE_REFUND,
            sides=SharedLots.of_fee(fee, work),
            refund_id=refund_id,
            metadata=metadata,
        )


def _locked_after_source(tenant: Tenant, fee_id: str) -> ApplicationFee:
    """Lock the charge that a fee is a cut of, and then the fee: in the order of refunds."""
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


def give_back(
    work: UnitOfWork,
    fee: ApplicationFee,
    amount: int,
    *,
    rule: rules.Rule,
    sides: SharedLots,
    refund_id: str | None = None,
    source_refund_id: str | None = None,
    metadata: dict[str, str] | None = None,
) -> ApplicationFeeRefund:
    """Add a refund of a locked fee to what is written: platform to seller.

    Args:
        work: Where rows, entries and events are gathered.
        fee: Locked.
        amount: Minor units, at most what is left of the fee, for which the seller has something
            back (see `own_share`).
        rule: Which of the rules that return a fee, if that was not exchanged.
        sides: The platform's and the seller's lots of the charge.
        refund_id: `fr_...`; None for a fresh one.
        source_refund_id: The refund of the charge that asked for it.
        metadata: The platform's own words.
    """
    require_transaction()
    made = ApplicationFeeRefund(
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
        made.payment_amount = own_share(fee, amount)
        fee.payment_amount_refunded += made.payment_amount
    fee.amount_refunded += amount
    work.insert(made)
    work.update(fee, "amount_refunded", "payment_amount_refunded")
    work.emit(
        "application_fee.refunded",
        fee.tenant,
        transfer_resources.application_fee(fee, [made, *earlier]),
    )
    work.post(
        _entry(made, fee, rule, sides)
        if made.payment_amount is None
        else _exchanged(made, fee, sides)
    )
    return made


def update_refund(
    *, tenant: Tenant, fee_id: str, refund_id: str, metadata: dict[str, str]
) -> ApplicationFeeRefund:
    """Change a fee refund's metadata.

    Raises:
        Missing: If the platform has no such fee or refund.
    """
    with atomic():
        made = transfer_queries.application_fee_refund(tenant, fee_id, refund_id)
        made.metadata = merged(made.metadata, metadata)
        made.save(update_fields=["metadata"])
    return made


def _entry(
    made: ApplicationFeeRefund,
    fee: ApplicationFee,
    rule: rules.Rule,
    sides: SharedLots,
) -> Entry:
    platform, seller = sides.platform, sides.seller
    today = made.created_at.date()
    return Entry(
        rule=rule,
        source=made.id,
        group=sides.group,
        currency=fee.currency,
        debit_owner=fee.account_id,
        credit_owner=fee.seller_id,
        debits=lots.taken_from(platform, made.amount),
        credits=lots.given_to(seller, made.amount),
        lines=(
            Line(
                id=made.balance_transaction_id,
                owner=fee.account_id,
                type="application_fee_refund",
                amount=-made.amount,
                source=made.id,
                available_on=platform.available_on or today,
            ),
            Line(
                owner=fee.seller_id,
                type="application_fee_refund",
                amount=made.amount,
                source=made.id,
                available_on=seller.available_on or today,
            ),
        ),
    )


def rate(fee: ApplicationFee) -> Decimal:
    """Return the rate at which a fee was exchanged, for people."""
    first = ledger_queries.balance_transaction(fee.tenant, fee.balance_transaction_id)
    return first.exchange_rate or Decimal(1)


def _exchanged(made: ApplicationFeeRefund, fee: ApplicationFee, sides: SharedLots) -> Entry:
    """Return it at the fee's own amounts (rule 33)."""
    platform, seller, today = sides.platform, sides.seller, made.created_at.date()
    return exchange.fee_refund(
        refund_id=made.id,
        group=sides.group,
        taken=Amount(
            fee.account_id,
            fee.currency,
            lots.taken_from(platform, made.amount),
            platform.available_on or today,
        ),
        given=Amount(
            fee.seller_id,
            fee.payment_currency or fee.currency,
            lots.given_to(seller, made.sellers_amount),
            seller.available_on or today,
        ),
        rate=rate(fee),
        line=made.balance_transaction_id,
    )
