"""What the simulated processor keeps."""

from django.db import models

from core.database.fields import AmountField, CurrencyField, ReferenceField


class SimulatedRequest(models.Model):
    """The books of the simulated processor: what it was asked, and what it did.

    They stand for a computer far away, where each account of ours has a book of its own. Rialto
    asks it by key and reads nothing else.
    """

    pk = models.CompositePrimaryKey("account", "key")
    # Our name of the account that was asked.
    account = ReferenceField(default="simulator")
    key = ReferenceField()
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
