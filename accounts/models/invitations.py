from django.db import models

from core.database.fields import IdField
from core.security.role_words import Role


class Invitation(models.Model):
    """An invitation to operate Rialto, written by functions of the tables' owner alone."""

    id = IdField(prefix="inv")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    # The link holds what this is the digest of.
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="invitations"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} by {self.invited_by_id}"
