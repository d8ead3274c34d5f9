from django.db import models
from django.db.models import Q

from accounts.models import Mailing, TenantModel
from core.database.fields import IdField
from payments.models.charges import Charge


class Receipt(TenantModel, Mailing):
    """A receipt for the payer, sent or waiting to be sent."""

    id = IdField(prefix="rcpt")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="receipts")
    email = models.CharField(max_length=512)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="receipt_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.id
