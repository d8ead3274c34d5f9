"""What owners share with FAPI clients: seen on their page, and ended there."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Account, OAuthProfile, OAuthRefreshToken
from connect.oauth.services import fapi_tokens
from core.database.locking import lock_rows
from core.database.transactions import atomic


def list_consents(accounts: QuerySet[Account]) -> Sequence[OAuthRefreshToken]:
    """Return the consents of some accounts that have not ended; each has one refresh token."""
    return list(_open(accounts).select_related("account", "application").order_by("id"))


def end_consent(accounts: QuerySet[Account], id: int, *, at: datetime) -> None:
    """End a consent of one of some accounts, with all that it gave; nothing if it has ended."""
    with atomic():
        row = lock_rows(_open(accounts).select_related("application").filter(id=id)).first()
        if row is not None and row.account_id and row.token_family:
            fapi_tokens.end_family(row.application, row.account_id, row.token_family, at=at)


def _open(accounts: QuerySet[Account]) -> QuerySet[OAuthRefreshToken]:
    tokens: QuerySet[OAuthRefreshToken] = OAuthRefreshToken.objects.filter(
        account__in=accounts, application__profile=OAuthProfile.FAPI2, revoked=None
    )
    return tokens
