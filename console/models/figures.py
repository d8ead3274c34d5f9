"""Rollups: how business went, hour by hour, beside the rows that it is read from."""

from django.db import models

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField


class HourlyFigure(TenantModel):
    """What a platform and its sellers did in one hour: its account is the platform."""

    hour = models.DateTimeField()
    currency = CurrencyField()
    measure = models.CharField(max_length=20)
    # Why attempts failed; empty for everything else.
    reason = models.CharField(max_length=60, blank=True)
    count = models.BigIntegerField()
    amount = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode", "hour", "currency", "measure", "reason"],
                name="one_figure_per_hour",
            )
        ]
        indexes = [models.Index(fields=["livemode", "hour"], name="figure_by_hour")]

    def __str__(self) -> str:
        return f"{self.measure} of {self.hour:%Y-%m-%d %H:%M}"


class CountedDay(models.Model):
    """A UTC day whose figures were added up, in one transaction with them."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(null=True)
    # Attempts whose outcome was not known then: the day is counted again.
    pending_count = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)


class ClearingAge(models.Model):
    """Since when the oldest object has been on its way, as it was read last."""

    livemode = models.BooleanField(primary_key=True)
    since = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.since or "nothing on its way")
