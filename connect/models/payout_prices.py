from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField
from core.database.finding import tail_index


class PayoutPrice(TenantModel):
    """A platform's price of instant payouts, for its sellers; operators edit it.

    The tenant is the platform.
    """

    id = IdField(prefix="poprice")
    currency = CurrencyField(help_text="Of the payouts, such as usd.")
    bps = models.PositiveIntegerField(
        default=0, verbose_name="basis points", help_text="Ten-thousandths of the payout."
    )
    fixed_amount = AmountField(default=0, help_text="Added to them, such as 0.50 USD.")
    least_amount = AmountField(default=0, help_text="The fee is never less.")
    most_amount = AmountField(
        null=True, blank=True, help_text="The fee is never more; empty: no limit."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bps__lte=10_000, fixed_amount__gte=0, least_amount__gte=0),
                name="payout_price_is_sane",
                violation_error_message="The price takes at most 10,000 basis points, and amounts "
                "that are not below zero.",
            ),
            models.CheckConstraint(
                condition=Q(most_amount__isnull=True) | Q(most_amount__gte=F("least_amount")),
                name="most_payout_fee_is_not_below_least",
                violation_error_message="The most of the fee is less than its least.",
            ),
            models.UniqueConstraint(
                fields=["account", "livemode", "currency"],
                name="one_payout_price_per_platform_and_currency",
            ),
        ]
        indexes = [tail_index("payout_price")]

    def __str__(self) -> str:
        return gettext("%(account)s: instant payouts in %(currency)s") % {
            "account": self.account_id,
            "currency": self.currency,
        }
