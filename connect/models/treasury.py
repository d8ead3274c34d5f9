from django.db import models
from django.db.models import Q

from connect.states import TREASURY_MOVE, TreasuryMoveStatus
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    status_constraint,
)


class TreasuryMove(models.Model):
    """Money of the operator's that was sent from one place to another."""

    id = IdField(prefix="tmove")
    livemode = models.BooleanField()
    status = StatusField(default=TreasuryMoveStatus.SENT)
    amount = AmountField()
    currency = CurrencyField()
    # Holders as the ledger calls them: processor accounts, and the rail that pays from a bank.
    source = ReferenceField()
    target = ReferenceField()
    is_source_bank = models.BooleanField()
    is_target_bank = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    # The addresses at that time, for people; the audit trail says who it was.
    recorded_by = models.CharField(max_length=320)
    ended_by = models.CharField(max_length=320, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Those on their way are found at once."""

        constraints = [
            status_constraint(TreasuryMoveStatus, name="treasury_move_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_move_moves_something"),
            models.CheckConstraint(
                condition=~Q(source=models.F("target")), name="a_move_goes_elsewhere"
            ),
        ]
        indexes = [
            models.Index(
                fields=["livemode", "-id"],
                condition=Q(status=TreasuryMoveStatus.SENT),
                name="treasury_move_on_its_way",
            )
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: TreasuryMoveStatus) -> None:
        """Change the status, if the machine allows it."""
        TREASURY_MOVE.check(TreasuryMoveStatus(self.status), status)
        self.status = status
