"""What processors say that they have settled."""

from django.db import models
from django.db.models import Q

from core.database.fields import AmountField, CurrencyField, IdField
from core.database.finding import tail_index


class SettlementLine(models.Model):
    """A line of a processor's statement, held against what we have booked."""

    id = IdField(prefix="setline")
    processor = models.CharField(max_length=40)
    livemode = models.BooleanField()
    # The processor's own id of the line: one that is told twice is kept once.
    reference = models.CharField(max_length=255)
    kind = models.CharField(max_length=20)
    # Came in, or below zero went out; the fee was taken of it besides.
    amount = AmountField()
    fee_amount = AmountField()
    currency = CurrencyField()
    key = models.CharField(max_length=255, blank=True)
    charge_key = models.CharField(max_length=255, blank=True)
    about = models.CharField(max_length=255, blank=True)
    description = models.CharField(max_length=500, blank=True)
    # Who bears or has what no payment is the reason of: an account.
    bearer = models.CharField(max_length=255, blank=True, db_default="")
    moved_at = models.DateTimeField()
    read_at = models.DateTimeField()
    # When it is held against the books, or again; None once they agree.
    next_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        """Found when it is told again, by its moment, and when it is due."""

        constraints = [
            models.UniqueConstraint(
                fields=["processor", "reference"], name="a_settlement_line_is_kept_once"
            )
        ]
        indexes = [
            models.Index(fields=["processor", "moved_at"], name="settlement_line_by_moment"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="settlement_by_next"
            ),
            tail_index("settlement_line"),
        ]

    def __str__(self) -> str:
        return self.id
