"""What processors told us."""

from django.db import models
from django.db.models import Q

from core.database.fields import IdField
from core.database.finding import tail_index


class InboundNotice(models.Model):
    """A processor's notice as it was received, word for word.

    But for the numbers of cards, of which the last four digits are kept.
    """

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
            ),
            tail_index("inbound_notice"),
        ]

    def __str__(self) -> str:
        return self.id


class ToldEvent(models.Model):
    """What a processor said of its own accord about something of ours, once it was checked.

    Of a processor that cannot be asked afterwards, this is what it said.
    """

    # The account there, the kind, the processor's own id, and whether it went well.
    name = models.CharField(max_length=255, primary_key=True)
    processor = models.CharField(max_length=40)
    # As the processor calls it.
    kind = models.CharField(max_length=40)
    # Our id of the request, as far as it is known; and the processor's of the payment.
    key = models.CharField(max_length=255)
    payment_reference = models.CharField(max_length=255, blank=True)
    reference = models.CharField(max_length=255)
    # As the processor counts, and with the code that it writes.
    value = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    is_success = models.BooleanField()
    # In the processor's words; and what it said besides, which nobody vouches for.
    reason = models.TextField(blank=True)
    more = models.JSONField(default=dict)
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Found by what it is about."""

        indexes = [
            models.Index(fields=["processor", "key"], name="told_event_by_key"),
            models.Index(fields=["processor", "reference"], name="told_event_by_reference"),
            models.Index(fields=["processor", "payment_reference"], name="told_event_by_payment"),
        ]

    def __str__(self) -> str:
        return self.name
