from django.conf import settings
from django.db import models

from core.database.fields import IdField, StatusField, status_constraint


class ExportStatus(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


# Something is still to be done about them.
OPEN = (ExportStatus.WAITING, ExportStatus.RUNNING)


class Export(models.Model):
    """A list as a file of comma-separated values, written piece by piece."""

    id = IdField(prefix="exp")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # The admin's name of the list's pages, such as `payments_charge`.
    page = models.CharField(max_length=80)
    query = models.CharField(max_length=2_000, blank=True)
    # The statement that selects the keys of what was on the list; empty for the whole table.
    selection = models.TextField(blank=True)
    status = StatusField(default=ExportStatus.WAITING)
    # The key after which the next piece begins.
    after = models.CharField(max_length=255, null=True)
    row_count = models.PositiveIntegerField(default=0)
    chunk_count = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    # How often a piece could not be written.
    failure_count = models.PositiveSmallIntegerField(default=0)
    is_cut_off = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [status_constraint(ExportStatus, name="export_status_is_known")]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(status__in=OPEN), name="export_to_be_made"
            ),
            models.Index(fields=["user", "-id"], name="export_by_user"),
        ]

    def __str__(self) -> str:
        return f"Export of {self.page}"


class ExportChunk(models.Model):
    """A piece of an export: whoever downloads it has one in memory at a time."""

    export = models.ForeignKey(
        Export, on_delete=models.CASCADE, db_index=False, related_name="chunks"
    )
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["export", "position"], name="one_export_chunk_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.export_id}[{self.position}]"
