"""The five tables of django-oauth-toolkit, ours from the first migration.

They can't be swapped later, and must be swapped together and in one app.
"""

import hashlib

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)


class OAuthProfile(models.TextChoices):
    """By which rules an application is let in."""

    # The wire's: the platform's secret key proves who it is, and its tokens are keys.
    CONNECT = "connect", "Connect"
    # FAPI 2.0 Security Profile: signed assertions, pushed requests, tokens bound to a key.
    FAPI2 = "fapi2", "FAPI 2.0"


class OAuthApplication(AbstractApplication):
    """A client of an account: a platform's Connect client, or a third party's program."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="oauth_applications"
    )
    livemode = models.BooleanField()
    profile = models.CharField(
        max_length=10,
        choices=OAuthProfile.choices,
        default=OAuthProfile.CONNECT,
        db_default=OAuthProfile.CONNECT,
    )
    jwks = models.JSONField(
        null=True,
        blank=True,
        verbose_name="public keys",
        help_text="FAPI 2.0: the set of public keys (JWKS) that its assertions are signed by.",
    )
    # Permissions that it asks for at most, such as `balance`; empty for all there are.
    resources = models.JSONField(default=list, blank=True)
    key_lifetime_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="After which the keys that it is given end, to be refreshed; empty for never.",
    )

    class Meta(AbstractApplication.Meta):
        verbose_name = "OAuth application"


class OAuthAccessToken(AbstractAccessToken):
    pass


class OAuthRefreshToken(AbstractRefreshToken):
    """A refresh token. Its `token` is a digest: the text is not stored."""

    # The account that was shared.
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.CASCADE, related_name="+"
    )
    scope = models.CharField(max_length=4000, default="read_only")


class OAuthGrant(AbstractGrant):
    """An authorization code, good once, and kept afterwards to recognise its reuse.

    Only its digest is kept: a copy of the database shares no account.
    """

    # The account that is shared.
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.CASCADE, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)
    # FAPI 2.0: the thumbprint of the only key that may redeem it, and the family of what it gave.
    dpop_jkt = models.CharField(max_length=43, null=True, blank=True)
    token_family = models.UUIDField(null=True, blank=True)

    @staticmethod
    def digest_of(code: str) -> str:
        """Return what is kept of a code."""
        return hashlib.sha256(code.encode()).hexdigest()


class OAuthIDToken(AbstractIDToken):
    pass


class OAuthPushedRequest(models.Model):
    """An authorization request that a client has pushed (RFC 9126), good for one decision.

    Only the digest of its reference is kept.
    """

    digest = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(
        "accounts.OAuthApplication", on_delete=models.CASCADE, related_name="+"
    )
    params = models.JSONField()
    dpop_jkt = models.CharField(max_length=43, null=True, blank=True)
    created_at = models.DateTimeField()
    # Until when somebody must have opened it.
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
