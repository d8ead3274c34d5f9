from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField
from core.database.finding import tail_index
from payments.fees import Returns
from payments.models.charges import Charge


class FeeSchedule(models.Model):
    """What the operator charges for one sort of payment, in both modes; operators edit it.

    An empty criterion fits all payments.
    """

    id = IdField(prefix="feesched")
    account = models.ForeignKey(
        "accounts.Account",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="Empty: for every account that has none of its own.",
    )
    method = models.CharField(max_length=40, blank=True, help_text="Such as card; empty: any.")
    card_country = models.CharField(
        max_length=5,
        blank=True,
        help_text="Two letters, or other: any but the account's own; empty: any.",
    )
    currency = CurrencyField(blank=True, help_text="Such as usd; empty: any.")
    bps = models.PositiveIntegerField(
        verbose_name="basis points", help_text="Ten-thousandths of the captured amount."
    )
    fixed_amount = AmountField(default=0, help_text="Added to them, such as 0.30 USD.")
    least_amount = AmountField(default=0, help_text="The fee is never less.")
    most_amount = AmountField(
        null=True, blank=True, help_text="The fee is never more; empty: no limit."
    )
    returns = models.CharField(
        max_length=8,
        default=Returns.NONE,
        choices=[(word, word) for word in Returns],
        help_text="What of the fee a full refund brings back.",
    )
    starts_at = models.DateTimeField(help_text="For payments that begin from then on (UTC).")
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bps__lte=10_000, fixed_amount__gte=0, least_amount__gte=0),
                name="fee_schedule_is_sane",
                violation_error_message="The fee takes at most 10,000 basis points, and amounts "
                "that are not below zero.",
            ),
            models.CheckConstraint(
                condition=Q(most_amount__isnull=True) | Q(most_amount__gte=F("least_amount")),
                name="most_fee_is_not_below_least",
                violation_error_message="The most of the fee is less than its least.",
            ),
            models.CheckConstraint(
                condition=Q(returns__in=sorted(Returns)),
                name="fee_returns_are_known",
                violation_error_message="Choose what of the fee a full refund brings back.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="fee_schedule_ends_after_it_starts",
                violation_error_message="The schedule ends before it starts.",
            ),
            models.UniqueConstraint(
                fields=["account", "method", "card_country", "currency", "starts_at"],
                nulls_distinct=False,
                name="one_fee_schedule_per_sort_and_start",
            ),
        ]
        indexes = [tail_index("fee_schedule")]

    def __str__(self) -> str:
        sort = " ".join(w for w in (self.method, self.card_country, self.currency) if w)
        whose = self.account_id or gettext("every account")
        return f"{whose}: {sort or gettext('any payment')}"


class FeeTrueUp(TenantModel):
    """A correction of an estimated processing fee (rule 11)."""

    id = IdField(prefix="feetrue")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, related_name="fee_true_ups", db_index=False
    )
    estimated_amount = AmountField()
    actual_amount = AmountField()
    currency = CurrencyField()
    # The processor's own name of its statement; the same one is booked once.
    reference = ReferenceField()
    balance_transaction_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "fee correction"
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "reference"], name="one_fee_true_up_per_statement"
            ),
            models.CheckConstraint(
                condition=Q(actual_amount__gte=0), name="actual_fee_is_not_negative"
            ),
        ]
        indexes = [tail_index("fee_true_up")]

    def __str__(self) -> str:
        return self.id
