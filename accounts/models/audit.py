"""The audit trail, and the seals over it."""

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class AuditEvent(models.Model):
    """What somebody did, written with what they did. It names people and refers to none."""

    id = IdField(prefix="aud")
    created_at = models.DateTimeField(db_default=Now())
    # Who, as they were then.
    actor_kind = models.CharField(max_length=16)
    actor_id = ReferenceField(null=True, blank=True)
    actor_email = models.CharField(max_length=254, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    # What, to what.
    action = models.CharField(max_length=64)
    target_type = models.CharField(max_length=64, blank=True)
    target_id = models.CharField(max_length=200, blank=True)
    account_id = ReferenceField(null=True, blank=True)
    livemode = models.BooleanField(null=True, blank=True)
    # Column → what it was and what it became. Secrets appear as keyed hashes.
    changes = models.JSONField(default=dict, blank=True)
    # From where.
    address = models.GenericIPAddressField(null=True, blank=True)
    session = models.CharField(max_length=64, blank=True)
    request_id = ReferenceField(null=True, blank=True)
    # Why, and on whose word.
    reason = models.TextField(blank=True)
    step_up_seconds = models.PositiveIntegerField(null=True, blank=True)
    approval_id = ReferenceField(null=True, blank=True)
    # The transaction: what is sealed has surely ended.
    xid = models.BigIntegerField(
        db_default=RawSQL("(pg_current_xact_id()::text::bigint)", ()), editable=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="audit_by_time"),
            models.Index(fields=["actor_email", "-id"], name="audit_by_email"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["target_id", "-id"], name="audit_by_target"),
            models.Index(fields=["account_id", "-id"], name="audit_by_account"),
            models.Index(fields=["request_id"], name="audit_by_request"),
            models.Index(fields=["xid"], name="audit_by_xid"),
            models.Index(
                fields=["approval_id"],
                condition=Q(approval_id__isnull=False),
                name="audit_by_approval",
            ),
            tail_index("audit_event"),
        ]

    def __str__(self) -> str:
        return self.id


class AuditSeal(models.Model):
    """A seal over a batch of audit events. Each names the one before it, and is signed."""

    number = models.BigIntegerField(primary_key=True)
    # Every transaction below has surely ended; in which cluster, for numbers begin anew elsewhere.
    until_xid = models.BigIntegerField()
    cluster = models.CharField(max_length=32)
    event_count = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    # The hash of all the above: what the next seal names, and what may be kept elsewhere.
    head = models.BinaryField(max_length=32)
    # Ed25519, and the public key to which it belongs.
    signature = models.BinaryField(max_length=64)
    public_key = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}"


class AuditLeaf(models.Model):
    """Where an audit event stands in its seal, and its hash as it was sealed."""

    event_id = ReferenceField(primary_key=True)
    seal_number = models.BigIntegerField()
    position = models.PositiveIntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal_number", "position"], name="one_leaf_per_place")
        ]

    def __str__(self) -> str:
        return self.event_id
