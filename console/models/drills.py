from django.db import models

from core.database.fields import IdField


class DrillKind(models.TextChoices):
    """What can be tried out."""

    ADDRESS = "address"
    MAIL = "mail"
    RESTORE = "restore"


class Drill(models.Model):
    """Something that going live asks for was tried out. It stays as it was found."""

    id = IdField(prefix="drill")
    kind = models.CharField(max_length=10, choices=DrillKind.choices)
    # What was tried: with another one, it is to be tried again.
    about = models.CharField(max_length=600)
    is_good = models.BooleanField()
    words = models.CharField(max_length=1_000)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-made_at"], name="drill_by_kind")]

    def __str__(self) -> str:
        return self.id
