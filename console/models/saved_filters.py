from django.conf import settings
from django.db import models

from core.database.fields import IdField


class SavedFilter(models.Model):
    """A list as somebody likes to see it, under a name of their own."""

    id = IdField(prefix="filt")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # The admin's name of the list's pages, such as `payments_charge`.
    page = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="one_saved_filter_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
