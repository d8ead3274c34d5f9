"""What processors say that they owe us."""

from django.db import models

from core.database.fields import AmountField, CurrencyField, ReferenceField


class ReportedBalance(models.Model):
    """What a processor said last that it holds for us in one currency."""

    processor = ReferenceField()
    livemode = models.BooleanField()
    currency = CurrencyField()
    available_amount = AmountField()
    pending_amount = AmountField(default=0)
    asked_at = models.DateTimeField()
    # Why it could not be asked since.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        """One for each."""

        constraints = [
            models.UniqueConstraint(
                fields=["processor", "livemode", "currency"], name="one_reported_balance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency.upper()} at {self.processor}"
