from django.db import models

from accounts.models.account import TenantModel
from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index


class KeyKind(models.TextChoices):
    SECRET = "secret"  # noqa: S105  a kind, not a password
    RESTRICTED = "restricted"
    PUBLISHABLE = "publishable"
    # For one customer and a short time: in the hands of the payer's own application.
    EPHEMERAL = "ephemeral"


class ApiKey(TenantModel):
    """A key of an account. The text itself is shown once and never stored."""

    id = IdField(prefix="key")
    kind = models.CharField(max_length=12, choices=KeyKind.choices)
    name = models.CharField(max_length=100, blank=True)
    # HMAC-SHA-256 of the key under the pepper: the look-up value, useless to a thief.
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    pepper_id = models.PositiveSmallIntegerField(default=1, editable=False)
    hint = models.CharField(max_length=40, editable=False)
    # Publishable keys are public, so they may be shown again.
    public_text = models.CharField(max_length=80, null=True, blank=True, editable=False)
    # Resource → "none", "read" or "write", of a restricted key; of an ephemeral one, whose it is:
    # "customer" → its id.
    permissions = models.JSONField(default=dict, blank=True)
    # The platform that got it by OAuth, or with such a key; null for the account's own keys.
    platform_id = ReferenceField(null=True, blank=True)
    # Of the consent by which it was given, with all that was refreshed since.
    token_family = models.UUIDField(null=True, blank=True, editable=False)
    # The thumbprint of the client's key that must prove each use; null for a bearer's.
    dpop_jkt = models.CharField(max_length=43, null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        indexes = [
            models.Index(fields=["account", "livemode"], name="api_key_by_account"),
            tail_index("api_key"),
        ]

    def __str__(self) -> str:
        return self.hint
