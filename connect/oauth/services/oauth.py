"""OAuth between accounts and platforms: redeeming codes, refreshing keys, disconnecting."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from accounts.audit import trail
from accounts.models import (
    Account,
    ApiKey,
    Connection,
    KeyKind,
    OAuthGrant,
    OAuthProfile,
    OAuthRefreshToken,
)
from accounts.services import api_keys, consents
from connect.oauth.services import pkce
from connect.oauth.services.applications import (
    READ_ONLY,
    READ_WRITE,
    application_of,
    permissions_of,
)
from core.database.locking import lock_rows
from core.ids import application_id, random_text
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork

# All that the official packages know.
ERROR_CODES: Final = frozenset(
    {"invalid_client", "invalid_grant", "invalid_request", "invalid_scope",
     "unsupported_grant_type", "unsupported_response_type"}
)  # fmt: skip
_RANK: Final = {READ_ONLY: 1, READ_WRITE: 2}
# A browser that sends a code twice by mistake does so at once: that ends nothing.
_REUSE_GRACE: Final = timedelta(seconds=30)


class OAuthError(Exception):
    """An OAuth error response, by one of the six codes of the standard.

    Args:
        error: The code of the standard.
        description: A sentence for the platform's developer.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Token:
    """A platform's tokens for an account, shown once.

    Args:
        tenant: The account, in the mode of the platform's key.
        scope: `"read_only"` or `"read_write"`.
        access_token: An API key of the account.
        refresh_token: The token for another key.
        publishable_key: `pk_...` of the account.
        expires_in: Seconds until the key ends; None for never.
    """

    tenant: Tenant
    scope: str
    access_token: str
    refresh_token: str
    publishable_key: str
    expires_in: int | None = None


def redeem(*, platform: Tenant, code: str, verifier: str = "", at: datetime) -> Token:
    """Redeem an authorization code for an API key, once.

    Args:
        platform: The platform, in the mode of its key.
        code: The authorization code.
        verifier: The code verifier, if the link had a challenge.
        at: The moment.

    Raises:
        OAuthError: If the code is unknown, another platform's, expired or used, or does not go
            with the verifier, or the account was disconnected after it was given. One that is used
            again later than half a minute ends what it was used for: it has been stolen.
    """
    with UnitOfWork(platform, at=at) as work:
        grants = OAuthGrant.objects.select_related("application").filter(
            code=OAuthGrant.digest_of(code),
            application__account_id=platform.account_id,
            application__profile=OAuthProfile.CONNECT,
        )
        grant = lock_rows(grants).first()
        if grant is None or grant.account_id is None:
            raise OAuthError("invalid_grant", f"Authorization code does not exist: {code[:8]}...")
        if grant.used_at is None:
            if grant.expires <= at:
                raise OAuthError(
                    "invalid_grant", "Authorization code expired. Ask for consent again."
                )
            method = grant.code_challenge_method
            if wrong := pkce.find_error(grant.code_challenge, method, verifier):
                raise OAuthError("invalid_grant", wrong)
            work.change(grant, used_at=at)
            _lower(platform.account_id, grant, at=at)
            return _issue(work, platform, grant, grant.account_id, grant.scope)
        if at - grant.used_at > _REUSE_GRACE:
            for livemode in (False, True):
                consents.end(platform.account_id, Tenant(grant.account_id, livemode), at=at)
            _end_refreshing(platform.account_id, grant.account_id, at=at)
    raise OAuthError(
        "invalid_grant", "This authorization code has already been used. Ask for consent again."
    )


def refresh(*, platform: Tenant, refresh_token: str, scope: str | None, at: datetime) -> Token:
    """Issue another key for a refresh token, of the same or a lesser scope.

    Raises:
        OAuthError: If the token is unknown or ended, or allows less than what is asked for, or the
            account has been disconnected since. One that is used again later than half a minute
            ends its family: of two who have it, one has stolen it.
    """
    issued = _rotate(platform, refresh_token, scope, at)
    if issued is None:
        raise OAuthError("invalid_grant", "Refresh token does not exist, or was revoked.")
    return issued


