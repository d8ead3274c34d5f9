"""Rates that are added to what is bought: taxes and shipping."""

from django.db import models

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, by_time_index
from core.database.finding import tail_index


class TaxRate(TenantModel):
    """A part of a line that is a tax. Its percentage never changes."""

    id = IdField(prefix="txr")
    display_name = models.CharField(max_length=50)
    # Parts per million: 7.25 percent is 72,500.
    percentage_ppm = models.PositiveIntegerField()
    is_inclusive = models.BooleanField()
    is_active = models.BooleanField(default=True)
    description = models.CharField(max_length=5_000, null=True, blank=True)
    country = models.CharField(max_length=2, null=True, blank=True)
    state = models.CharField(max_length=50, null=True, blank=True)
    jurisdiction = models.CharField(max_length=200, null=True, blank=True)
    tax_type = models.CharField(max_length=30, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [by_time_index("tax_rate"), tail_index("tax_rate")]

    def __str__(self) -> str:
        return self.display_name


class ShippingRate(TenantModel):
    """What a way of shipping costs, and how long it takes."""

    id = IdField(prefix="shr")
    display_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    amount = AmountField()
    currency = CurrencyField()
    # Currency → amount and tax behaviour of another currency.
    currency_options = models.JSONField(default=dict, blank=True)
    # The least and the most: unit and value each, or null.
    delivery_estimate = models.JSONField(null=True, blank=True)
    tax_behavior = models.CharField(max_length=11, default="unspecified")
    tax_code = models.CharField(max_length=64, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [by_time_index("shipping_rate"), tail_index("shipping_rate")]

    def __str__(self) -> str:
        return self.display_name
