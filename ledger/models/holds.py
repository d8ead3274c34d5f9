"""Money set aside, and how that ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from core.database.fields import AmountField, IdField, ReferenceField
from core.database.finding import tail_index
from ledger.models.accounts import LedgerAccount


class Hold(models.Model):
    """Money of a guarded account that is set aside until it is captured, released or expires."""

    id = IdField(prefix="hold")
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.DO_NOTHING, db_constraint=False, related_name="holds"
    )
    amount = AmountField()
    # The object that causes it. It holds once, for ever.
    source = ReferenceField(unique=True)
    request_id = ReferenceField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_hold_holds_something")
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="hold_by_expiry"
            ),
            tail_index("hold"),
        ]

    def __str__(self) -> str:
        return gettext("%(amount)s for %(source)s") % {"amount": self.amount, "source": self.source}


class HoldEvent(models.Model):
    """How a hold ended: at most once."""

    hold = models.OneToOneField(
        Hold, on_delete=models.DO_NOTHING, primary_key=True, related_name="resolution"
    )
    kind = models.CharField(max_length=10)
    # What was taken of it; the rest went back.
    captured_amount = AmountField(default=0)
    entry_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["captured", "expired", "released"]),
                name="a_hold_ends_in_a_known_way",
            ),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0), name="a_hold_gives_no_less_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.kind}"
