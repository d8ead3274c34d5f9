"""What happened, and telling others."""

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts.models import TenantModel
from core.database.fields import (
    IdField,
    ReferenceField,
    StatusField,
    by_time_index,
    status_constraint,
)
from core.database.finding import tail_index
from webhooks.states import DELIVERY, RESEND, UNACCEPTED, DeliveryStatus, ResendStatus


class Event(TenantModel):
    """An event of an object, and the outbox: see `services.relay`.

    The tables of events, of deliveries and of attempts are in partitions of a week each, by the
    event or the delivery; no foreign key holds between them.
    """

    id = IdField(prefix="evt")
    type = models.CharField(max_length=60)
    object_id = ReferenceField()
    # The object as it was, JSON text: what is sent later is what was true then.
    data = models.TextField()
    api_version = models.CharField(max_length=40)
    request_id = ReferenceField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)
    created_at = models.DateTimeField()
    # The transaction that wrote it. What lies below the horizon has surely committed.
    xid = models.BigIntegerField(
        db_default=RawSQL("(pg_current_xact_id()::text::bigint)", ()), editable=False
    )

    class Meta:
        indexes = [
            by_time_index("event"),
            models.Index(
                fields=["account", "livemode", "type", "-created_at", "-id"],
                name="event_by_type_and_time",
            ),
            models.Index(fields=["xid", "id"], name="event_by_xid"),
            models.Index(fields=["object_id", "-id"], name="event_by_object"),
            tail_index("event"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class Endpoint(TenantModel):
    """An address that events are sent to."""

    id = IdField(prefix="we")
    url = models.CharField(max_length=2048)
    enabled_events = models.JSONField(default=list)
    # For people, where it was made as a destination of events.
    name = models.CharField(max_length=200, blank=True, default="")
    description = models.CharField(max_length=5000, null=True, blank=True)
    api_version = models.CharField(max_length=40, null=True, blank=True)
    # True: events of connected accounts; False: the account's own.
    is_connect = models.BooleanField(default=False)
    # Of one that hears of connected accounts: whether of its own account too.
    also_hears_own = models.BooleanField(default=False, db_default=False)
    # Whether it is sent what happened and to what, without the object.
    is_thin = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    # Whether an object's events are sent one after another, each once the one before has ended.
    keeps_order = models.BooleanField(default=False)
    # Deliveries in a second at most; null for as many as it takes.
    most_per_second = models.PositiveIntegerField(null=True, blank=True)
    # How it took its last deliveries: see `services.endpoint_health`.
    is_slow = models.BooleanField(default=False)
    timeouts_in_a_row = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    # Since its first try that failed with none after it that was accepted.
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    # How often its people were told since then.
    failing_notices = models.PositiveSmallIntegerField(default=0, editable=False)
    # Of one that a developer's command listens at: until then, unless it says that it still does.
    listens_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Between these two events it was disabled, and what happened was not sent to it. Empty: it
    # has missed nothing, and it is disabled still.
    missed_after = ReferenceField(blank=True, editable=False)
    missed_until = ReferenceField(blank=True, editable=False)
    secret = models.BinaryField(editable=False)
    # The one before, which signs beside it for a while after it was rolled.
    previous_secret = models.BinaryField(null=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    # What the request that rolled it last had reserved: sent again, it rolls nothing.
    rolled_as = ReferenceField(blank=True, default="", db_default="", editable=False)
    # The platform that made it for the account; null for the account's own.
    platform_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    # By the second dialect; null while it was never changed there.
    updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="endpoint_by_account"),
            models.Index(
                fields=["listens_until"],
                condition=Q(listens_until__isnull=False, deleted_at=None),
                name="endpoint_listening",
            ),
            tail_index("endpoint"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def hears_own(self) -> bool:
        """Return whether it is sent what happens to its own account."""
        return not self.is_connect or self.also_hears_own


class Delivery(TenantModel):
    """One event for one endpoint. The tenant is the endpoint's."""

    id = IdField(prefix="dlv")
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="deliveries",
    )
    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="deliveries",
    )
    status = StatusField(default=DeliveryStatus.PENDING)
    # What every try sends: see `Body`. Those of before have it themselves.
    body_key = models.BigIntegerField(null=True, editable=False)
    body = models.TextField(null=True, editable=False)
    attempt_count = models.PositiveIntegerField(default=0)
    # Tries that the schedule does not count: those before somebody asked for it to be sent again.
    attempts_before_resend = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            status_constraint(DeliveryStatus, name="delivery_status_is_known"),
            models.UniqueConstraint(fields=["event", "endpoint"], name="one_delivery_per_endpoint"),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "status", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="delivery_due_by_endpoint",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(
                fields=["endpoint", "-id"],
                condition=Q(status__in=[one.value for one in UNACCEPTED]),
                name="delivery_not_accepted",
            ),
            tail_index("delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"

    def move_to(self, status: DeliveryStatus) -> None:
        """Change the status; the only writer."""
        if status != self.status:
            DELIVERY.check(DeliveryStatus(self.status), status)
        self.status = status


class Body(models.Model):
    """The bytes that an event's deliveries send, kept once for all that are sent the same.

    Frozen when the first of them is made. It goes with its week, once none of these is there.
    """

    pk = models.CompositePrimaryKey("event_id", "key")
    event_id = ReferenceField()
    # Stands for the way in which an endpoint hears of it: see `services.audience.Hearing`.
    key = models.BigIntegerField()
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return f"{self.event_id} {self.key}"


class Attempt(models.Model):
    """One HTTP attempt."""

    id = IdField(prefix="att")
    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="attempts",
    )
    number = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField()
    # What opens doors is blanked out before it is kept.
    request_headers = models.JSONField(default=dict, blank=True)
    response_headers = models.JSONField(default=dict, blank=True)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempts_are_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"


class Resend(TenantModel):
    """Sending an endpoint again what it was sent, a batch at a time, from where it stands."""

    id = IdField(prefix="rsd")
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, db_index=False, related_name="resends"
    )
    status = StatusField(default=ResendStatus.RUNNING)
    # Whether what was accepted is sent once more too.
    sends_accepted = models.BooleanField(default=False)
    # Whether what happened while the endpoint was disabled is sent first.
    sends_missed = models.BooleanField(default=False)
    since = models.DateTimeField()
    # Between these two deliveries is what is still to be sent.
    after = ReferenceField()
    until = ReferenceField()
    total = models.PositiveIntegerField()
    sent = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(ResendStatus, name="resend_status_is_known"),
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=Q(status=ResendStatus.RUNNING.value),
                name="one_resend_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "-id"], name="resend_by_endpoint")]

    def __str__(self) -> str:
        return f"{self.id} → {self.endpoint_id}"

    def move_to(self, status: ResendStatus) -> None:
        """Change the status; the only writer."""
        RESEND.check(ResendStatus(self.status), status)
        self.status = status


