from django.db import models

from accounts.models import TenantModel
from core.database.fields import IdField
from payments.models.customers import Customer


class TaxId(TenantModel):
    """A number by which a tax office knows a customer, or the merchant. Nobody has checked it."""

    id = IdField(prefix="txi")
    # Null for the merchant's own.
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="tax_ids",
    )
    type = models.CharField(max_length=20)
    value = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    # When it was deleted: then the value is empty.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "livemode", "customer", "-id"], name="tax_id_by_customer"
            )
        ]

    def __str__(self) -> str:
        return self.id
