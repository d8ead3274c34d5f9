"""Fees that platforms charge their sellers for instant payouts, and refund if those fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import Account
from connect.models import ApplicationFee, Payout, PayoutPrice
from connect.transfers import resources as transfer_resources
from connect.transfers.services import application_fees
from connect.transfers.services.shared_lots import SharedLots
from core.database.transactions import require_transaction
from core.ids import new_id
from core.money import Money
from ledger import rules
from ledger.chart import AVAILABLE
from ledger.entries import Entry, Line, Part
from ledger.posting import lots
from ledger.posting.journal import BalanceInsufficient
from operations.unit_of_work import UnitOfWork


def price(payout: Payout) -> tuple[str, int] | None:
    """Return the platform that charges for an instant payout, and its fee; None if none does.

    Half a minor unit is rounded up, and a fee is never more than the payout.
    """
    platform = Account.objects.filter(id=payout.account_id).values("opened_by_id")
    found = PayoutPrice.objects.filter(
        account_id__in=platform, livemode=payout.livemode, currency=payout.currency
    ).first()
    if found is None:
        return None
    share = Money(payout.amount, payout.currency).share_bps_half_up(found.bps).amount
    fee = max(share + found.fixed_amount, found.least_amount)
    fee = min(payout.amount, fee if found.most_amount is None else min(fee, found.most_amount))
    return (found.account_id, fee) if fee else None


def charge_fee(work: UnitOfWork, payout: Payout) -> None:
    """Add the fee of an instant payout to the unit of work (rule 62).

    Args:
        work: The unit of work, which has the payout's entry.
        payout: A payout that is not written yet; its fee's columns are set.
    """
    require_transaction()
    found = price(payout) if payout.method == "instant" else None
    if found is None:
        return
    platform_id, amount = found
    fee = ApplicationFee(
        id=new_id("fee"),
        account_id=platform_id,
        livemode=payout.livemode,
        seller_id=payout.account_id,
        amount=amount,
        currency=payout.currency,
        charge_id=payout.id,
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )
    payout.application_fee_id, payout.application_fee_amount = fee.id, fee.amount
    work.insert(fee)
    work.emit("application_fee.created", fee.tenant, transfer_resources.application_fee(fee, []))
    work.post(_entry(fee, payout))


def refund(work: UnitOfWork, payout: Payout) -> None:
    """Add the refund of what is left of a payout's fee to the unit of work (rule 62r).

    Args:
        work: The unit of work.
        payout: A locked payout that was canceled, or failed.
    """
    require_transaction()
    if payout.application_fee_id is None:
        return
    # In the order of those who return a fee by itself.
    lots.lock_source(payout.id)
    fee = ApplicationFee.objects.select_for_update(of=("self",), no_key=True).get(
        id=payout.application_fee_id
    )
    if left := fee.amount - fee.amount_refunded:
        application_fees.refund_locked(
            work,
            fee,
            left,
            rule=rules.PAYOUT_FEE_RETURNED,
            shared_lots=SharedLots.of_fee(fee, work),
        )


@contextmanager
def explain(payout: Payout) -> Iterator[None]:
    """Mention the fee in the error of a payout that the balance does not cover."""
    try:
        yield
    except BalanceInsufficient as error:
        if not payout.application_fee_amount:
            raise
        fee = Money(payout.application_fee_amount, payout.currency)
        needed = Money(payout.amount, payout.currency) + fee
        raise BalanceInsufficient(
            f"You have insufficient available funds for this payout and its fee: together they "
            f"need {needed}, of which {fee} is the fee for an instant payout. Use a smaller "
            "amount, or the standard method, which has no fee."
        ) from error


def _entry(fee: ApplicationFee, payout: Payout) -> Entry:
    parts = (Part(AVAILABLE, fee.amount),)
    return Entry(
        rule=rules.PAYOUT_FEE,
        source=fee.id,
        group=payout.id,
        currency=fee.currency,
        debit_owner=fee.seller_id,
        credit_owner=fee.account_id,
        debits=parts,
        credits=parts,
        lines=(
            application_fees.line(fee),
            # The fee is the platform's object; the account itself can look at its payout.
            Line(
                owner=fee.seller_id,
                type="application_fee",
                amount=-fee.amount,
                source=payout.id,
                available_on=fee.created_at.date(),
                description=f"Fee of payout {payout.id}",
            ),
        ),
    )
