"""The lots of a transfer's two sides, and what a reversal moves between them."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from connect.models import SellerPayment, Transfer, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services.shared_lots import SharedLots
from core.database.transactions import require_transaction
from core.ids import new_id
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger import rules
from ledger.entries import Entry, Line, Part
from ledger.posting import exchange, exchanged_refunds, lots
from ledger.posting.exchange import Amount
from ledger.posting.lots import Lot
from ledger.queries import funds_of
from operations import locking
from operations.unit_of_work import UnitOfWork

# What a reversal of an exchanged transfer is booked by.
_EXCHANGED: Final = {
    rules.TRANSFER_REVERSAL.kind: rules.EXCHANGED_TRANSFER_REVERSAL,
    rules.REFUND_TRANSFER_REVERSAL.kind: rules.REFUND_EXCHANGED_REVERSAL,
}


class TransferLots(SharedLots):
    """The lots of a platform and a seller that a locked transfer moved money between."""

    def __init__(
        self, transfer: Transfer, payment: SellerPayment, platform: Lot, seller: Lot, group: str
    ) -> None:
        super().__init__(
            transfer.account_id,
            transfer.destination_id,
            platform,
            seller,
            group=group,
            currency=transfer.currency,
        )
        self.transfer = transfer
        self.payment = payment

    @classmethod
    def of(cls, transfer: Transfer, work: UnitOfWork) -> "TransferLots":
        """Lock the source of a transfer, and find the lots of both parties.

        Args:
            transfer: A locked transfer.
            work: The unit of work whose entries count already.
        """
        require_transaction()
        owner = Tenant(transfer.destination_id, transfer.livemode)
        payment = locking.lock(
            SellerPayment.objects.all(), owner, transfer.destination_payment_id, kind="charge"
        )
        source, group = transfer.source_transaction, transfer.id
        if source:
            lots.lock_source(source)
            funds = funds_of(source)
            group = funds.group if funds else group
        platform, seller = (
            work.projected_lot(
                lots.find(
                    owner=owner,
                    source=source or transfer.id,
                    day=transfer.available_on,
                    currency=currency,
                    livemode=transfer.livemode,
                ),
                owner,
            )
            for owner, currency in (
                (transfer.account_id, transfer.currency),
                (transfer.destination_id, payment.currency),
            )
        )
        return cls(transfer, payment, platform, seller, group)

    def seller_share(self, amount: int) -> int:
        """Convert a part of the transfer to what the seller returns in its own currency."""
        transfer, payment = self.transfer, self.payment
        if payment.currency == transfer.currency:
            return amount
        return exchange.share_of(
            original=payment.amount,
            of=transfer.amount,
            reversed_so_far=transfer.amount_reversed,
            now=amount,
            done=payment.amount_refunded,
        )

    def reverse(
        self,
        work: UnitOfWork,
        amount: int,
        *,
        rule: rules.Rule,
        reversal_id: str | None = None,
        source_refund_id: str | None = None,
        metadata: dict[str, str] | None = None,
        description: str | None = None,
    ) -> TransferReversal:
        """Add a reversal of the transfer to the unit of work.

        Args:
            work: The unit of work.
            amount: Minor units, at most what is left of the transfer, of which `seller_share` is
                not zero.
            rule: `TRANSFER_REVERSAL`, or `REFUND_TRANSFER_REVERSAL` for a refund.
            reversal_id: A reserved id, `trr_...`; None for a new one.
            source_refund_id: The refund that caused it, `re_...`.
            metadata: The platform's metadata.
            description: The description of the balance transaction.
        """
        transfer = self.transfer
        reversal = TransferReversal(
            id=reversal_id or new_id("trr"),
            account_id=transfer.account_id,
            livemode=transfer.livemode,
            transfer=transfer,
            amount=amount,
            currency=transfer.currency,
            destination_payment_refund_id=new_id("pyr"),
            source_refund_id=source_refund_id,
            metadata=metadata or {},
            balance_transaction_id=new_id("txn"),
            created_at=work.at,
        )
        payment, seller_amount = self.payment, self.seller_share(amount)
        if payment.currency != transfer.currency:
            reversal.payment_amount, reversal.payment_currency = seller_amount, payment.currency
        work.insert(reversal)
        work.change(transfer, amount_reversed=transfer.amount_reversed + amount)
        self._refund_payment(work, payment, reversal)
        earlier = transfer_queries.latest_reversals([transfer])[transfer.id]
        work.emit(
            "transfer.reversed",
            transfer.tenant,
            transfer_resources.transfer(transfer, [reversal, *earlier]),
        )
        if reversal.payment_amount is not None:
            work.post(self._exchanged_entry(reversal, _EXCHANGED[rule.kind], work.at))
        else:
            debits = lots.debit_parts(self.seller, amount)
            credits = lots.credit_parts(self.platform, amount)
            work.post(self._entry(reversal, rule, debits, credits, description, work.at))
        self.seller = self.seller.after_debit(seller_amount)
        self.platform = self.platform.after_credit(amount)
        return reversal

    def _refund_payment(
        self, work: UnitOfWork, payment: SellerPayment, reversal: TransferReversal
    ) -> None:
        seller_amount = reversal.payment_amount
        if seller_amount is None:
            seller_amount = reversal.amount
        work.change(payment, amount_refunded=payment.amount_refunded + seller_amount)
        work.emit(
            "charge.refunded",
            payment.tenant,
            transfer_resources.seller_payment(payment, self.transfer),
        )

    def rate(self) -> Decimal:
        """Return the rate at which the transfer was converted, for people."""
        transfer = self.transfer
        first = ledger_queries.balance_transaction(transfer.tenant, transfer.balance_transaction_id)
        return first.exchange_rate or Decimal(1)

    def _exchanged_entry(self, reversal: TransferReversal, rule: rules.Rule, at: datetime) -> Entry:
        """Build the entry of a reversal of a converted transfer, at its amounts (rule 23)."""
        transfer, today = self.transfer, at.date()
        return exchanged_refunds.reversal(
            rule=rule,
            reversal_id=reversal.id,
            refund_id=reversal.destination_payment_refund_id,
            lines=(new_id("txn"), reversal.balance_transaction_id),
            group=self.group,
            taken=Amount(
                transfer.destination_id,
                self.payment.currency,
                lots.debit_parts(self.seller, reversal.payment_amount or 0),
                self.seller.available_on or today,
            ),
            given=Amount(
                transfer.account_id,
                transfer.currency,
                lots.credit_parts(self.platform, reversal.amount),
                self.platform.available_on or today,
            ),
            rate=self.rate(),
        )

    def _entry(
        self,
        reversal: TransferReversal,
        rule: rules.Rule,
        debits: tuple[Part, ...],
        credits: tuple[Part, ...],
        description: str | None,
        at: datetime,
    ) -> Entry:
        transfer = self.transfer
        day = self.platform.available_on or at.date()
        sellers_day = self.seller.available_on or at.date()
        return Entry(
            rule=rule,
            source=reversal.id,
            group=self.group,
            currency=transfer.currency,
            debit_owner=transfer.destination_id,
            credit_owner=transfer.account_id,
            debits=debits,
            credits=credits,
            lines=(
                Line(
                    owner=transfer.destination_id,
                    type="payment_refund",
                    amount=-reversal.amount,
                    source=reversal.destination_payment_refund_id,
                    available_on=sellers_day,
                ),
                Line(
                    id=reversal.balance_transaction_id,
                    owner=transfer.account_id,
                    type="transfer_refund",
                    amount=reversal.amount,
                    source=reversal.id,
                    available_on=day,
                    description=description,
                ),
            ),
        )
