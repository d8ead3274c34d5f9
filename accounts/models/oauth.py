"""The five tables of django-oauth-toolkit, ours from the first migration.

They can't be swapped later, and must be swapped together and in one app.
"""

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

    class Meta(AbstractApplication.Meta):
        pass


class OAuthAccessToken(AbstractAccessToken):
    pass


class OAuthRefreshToken(AbstractRefreshToken):
    pass


class OAuthGrant(AbstractGrant):
    pass


class OAuthIDToken(AbstractIDToken):
    pass
