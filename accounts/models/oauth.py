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


class OAuthApplication(AbstractApplication):
    """A client of an account: a platform's Connect client, or a third party's program."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="oauth_applications"
    )
    livemode = models.BooleanField()
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
    scope = models.CharField(max_length=20, default="read_only")


class OAuthGrant(AbstractGrant):
    """An authorization code, good once, and kept afterwards to recognise its reuse.

    Only its digest is kept: a copy of the database shares no account.
    """

    # The account that is shared.
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.CASCADE, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def digest_of(code: str) -> str:
        """Return what is kept of a code."""
        return hashlib.sha256(code.encode()).hexdigest()


class OAuthIDToken(AbstractIDToken):
    pass