def _rotate(platform: Tenant, refresh_token: str, scope: str | None, at: datetime) -> Token | None:
    with UnitOfWork(platform, at=at) as work:
        tokens = OAuthRefreshToken.objects.select_related("application").filter(
            token=_digest(refresh_token),
            application__account_id=platform.account_id,
            application__profile=OAuthProfile.CONNECT,
        )
        row = lock_rows(tokens).first()
        if row is None or row.account_id is None or row.revoked is not None:
            if row is not None:
                _note_reuse(platform.account_id, row, at=at)
            # What was ended is to stay so.
            return None
        wanted = scope or row.scope
        if _RANK.get(wanted, 9) > _RANK[row.scope]:
            raise OAuthError(
                "invalid_scope", f"The account's owner has agreed to {row.scope} and not to more."
            )
        work.change(row, revoked=at)
        return _issue(work, platform, row, row.account_id, wanted)


def disconnect(*, platform: Tenant, account_id: str, at: datetime) -> None:
    """Disconnect an account from a platform in one mode, and end what the platform made.

    Args:
        platform: The platform, in the mode to disconnect.
        account_id: The connected account.
        at: The moment.

    Raises:
        OAuthError: If the account is not connected to the platform, or was opened by it and has
            nobody else to look after it.
    """
    with UnitOfWork(platform, at=at) as work:
        # As everybody does who changes an account: the account, then its connection.
        lock_rows(Account.objects.filter(id=account_id)).first()
        connections = Connection.objects.filter(
            platform_id=platform.account_id,
            account_id=account_id,
            livemode=platform.livemode,
            ended_at=None,
        )
        connection = lock_rows(connections).first()
        if connection is None:
            raise OAuthError(
                "invalid_client",
                f"This application is not connected to stripe account {account_id}, or that "
                "account does not exist.",
            )
        _check_independence(platform, account_id)
        connection.ended_at = at
        connection.save(update_fields=["ended_at"])
        both = Connection.objects.filter(platform_id=platform.account_id, account_id=account_id)
        if not both.filter(ended_at=None).exists():
            _end_refreshing(platform.account_id, account_id, at=at)
        _emit(work, "account.application.deauthorized", platform, account_id)
        trail.record("connection.ended", connection)
        consents.end(platform.account_id, Tenant(account_id, platform.livemode), at=at)


def _note_reuse(platform_id: str, row: OAuthRefreshToken, *, at: datetime) -> None:
    """Revoke the family of a reused refresh token, unless a client has sent it twice."""
    if row.revoked is None or row.token_family is None or row.account_id is None:
        return
    if at - row.revoked <= _REUSE_GRACE:
        return
    family = OAuthRefreshToken.objects.filter(token_family=row.token_family, revoked=None)
    family.update(revoked=at)
    for livemode in (False, True):
        tenant = Tenant(row.account_id, livemode)
        keys = ApiKey.objects.filter(
            account_id=row.account_id, livemode=livemode, token_family=row.token_family
        )
        if keys.exclude(expires_at__lte=at).exists():
            consents.end_family(platform_id, tenant, row.token_family, at=at)


def _check_independence(platform: Tenant, account_id: str) -> None:
    account = Account.objects.get(id=account_id)
    dashboard = account.controller.get("stripe_dashboard", {}).get("type")
    if account.opened_by_id == platform.account_id and dashboard != "full":
        raise OAuthError(
            "invalid_request",
            f"The account {account_id} is looked after by you alone: its balance and its debts "
            "would be nobody's. Reject or delete it instead.",
        )


def _lower(platform_id: str, consent: OAuthGrant, *, at: datetime) -> None:
    """Reduce earlier permissions to the new consent, in both modes."""
    assert consent.account_id is not None
    account = lock_rows(Account.objects.all()).get(id=consent.account_id)
    if account.opened_by_id == platform_id:
        return
    for livemode in (False, True):
        tenant = Tenant(account.id, livemode)
        consents.lower(
            platform_id, tenant, permissions_of(consent.scope, consent.application), at=at
        )
    if consent.scope == READ_ONLY:
        # Otherwise they would give the old rights back.
        OAuthRefreshToken.objects.filter(
            application=consent.application, account_id=account.id, revoked=None
        ).update(scope=READ_ONLY)


