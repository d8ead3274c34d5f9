"""Ending all that an OAuth client was given, when somebody else may have it."""

from datetime import datetime

from accounts.audit import trail
from accounts.models import (
    Connection,
    OAuthAccessToken,
    OAuthApplication,
    OAuthGrant,
    OAuthProfile,
    OAuthRefreshToken,
)
from accounts.services import consents
from connect.oauth.services import fapi_tokens
from core.database.transactions import atomic
from core.errors import missing
from core.tenant import Tenant


def end_tokens(client_id: str, *, reason: str, at: datetime) -> int:
    """End the codes, tokens and keys of a client, and what it made with them; connections stay.

    Args:
        client_id: The client's id.
        reason: Why.
        at: The moment.

    Returns:
        How many accounts it was connected to.

    Raises:
        Missing: If there is no such client.
    """
    with atomic():
        row = OAuthApplication.objects.select_for_update().filter(client_id=client_id).first()
        if row is None:
            raise missing("application", client_id)
        families = _end_families(row, at=at) if row.profile == OAuthProfile.FAPI2 else 0
        OAuthGrant.objects.filter(application=row, used_at=None).update(used_at=at)
        OAuthRefreshToken.objects.filter(application=row, revoked=None).update(revoked=at)
        OAuthAccessToken.objects.filter(application=row).update(expires=at)
        connected = Connection.objects.filter(platform_id=row.account_id, ended_at=None)
        if row.profile == OAuthProfile.FAPI2:
            connected = connected.none()
        count = families
        for one in connected.select_for_update().order_by("id"):
            consents.end(row.account_id, Tenant(one.account_id, one.livemode), at=at)
            count += 1
        trail.record(
            "oauth_application.tokens_ended",
            row,
            changes={"accounts": (None, count)},
            reason=reason,
        )
    return count


def _end_families(row: OAuthApplication, *, at: datetime) -> int:
    """End what owners have given to a FAPI client, and return how many consents these were."""
    consented = OAuthRefreshToken.objects.filter(application=row, revoked=None).order_by("id")
    given = list(consented.values_list("account_id", "token_family"))
    for account_id, family in given:
        fapi_tokens.end_family(row, account_id, family, at=at)
    return len(given)
