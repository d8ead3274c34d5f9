"""What makes things cheaper: coupons, and the codes that payers type."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Upper

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    PublicIdField,
    ReferenceField,
    by_time_index,
)
from core.database.finding import beginning, tail_index


class Coupon(TenantModel):
    """A percentage or an amount off. Neither ever changes."""

    id = IdField(prefix="coupon")
    # What the wire calls it: its merchant's own choice, or eight random characters.
    public_id = PublicIdField()
    name = models.CharField(max_length=40, null=True, blank=True)
    # Parts of ten thousand: 12.5 percent is 1,250.
    percent_off_bps = models.PositiveIntegerField(null=True, blank=True)
    amount_off = AmountField(null=True, blank=True)
    currency = CurrencyField(null=True, blank=True)
    # Currency → the amount off in another currency.
    currency_options = models.JSONField(default=dict, blank=True)
    # How long it would last for who subscribes.
    duration = models.CharField(max_length=9, default="once")
    duration_in_months = models.PositiveIntegerField(null=True, blank=True)
    # Public ids of the products that it is for; null for all.
    product_ids = models.JSONField(null=True, blank=True)
    max_redemptions = models.PositiveIntegerField(null=True, blank=True)
    redeem_by = models.DateTimeField(null=True, blank=True)
    times_redeemed = models.PositiveIntegerField(default=0, db_default=0)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    # What was redeemed before goes on.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode", "public_id"],
                condition=Q(deleted_at=None),
                name="coupon_id_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(percent_off_bps__isnull=False, amount_off__isnull=True)
                | Q(percent_off_bps__isnull=True, amount_off__isnull=False, currency__isnull=False),
                name="coupon_is_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(max_redemptions=None) | Q(times_redeemed__lte=F("max_redemptions")),
                name="coupon_is_not_redeemed_too_often",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "livemode", "-created_at", "-public_id"], name="coupon_by_time"
            ),
            models.Index(fields=["public_id"], name="coupon_by_public_id"),
            tail_index("coupon"),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    def is_valid(self, at: datetime) -> bool:
        """Tell whether it can be redeemed at a moment."""
        is_late = self.redeem_by is not None and self.redeem_by <= at
        return self.deleted_at is None and not is_late and not _is_used_up(self)

    @staticmethod
    def valid(at: datetime, before: str = "") -> Q:
        """Build the same as a condition of a query.

        Args:
            at: The moment.
            before: What leads to the coupon, such as `"coupon__"`.
        """
        late = Q(**{f"{before}redeem_by__isnull": False, f"{before}redeem_by__lte": at})
        used_up = Q(
            **{
                f"{before}max_redemptions__isnull": False,
                f"{before}times_redeemed__gte": F(f"{before}max_redemptions"),
            }
        )
        return Q(**{f"{before}deleted_at": None}) & ~late & ~used_up


class PromotionCode(TenantModel):
    """A word that payers type for a coupon."""

    id = IdField(prefix="promo")
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="promotion_codes")
    code = models.CharField(max_length=500)
    # As the merchant wants it; whether it can be used depends on the time and the coupon besides.
    is_active = models.BooleanField(default=True)
    # The only customer who may use it; null for everybody.
    customer_id = ReferenceField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_redemptions = models.PositiveIntegerField(null=True, blank=True)
    times_redeemed = models.PositiveIntegerField(default=0, db_default=0)
    is_first_time_only = models.BooleanField(default=False)
    minimum_amount = AmountField(null=True, blank=True)
    minimum_amount_currency = CurrencyField(null=True, blank=True)
    # Currency → the minimum amount in another currency.
    minimum_currency_options = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "account",
                "livemode",
                Upper("code"),
                Coalesce("customer_id", Value("")),
                condition=Q(is_active=True),
                name="promotion_code_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(max_redemptions=None) | Q(times_redeemed__lte=F("max_redemptions")),
                name="promotion_code_is_not_redeemed_too_often",
            ),
        ]
        indexes = [
            by_time_index("promotion_code"),
            models.Index("account", "livemode", Upper("code"), name="promotion_code_in_any_case"),
            # For searching, whoever's it is.
            models.Index(beginning("code"), name="promotion_code_by_beginning"),
            tail_index("promotion_code"),
        ]

    def __str__(self) -> str:
        return self.code

    def is_usable(self, at: datetime) -> bool:
        """Tell whether it can be redeemed at a moment, and its coupon as well."""
        is_late = self.expires_at is not None and self.expires_at <= at
        return self.is_active and not is_late and not _is_used_up(self) and self.coupon.is_valid(at)

    @staticmethod
    def usable(at: datetime) -> Q:
        """Build the same as a condition of a query."""
        late = Q(expires_at__isnull=False, expires_at__lte=at)
        used_up = Q(max_redemptions__isnull=False, times_redeemed__gte=F("max_redemptions"))
        return Q(is_active=True) & ~late & ~used_up & Coupon.valid(at, "coupon__")


def _is_used_up(row: Coupon | PromotionCode) -> bool:
    return row.max_redemptions is not None and row.times_redeemed >= row.max_redemptions