def _agreed_permissions(
    platform: Tenant, account_id: str, wanted: Mapping[str, str] | None
) -> Mapping[str, str] | None:
    """Return which of the wanted permissions the owner has agreed to.

    Raises:
        OAuthError: If the account is disconnected in both modes.
    """
    rows = Connection.objects.filter(
        platform_id=platform.account_id, account_id=account_id, ended_at=None
    )
    by_mode = {row.livemode: row for row in rows}
    found = by_mode.get(platform.livemode) or by_mode.get(not platform.livemode)
    if found is None:
        raise OAuthError("invalid_grant", "The account has been disconnected since.")
    if Account.objects.filter(id=account_id, opened_by_id=platform.account_id).exists():
        return wanted
    return consents.intersect(wanted, found.granted)


def _issue(
    work: UnitOfWork,
    platform: Tenant,
    consent: OAuthGrant | OAuthRefreshToken,
    account_id: str,
    scope: str,
) -> Token:
    at = work.at
    tenant = Tenant(account_id, platform.livemode)
    application, user = consent.application, consent.user
    allowed: Mapping[str, str] | None = permissions_of(scope, application)
    if isinstance(consent, OAuthRefreshToken):
        allowed = _agreed_permissions(platform, account_id, allowed)
    is_new = _connect(work, platform, account_id, allowed, consent.created)
    family = consent.token_family if isinstance(consent, OAuthRefreshToken) else None
    family = family or uuid4()
    lifetime = application.key_lifetime_seconds
    _, key = api_keys.create(
        tenant=tenant,
        kind=KeyKind.SECRET if allowed is None else KeyKind.RESTRICTED,
        name=f"OAuth: {application.name}"[:100],
        permissions=allowed,
        expires_at=at + timedelta(seconds=lifetime) if lifetime else None,
        platform_id=platform.account_id,
        token_family=family,
        at=at,
    )
    refresh_token = "rt_" + random_text(43)
    OAuthRefreshToken.objects.create(
        user=user,
        token=_digest(refresh_token),
        application=application,
        account_id=account_id,
        scope=scope,
        token_family=family,
    )
    if is_new:
        _emit(work, "account.application.authorized", platform, account_id)
    public = _publishable(tenant, platform, at)
    return Token(tenant, scope, key, refresh_token, public, lifetime)


def _connect(
    work: UnitOfWork,
    platform: Tenant,
    account_id: str,
    allowed: Mapping[str, str] | None,
    agreed_at: datetime,
) -> bool:
    """Connect an account, and return whether it was not connected before."""
    # Two codes of one account may come at once, when there is no connection to lock yet.
    account = lock_rows(Account.objects.all()).get(id=account_id)
    if account.closed_at is not None:
        raise OAuthError("invalid_grant", "The account has been closed.")
    rows = Connection.objects.filter(
        platform_id=platform.account_id, account_id=account_id, livemode=platform.livemode
    )
    row = lock_rows(rows).first()
    if row is None:
        Connection.objects.create(
            platform_id=platform.account_id,
            account_id=account_id,
            livemode=platform.livemode,
            granted=allowed,
            created_at=work.at,
        )
        return True
    was_connected = row.ended_at is None
    if row.ended_at is not None and row.ended_at >= agreed_at:
        raise OAuthError(
            "invalid_grant", "The account has been disconnected since. Ask for consent again."
        )
    # Who opened the account may do everything there, whatever else is agreed.
    opened_it = account.opened_by_id == platform.account_id
    work.change(row, granted=None if opened_it else allowed, ended_at=None)
    return not was_connected


def _publishable(tenant: Tenant, platform: Tenant, at: datetime) -> str:
    known = ApiKey.objects.filter(
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind=KeyKind.PUBLISHABLE,
        platform_id=platform.account_id,
        expires_at=None,
    ).first()
    if known and known.public_text:
        return known.public_text
    _, text = api_keys.create(
        tenant=tenant,
        kind=KeyKind.PUBLISHABLE,
        name="OAuth",
        platform_id=platform.account_id,
        at=at,
    )
    return text


def _end_refreshing(platform_id: str, account_id: str, *, at: datetime) -> None:
    OAuthRefreshToken.objects.filter(
        application__account_id=platform_id,
        application__profile=OAuthProfile.CONNECT,
        account_id=account_id,
        revoked=None,
    ).update(revoked=at)


def _emit(work: UnitOfWork, type: str, platform: Tenant, account_id: str) -> None:
    application = application_of(platform.account_id)
    work.emit(
        type,
        Tenant(account_id, platform.livemode),
        {
            "id": application_id(platform.account_id),
            "object": "application",
            "name": application.name if application else None,
        },
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
