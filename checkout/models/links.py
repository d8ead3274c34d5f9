from django.db import models
from django.db.models import F, Q

from accounts.models import TenantModel
from core.database.fields import (
    CurrencyField,
    IdField,
    PublicIdField,
    ReferenceField,
    by_time_index,
)
from core.database.finding import tail_index


class PaymentLink(TenantModel):
    """An address that anybody may open, and that makes each payer a session of the same cart."""

    id = IdField(prefix="plink")
    # The last word of its address, which is for everybody, and so no secret.
    token = PublicIdField(unique=True)
    is_active = models.BooleanField(default=True)
    currency = CurrencyField()
    # What is sold: `id`, `price`, `quantity` and `adjustable_quantity` of each.
    items = models.JSONField()
    # What the merchant wants, as the requests said it.
    settings = models.JSONField(default=dict)
    # The ways of shipping: `shipping_rate` and `shipping_amount` of each.
    shipping_options = models.JSONField(default=list, blank=True)
    # How many sessions may be completed; null for any number.
    completed_limit = models.PositiveIntegerField(null=True, blank=True)
    completed_count = models.PositiveIntegerField(default=0, db_default=0)
    # Sessions that are completed, or being paid at this moment.
    taken_count = models.PositiveIntegerField(default=0, db_default=0)
    # The platform that made it on the account's behalf; null if the account did.
    platform_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    # A payer's open session is of the link as it was then.
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_count__lte=F("taken_count")),
                name="payment_link_completions_are_taken",
            ),
        ]
        indexes = [by_time_index("payment_link"), tail_index("payment_link")]

    def __str__(self) -> str:
        return self.id

    @property
    def is_used_up(self) -> bool:
        """Tell whether nobody else may begin to pay."""
        return self.completed_limit is not None and self.taken_count >= self.completed_limit

    @property
    def is_open(self) -> bool:
        """Tell whether a payer may begin to pay."""
        return self.is_active and not self.is_used_up
