from django.db import models
from django.db.models import Q

from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class Mailing(models.Model):
    """Mail that a task sends: stored first, and tried until it is sent or given up."""

    tries = models.PositiveSmallIntegerField(default=0)
    # Until then a worker is at it, or it waits for its turn. Null once it was sent, or given up.
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class Letter(Mailing):
    """Mail to one of the people behind an account, or to an operator, as it will be read."""

    id = IdField(prefix="ltr")
    # Null if it is about the whole installation.
    account_id = ReferenceField(null=True, blank=True)
    # What it tells of: the same is never told twice to the same address.
    occurrence = models.CharField(max_length=200)
    email = models.CharField(max_length=512)
    subject = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "email"], name="one_letter_per_address")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="letter_waiting",
            ),
            tail_index("letter"),
        ]

    def __str__(self) -> str:
        return self.id
