from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField, by_time_index
from core.database.finding import tail_index
from core.ids import prefix_of


class ApplicationFee(TenantModel):
    """An application fee of a seller's payment or payout. The tenant is the platform."""

    id = IdField(prefix="fee")
    seller = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    amount = AmountField()
    amount_refunded = AmountField(default=0)
    currency = CurrencyField()
    # What the seller gives of it, and has back, if its payment is of another currency.
    payment_amount = AmountField(null=True, blank=True)
    payment_amount_refunded = AmountField(default=0)
    payment_currency = CurrencyField(null=True, blank=True)
    # The seller's payment that bore it, and the payer's charge behind that; or a payout.
    charge_id = ReferenceField()
    originating_transaction = ReferenceField(null=True, blank=True)
    available_on = models.DateField(null=True, blank=True)
    balance_transaction_id = ReferenceField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount")),
                name="no_more_of_a_fee_is_refunded_than_taken",
            ),
            models.CheckConstraint(
                condition=Q(
                    payment_amount_refunded__gte=0,
                    payment_amount_refunded__lte=Coalesce(F("payment_amount"), 0),
                ),
                name="no_more_of_a_fee_is_returned_than_given",
            ),
        ]
        indexes = [
            by_time_index("application_fee"),
            models.Index(fields=["charge_id"], name="application_fee_by_charge"),
            models.Index(
                fields=["originating_transaction"],
                condition=Q(originating_transaction__isnull=False),
                name="application_fee_by_origin",
            ),
            tail_index("application_fee"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def source(self) -> str:
        """Return the payer's charge, or the payout, that the fee comes out of."""
        return self.originating_transaction or self.charge_id

    @property
    def is_of_payout(self) -> bool:
        """Tell whether it is the fee of a payout, and not of a payment."""
        return prefix_of(self.charge_id) == "po"


class ApplicationFeeRefund(TenantModel):
    """A refund of a part of an application fee."""

    id = IdField(prefix="fr")
    fee = models.ForeignKey(ApplicationFee, on_delete=models.PROTECT, related_name="refunds")
    amount = AmountField()
    currency = CurrencyField()
    # What the seller has back, if that is of another currency.
    payment_amount = AmountField(null=True, blank=True)
    # The refund that asked for it, `re_...`.
    source_refund_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    balance_transaction_id = ReferenceField()
    created_at = models.DateTimeField()
    # The refund that asked for it failed, so the platform has its cut back (rule 38).
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_refund_amount_is_positive")
        ]
        indexes = [tail_index("fee_refund")]

    def __str__(self) -> str:
        return self.id

    @property
    def sellers_amount(self) -> int:
        """Return the amount in the currency of the seller's payment."""
        return self.amount if self.payment_amount is None else self.payment_amount
