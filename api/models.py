"""What the protocol itself keeps. Accounts are plain ids: nothing lies below this room."""

from django.db import models

from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class IdempotencyKey(models.Model):
    """A caller's key, the request it came with, and that request's answer.

    Its table is in partitions of a day each; the function that claims a key looks into those of
    before, which no constraint spans.
    """

    id = IdField(prefix="idk")
    account_id = ReferenceField()
    livemode = models.BooleanField()
    # Whose words the keys are, if not the account's own: a platform's, or payers' browsers'.
    scope = models.CharField(max_length=80, default="", blank=True)
    key = models.CharField(max_length=255)
    # Method, path and parameters: the same key must come with the same ones.
    fingerprint = models.BinaryField(max_length=32)
    # What the ids of the objects that the request creates end with.
    id_suffix = models.CharField(max_length=24)
    # Grows when a retry takes over, so that an overtaken run can't keep its answer.
    attempt = models.PositiveIntegerField(default=1)
    # The database connection that works on it. When that is gone, so is the request.
    claimed_by = models.IntegerField()
    claimed_at = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)
    created_at = models.DateTimeField()
    # The day on which it was claimed, by the database's clock and in UTC.
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "key", "livemode", "scope", "day"],
                name="one_answer_per_idempotency_key",
            )
        ]

    def __str__(self) -> str:
        return self.key


class RequestLog(models.Model):
    """One request, and of its contents what names nobody: operators look here when asked.

    Its table is in partitions of a week each, by the id.
    """

    id = IdField(prefix="req")
    account_id = ReferenceField(null=True)
    livemode = models.BooleanField(null=True)
    key_id = ReferenceField(null=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    status_code = models.PositiveSmallIntegerField()
    duration_ms = models.PositiveIntegerField()
    api_version = models.CharField(max_length=40, blank=True)
    idempotency_key = models.CharField(max_length=255, null=True)
    error_code = models.CharField(max_length=60, null=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    # As `api/wire/logged.py` keeps them.
    parameters = models.JSONField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="request_by_account"),
            tail_index("request"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status_code}"


class Heartbeat(models.Model):
    """A process that works as a program, and when it last wrote so."""

    # Program, machine and process.
    id = models.CharField(max_length=255, primary_key=True)
    program = models.CharField(max_length=40)
    host = models.CharField(max_length=120)
    process = models.IntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id
