from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField
from core.database.finding import tail_index


class LocationCash(models.Model):
    """The cash of a location in one currency. Its row is locked while a payout reserves some."""

    id = IdField(prefix="cash")
    location = ReferenceField(
        default="main",
        help_text="Where the money is held: main, where owners' balances are, or the name of a "
        "further processor account.",
    )
    currency = CurrencyField(help_text="Such as eur.")
    livemode = models.BooleanField(default=False)
    # As the ledger had it at `read_at` of the database's clock, less what payouts took since.
    free_amount = AmountField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    prefunded_amount = AmountField(
        default=0,
        help_text="Your own money that is at the bank and not in these books.",
    )
    note = models.CharField(
        max_length=200, blank=True, help_text="Where it came from, for whoever looks later."
    )

    class Meta:
        verbose_name_plural = "cash at locations"
        constraints = [
            models.CheckConstraint(
                condition=Q(prefunded_amount__gte=0),
                name="prefunding_is_not_negative",
                violation_error_message="What is prefunded is not below zero.",
            ),
            models.UniqueConstraint(
                fields=["location", "currency", "livemode"], name="one_cash_row_per_location"
            ),
        ]
        indexes = [tail_index("location_cash")]

    def __str__(self) -> str:
        return gettext("%(currency)s at %(location)s") % {
            "currency": self.currency.upper(),
            "location": self.location,
        }
