"""A platform's OAuth application: its name, and the permissions of its scopes."""

from typing import Final

from accounts.models import Account, OAuthApplication
from core.ids import application_id

READ_ONLY: Final = "read_only"
READ_WRITE: Final = "read_write"


def application_of(account_id: str) -> OAuthApplication | None:
    """Return the application of a platform; None if it has none."""
    found: OAuthApplication | None = OAuthApplication.objects.filter(
        client_id=application_id(account_id), account_id=account_id
    ).first()
    return found


def name_of(platform_id: str) -> str:
    """Return the name of a platform's application."""
    application = application_of(platform_id)
    platform = Account.objects.filter(id=platform_id).first()
    return (application and application.name) or (platform and platform.name) or platform_id


def permissions_of(scope: str, application: OAuthApplication) -> dict[str, str] | None:
    """Return the permissions of a scope; None for all of them."""
    if scope == READ_WRITE and not application.resources:
        return None
    level = "read" if scope == READ_ONLY else "write"
    return dict.fromkeys(application.resources or ["*"], level)
