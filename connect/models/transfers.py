from django.db import models
from django.db.models import F, Q

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField, by_time_index
from core.database.finding import tail_index


class Transfer(TenantModel):
    """A transfer from a platform to a seller. No money leaves us."""

    id = IdField(prefix="tr")
    amount = AmountField()
    amount_reversed = AmountField(default=0)
    currency = CurrencyField()
    destination = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    # The seller's side of it, `py_...`.
    destination_payment_id = ReferenceField()
    # The charge whose money it is, `ch_...`, and the day of that charge's pending lot.
    source_transaction = ReferenceField(null=True, blank=True)
    available_on = models.DateField(null=True, blank=True)
    transfer_group = models.CharField(max_length=255, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    balance_transaction_id = ReferenceField()
    # The cut that the seller paid from it, `fee_...`.
    application_fee_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_reversed__gte=0, amount_reversed__lte=F("amount")),
                name="no_more_is_reversed_than_transferred",
            ),
        ]
        indexes = [
            by_time_index("transfer"),
            models.Index(
                fields=["source_transaction"],
                condition=Q(source_transaction__isnull=False),
                name="transfer_by_source",
            ),
            models.Index(
                fields=["account", "livemode", "transfer_group"],
                condition=Q(transfer_group__isnull=False),
                name="transfer_by_group",
            ),
            tail_index("transfer"),
        ]

    def __str__(self) -> str:
        return self.id


class SellerPayment(TenantModel):
    """The seller's side of a transfer: a payment on its own account."""

    id = IdField(prefix="py")
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, related_name="seller_payment"
    )
    amount = AmountField()
    amount_refunded = AmountField(default=0)
    currency = CurrencyField()
    source_transfer_account_id = ReferenceField()
    application_fee_id = ReferenceField(null=True, blank=True)
    application_fee_amount = AmountField(null=True, blank=True)
    balance_transaction_id = ReferenceField()
    description = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [by_time_index("seller_payment"), tail_index("seller_payment")]

    def __str__(self) -> str:
        return self.id
