from django.db import models

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, ReferenceField


class UnresolvedRequest(TenantModel):
    """An unresolved request: nobody can say whether money moved.

    There are few: a row is made when no last word came, and goes when it has come. What the
    money tables say does not depend on it.
    """

    # The rail knows the request by this.
    key = ReferenceField(primary_key=True)
    # A word of `Action`, and the charge, refund or setup attempt it is about.
    action = models.CharField(max_length=10)
    object_id = ReferenceField()
    processor = models.CharField(max_length=40)
    amount = AmountField()
    currency = CurrencyField()
    # A word of `processors.protocols.base.UnknownReason`, and what the rail answered in words.
    reason = models.CharField(max_length=20)
    message = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    polled_at = models.DateTimeField()
    next_poll_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["next_poll_at"], name="unresolved_request_by_next"),
            models.Index(fields=["object_id"], name="unresolved_request_by_object"),
        ]

    def __str__(self) -> str:
        return self.key
