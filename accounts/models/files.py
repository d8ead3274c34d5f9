from django.db import models

from accounts.models.account import TenantModel
from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class File(TenantModel):
    """A file that was uploaded for a purpose. It never changes, and goes in time."""

    id = IdField(prefix="file")
    purpose = models.CharField(max_length=40)
    filename = models.CharField(max_length=255)
    # What its bytes say it is, whatever its name says: a key of `catalog.MEDIA_TYPES`.
    type = models.CharField(max_length=8)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    # From then on nobody gets it; what still needs it has it until that is over.
    expires_at = models.DateTimeField(null=True, blank=True)
    # When its content was deleted; this row says that there was one.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="file_by_account"),
            models.Index(
                fields=["id"], condition=models.Q(removed_at=None), name="file_with_content"
            ),
            tail_index("file"),
        ]

    def __str__(self) -> str:
        return self.filename


class FileChunk(models.Model):
    """A piece of a file. Whoever reads a file has one piece in memory at a time."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="one_chunk_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.file_id}[{self.position}]"


class FileLink(TenantModel):
    """An address at which anybody gets a file, until it expires."""

    id = IdField(prefix="link")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="links", db_index=False)
    expires_at = models.DateTimeField()
    # The platform that made it for the account; null for the account's own.
    platform_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="file_link_by_account"),
            models.Index(fields=["file", "-id"], name="file_link_by_file"),
        ]

    def __str__(self) -> str:
        return self.id
