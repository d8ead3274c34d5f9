"""What is sold, and for how much."""

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    PublicIdField,
    ReferenceField,
    by_time_index,
    metadata_index,
)
from core.database.finding import tail_index


class Product(TenantModel):
    """Something that is sold."""

    id = IdField(prefix="prod")
    # What the wire calls it: its merchant's own choice, or the key.
    public_id = PublicIdField()
    name = models.CharField(max_length=5_000)
    is_active = models.BooleanField(default=True)
    type = models.CharField(max_length=7, default="service")
    description = models.TextField(null=True, blank=True)
    images = models.JSONField(default=list, blank=True)
    # The names of its features, in the order in which they are shown.
    marketing_features = models.JSONField(default=list, blank=True)
    default_price_id = ReferenceField(null=True, blank=True)
    package_dimensions = models.JSONField(null=True, blank=True)
    is_shippable = models.BooleanField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=22, null=True, blank=True)
    # Kept and shown, for nothing computes taxes.
    tax_code = models.CharField(max_length=64, null=True, blank=True)
    performance_location = models.CharField(max_length=64, null=True, blank=True)
    unit_label = models.CharField(max_length=64, null=True, blank=True)
    url = models.CharField(max_length=2_048, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode", "public_id"], name="product_id_is_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "livemode", "-created_at", "-public_id"], name="product_by_time"
            ),
            models.Index(fields=["public_id"], name="product_by_public_id"),
            metadata_index("product"),
            tail_index("product"),
        ]

    def __str__(self) -> str:
        return self.name


class Price(TenantModel):
    """What one unit of a product costs. Its amount never changes."""

    id = IdField(prefix="price")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    is_active = models.BooleanField(default=True)
    nickname = models.CharField(max_length=5_000, null=True, blank=True)
    lookup_key = models.CharField(max_length=200, null=True, blank=True)
    currency = CurrencyField()
    # Minor units; null where it is finer than those, or the payer's to say.
    unit_amount = AmountField(null=True, blank=True)
    # Minor units with up to twelve decimals, as text.
    unit_amount_decimal = models.CharField(max_length=25, null=True, blank=True)
    # Between which amounts payers may choose: maximum, minimum and preset.
    custom_unit_amount = models.JSONField(null=True, blank=True)
    # Currency → the same of another currency, with its tax behaviour.
    currency_options = models.JSONField(default=dict, blank=True)
    tax_behavior = models.CharField(max_length=11, default="unspecified")
    # How often it would be charged: null for what is paid once.
    recurring = models.JSONField(null=True, blank=True)
    transform_quantity = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(custom_unit_amount__isnull=True, unit_amount_decimal__isnull=False)
                | Q(custom_unit_amount__isnull=False, unit_amount_decimal__isnull=True),
                name="price_has_one_amount",
            ),
            models.UniqueConstraint(
                fields=["account", "livemode", "lookup_key"], name="price_lookup_key_is_unique"
            ),
        ]
        indexes = [by_time_index("price"), metadata_index("price"), tail_index("price")]

    def __str__(self) -> str:
        return self.nickname or self.id
