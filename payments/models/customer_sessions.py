from django.db import models

from accounts.models import TenantModel
from core.database.fields import IdField, ReferenceField
from payments.models.customers import Customer


class CustomerSession(TenantModel):
    """What a payer's page may do for one customer, for half an hour."""

    id = IdField(prefix="cuss")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # HMAC of the secret: whoever reads the table cannot open a session.
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    # Component → `enabled` and its features, as the request named them.
    components = models.JSONField(default=dict, blank=True)
    # The platform that opened it for the merchant; null for the merchant's own.
    platform_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "livemode", "expires_at"], name="customer_session_by_end"
            )
        ]

    def __str__(self) -> str:
        return self.id
