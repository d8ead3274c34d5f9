from typing import Final

from django.db import models

from core.database.fields import IdField, ReferenceField

LONGEST: Final = 2_000


class Note(models.Model):
    """What somebody wrote about an object. It stays as it was written."""

    id = IdField(prefix="note")
    object_id = ReferenceField()
    # Whose people read it; empty for those of the whole of Rialto.
    platform_id = ReferenceField(blank=True)
    author_id = ReferenceField()
    # The address at that time, for people.
    author_email = models.CharField(max_length=254)
    text = models.TextField(max_length=LONGEST)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["object_id", "-id"], name="note_by_object")]

    def __str__(self) -> str:
        return self.id