class Engine(models.Model):
    """A delivery engine that runs until it is told to stop, and shares the shards with others."""

    id = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Shard(models.Model):
    """A part of all endpoints. Whoever holds its lease sends their deliveries, and nobody else."""

    id = models.SmallIntegerField(primary_key=True)
    # Grows whenever it changes hands: what is written under an older one is refused.
    token = models.BigIntegerField(default=0)
    engine_id = models.CharField(max_length=40, blank=True)
    # Its connection to the database: an engine whose connection is gone holds nothing.
    backend_pid = models.PositiveIntegerField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.id}: {self.engine_id}"


class RelayCursor(models.Model):
    """The position up to which events are fanned out. One row, locked by the relay at work."""

    id = models.SmallIntegerField(primary_key=True)
    xid = models.BigIntegerField()
    event_id = ReferenceField(blank=True)
    # Transaction numbers mean nothing in another cluster than the one that gave them.
    system_identifier = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_relay_cursor")]

    def __str__(self) -> str:
        return f"{self.xid}/{self.event_id}"


class FanOut(models.Model):
    """One batch of the relay: the stretch of events it took, and what it made of them.

    `queries.conservation` holds the tables against it. It goes with the week of its last event.
    """

    # Stretches follow one another, so their ends lead to the one that an event lies in.
    pk = models.CompositePrimaryKey("until_xid", "until_event_id")
    after_xid = models.BigIntegerField()
    after_event_id = ReferenceField(blank=True)
    until_xid = models.BigIntegerField()
    until_event_id = ReferenceField()
    event_count = models.PositiveIntegerField()
    # Events times the endpoints that asked for them.
    delivery_count = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="fan_out_by_time")]

    def __str__(self) -> str:
        return f"{self.after_xid}/{self.after_event_id} → {self.until_xid}/{self.until_event_id}"
