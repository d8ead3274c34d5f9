"""The registry that the database holds entries against: codes, locations, kinds."""

from django.db import models

from core.database.fields import ReferenceField


class ChartCode(models.Model):
    """The registry of the chart that the database opens accounts by. Filled from `chart.py`."""

    code = models.CharField(max_length=40, primary_key=True)
    is_guarded = models.BooleanField()

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """An owner whose money is not held at the main location."""

    owner = ReferenceField()
    livemode = models.BooleanField()
    location = ReferenceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "livemode"], name="one_location_per_owner")
        ]

    def __str__(self) -> str:
        return f"{self.owner} at {self.location}"


class Kind(models.Model):
    """The registry that the database checks postings against. Filled from `rules.py`."""

    kind = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=8)
    debits = models.JSONField()
    credits = models.JSONField()
    may_overdraw = models.BooleanField()
    is_fact = models.BooleanField(default=False)
    moves_between_locations = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.kind
