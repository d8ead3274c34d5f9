from django.db import models

from accounts.models.account import TenantModel
from core.database.fields import ReferenceField


class KeyUse(TenantModel):
    """How often a key used a permission on one day: a row for each, counted up."""

    key_id = ReferenceField()
    day = models.DateField()
    # Its name; empty for the requests themselves.
    permission = models.CharField(max_length=60, blank=True)
    # "read" or "write"; of requests "allowed", or "refused" by a limit.
    level = models.CharField(max_length=8)
    requests = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key_id", "day", "permission", "level"],
                name="one_row_of_key_day_permission",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.permission} {self.level} {self.day}"
