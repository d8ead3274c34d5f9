"""What processors told us, and what the simulated one keeps."""

from django.db import models
from django.db.models import Q

from core.fields import AmountField, CurrencyField, IdField, ReferenceField


class InboundNotice(models.Model):
    """What a processor told us, word for word, before anybody made anything of it."""

    id = IdField(prefix="inn")
    processor = models.CharField(max_length=40)
    # The processor's own id of the notice: one that comes twice is kept once.
    outside_id = models.CharField(max_length=255)
    body = models.TextField()
    received_at = models.DateTimeField()
    # When it is applied, or tried again; None once it is applied.
    next_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        """Found when it comes again, and when it is due."""

        constraints = [
            models.UniqueConstraint(
                fields=["processor", "outside_id"], name="a_notice_is_kept_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="notice_by_next"
            )
        ]

    def __str__(self) -> str:
        return self.id


class SimulatedRequest(models.Model):
    """The simulated processor's own book: what it was asked, and what it did.

    It stands for a computer far away. Rialto asks it by key and reads nothing else.
    """

    key = ReferenceField(primary_key=True)
    action = models.CharField(max_length=10)
    charge_key = ReferenceField()
    amount = AmountField()
    currency = CurrencyField()
    outcome = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Looked up by charge when a refund asks."""

        indexes = [
            models.Index(fields=["charge_key"], name="simulated_request_by_charge"),
            models.Index(
                fields=["created_at", "key"],
                condition=models.Q(action__in=["dispute", "warning"]),
                name="simulated_complaint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
