from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.database.fields import CurrencyField, IdField
from core.database.finding import tail_index


class ExchangeRate(models.Model):
    """A rate of conversions to sellers' currencies, in both modes; operators set it."""

    id = IdField(prefix="fxrate")
    sold = CurrencyField(help_text="What the platform gives, such as usd.")
    bought = CurrencyField(help_text="What the seller gets, such as eur.")
    rate = models.DecimalField(
        max_digits=24,
        decimal_places=12,
        help_text="How much of the second one of the first is, such as 0.92 euros for a dollar.",
    )
    starts_at = models.DateTimeField(
        default=timezone.now, help_text="For transfers that are made from then on (UTC)."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0) & ~Q(sold=F("bought")),
                name="exchange_rate_is_sane",
                violation_error_message="The rate is above zero, between two currencies.",
            ),
            models.UniqueConstraint(
                fields=["sold", "bought", "starts_at"], name="one_rate_per_pair_and_start"
            ),
        ]
        indexes = [tail_index("exchange_rate")]

    def __str__(self) -> str:
        return f"{self.sold} → {self.bought}: {self.rate.normalize()}"
