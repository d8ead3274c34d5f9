from django.db import models
from django.db.models import Q

from accounts.models import Mailing, TenantModel
from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index
from payments.models.charges import Charge


class Receipt(TenantModel, Mailing):
    """A letter to the payer, sent or waiting to be sent: a receipt, or of an order for nothing."""

    id = IdField(prefix="rcpt")
    charge = models.ForeignKey(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    # What was ordered for nothing: there is no charge then.
    held_by = ReferenceField(null=True, blank=True)
    email = models.CharField(max_length=512)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(charge__isnull=False, held_by__isnull=True)
                | Q(charge__isnull=True, held_by__isnull=False),
                name="receipt_is_of_a_charge_or_an_order",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="receipt_waiting",
            ),
            tail_index("receipt"),
        ]

    def __str__(self) -> str:
        return self.id
