"""Reversals of transfers."""

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from connect.models.transfers import Transfer
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField
from core.database.finding import tail_index


class TransferReversal(TenantModel):
    """A reversal of a part of a transfer."""

    id = IdField(prefix="trr")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    amount = AmountField()
    currency = CurrencyField()
    # The seller's side of it, `pyr_...`; its amount and currency, if they are others.
    destination_payment_refund_id = ReferenceField()
    payment_amount = AmountField(null=True, blank=True)
    payment_currency = CurrencyField(null=True, blank=True)
    source_refund_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    balance_transaction_id = ReferenceField()
    created_at = models.DateTimeField()
    # The refund that asked for it failed, so the seller has the money back (rule 38).
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_is_positive")
        ]
        indexes = [
            models.Index(
                fields=["destination_payment_refund_id"], name="reversal_by_payment_refund"
            ),
            tail_index("transfer_reversal"),
        ]

    def __str__(self) -> str:
        return self.id
