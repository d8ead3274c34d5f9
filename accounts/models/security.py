"""Alarms, and what they are told by: what is usual of whom, and where who was seen."""

from django.db import models
from django.db.models import Q

from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class SecurityAlarm(models.Model):
    """What a detector has found: of whom, by which numbers, and what was done about it."""

    id = IdField(prefix="alarm")
    # Null if it is about the whole installation.
    account_id = ReferenceField(null=True, blank=True)
    livemode = models.BooleanField(null=True, blank=True)
    # A key of `accounts.detection.detectors.DETECTORS`.
    detector = models.CharField(max_length=40)
    # Whom it is about: `key:key_…`, `network:198.51.100.0/24`.
    subject = models.CharField(max_length=200)
    # How much was seen, and how much would not have been told of.
    count = models.BigIntegerField()
    threshold = models.BigIntegerField()
    # More numbers that it was told by.
    figures = models.JSONField(default=dict, blank=True)
    # The strongest answer so far; what is done ends by itself at a moment, or is undone.
    answer = models.CharField(max_length=16)
    measure_until = models.DateTimeField(null=True, blank=True)
    # Somebody has undone it: it is not taken again for the same alarm.
    undone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["detector", "subject"],
                condition=Q(acknowledged_at__isnull=True),
                name="one_open_alarm_of_a_subject",
            )
        ]
        indexes = [
            models.Index(
                fields=["measure_until"],
                condition=Q(measure_until__isnull=False),
                name="alarm_with_measure",
            ),
            models.Index(fields=["account_id", "-id"], name="alarm_by_account"),
            tail_index("security_alarm"),
        ]

    def __str__(self) -> str:
        return self.id


class SecurityBaseline(models.Model):
    """How much of something is usual in one hour of the week."""

    detector = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    # Hours since Monday 0:00 UTC.
    slot = models.PositiveSmallIntegerField()
    # How many in five minutes, and how many weeks that was learned from.
    mean = models.FloatField()
    weeks = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["detector", "subject", "slot"], name="one_baseline_of_an_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.subject} {self.slot}"


class SecurityPlace(models.Model):
    """A network from which a key is used, or a device of a person."""

    # A key's or a person's id.
    subject = ReferenceField()
    place = models.CharField(max_length=120)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "place"], name="one_row_of_a_place")
        ]
        indexes = [models.Index(fields=["last_at"], name="place_by_last_use")]

    def __str__(self) -> str:
        return f"{self.subject} {self.place}"
