"""Codes and tokens of FAPI clients. An access token is an API key that is bound to another key."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db.models import QuerySet

from accounts.audit import trail
from accounts.models import (
    Account,
    ApiKey,
    KeyKind,
    OAuthApplication,
    OAuthGrant,
    OAuthProfile,
    OAuthPushedRequest,
    OAuthRefreshToken,
    User,
)
from accounts.services import api_keys
from connect.oauth import fapi_scopes
from connect.oauth.services import pkce
from connect.oauth.services.protocol import ProtocolError
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.ids import random_text
from core.tenant import Tenant
from core.types import JsonObject

CODE_LIFETIME: Final = timedelta(seconds=60)
TOKEN_LIFETIME: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client is given, shown once.

    Args:
        access_token: An API key that is good with a proof only.
        refresh_token: The token for further ones; it stays the same.
        scope: What was agreed to.
        account_id: Whose account it is.
    """

    access_token: str
    refresh_token: str
    scope: str
    account_id: str


def give_code(*, pushed: OAuthPushedRequest, account_id: str, user: User, at: datetime) -> str:
    """Record that an owner agrees to a pushed request, and return the authorization code."""
    code = random_text(43)
    grant = OAuthGrant.objects.create(
        user=user,
        code=OAuthGrant.digest_of(code),
        application=pushed.application,
        expires=at + CODE_LIFETIME,
        redirect_uri=pushed.params["redirect_uri"],
        scope=pushed.params["scope"],
        code_challenge=pushed.params["code_challenge"],
        code_challenge_method="S256",
        account_id=account_id,
        dpop_jkt=pushed.dpop_jkt,
        token_family=uuid4(),
    )
    trail.record(
        "oauth_consent.given",
        pushed.application,
        account_id=account_id,
        livemode=pushed.application.livemode,
        changes={"scope": (None, grant.scope)},
        by=user,
    )
    return code


def redeem(
    *,
    application: OAuthApplication,
    params: Mapping[str, str],
    thumbprint: str,
    at: datetime,
) -> Issued:
    """Redeem an authorization code, once.

    Args:
        application: The client that has proven who it is.
        params: `code`, `redirect_uri` and `code_verifier`.
        thumbprint: Of the key that it has proven to have.
        at: The moment.

    Raises:
        ProtocolError: If the code is unknown, another client's, expired or used, or was asked for
            with another address, verifier or key. One that comes again ends what it gave.
    """
    with atomic():
        codes = OAuthGrant.objects.filter(
            code=OAuthGrant.digest_of(params.get("code", "")),
            application=application,
            application__profile=OAuthProfile.FAPI2,
        )
        grant = lock_rows(codes).first()
        if grant is None or grant.account_id is None or grant.token_family is None:
            raise _invalid("There is no such authorization code of this client.")
        if grant.used_at is None:
            _check(grant, params, thumbprint, at)
            OAuthGrant.objects.filter(pk=grant.pk).update(used_at=at)
            return _issue(application, grant, thumbprint, at)
        end_family(application, grant.account_id, grant.token_family, at=at)
    raise _invalid("This authorization code was used before: what it gave has been ended.")


def refresh(
    *,
    application: OAuthApplication,
    params: Mapping[str, str],
    thumbprint: str,
    at: datetime,
) -> Issued:
    """Issue another access token for a refresh token, which stays the same (FAPI 2.0).

    Args:
        application: The client that has proven who it is.
        params: `refresh_token`, and `scope` for less than was agreed to.
        thumbprint: Of the key that the new token is bound to.
        at: The moment.

    Raises:
        ProtocolError: If the token is unknown, another client's or ended, or the scope is wider.
    """
    text = params.get("refresh_token", "")
    with atomic():
        row = lock_rows(_refresh_tokens(application).filter(token=_digest(text))).first()
        if row is None or row.account_id is None or row.token_family is None:
            raise _invalid("There is no such refresh token of this client, or it was ended.")
        scope = params.get("scope", row.scope)
        if not fapi_scopes.narrows(scope, row.scope):
            raise ProtocolError("invalid_scope", f"The owner has agreed to: {row.scope}.")
        family, account_id = row.token_family, row.account_id
        key = _make_key(application, account_id, scope, thumbprint, family, at)
    return Issued(key, text, scope, account_id)


def revoke(*, application: OAuthApplication, token: str, at: datetime) -> None:
    """End a client's own token (RFC 7009): with a refresh token, all that it gave."""
    with atomic():
        row = lock_rows(_refresh_tokens(application).filter(token=_digest(token))).first()
        if row is not None and row.account_id and row.token_family:
            end_family(application, row.account_id, row.token_family, at=at)
        elif key := _key_of(application, token):
            if key.expires_at is None or key.expires_at > at:
                api_keys.revoke(key=key, at=at)


def introspect(*, application: OAuthApplication, token: str, at: datetime) -> JsonObject:
    """Describe a client's own token (RFC 7662); of any other one say that it is not active."""
    if key := _key_of(application, token):
        if key.expires_at is not None and key.expires_at > at:
            return {
                "active": True,
                "client_id": application.client_id,
                "cnf": {"jkt": key.dpop_jkt},
                "exp": int(key.expires_at.timestamp()),
                "iat": int(key.created_at.timestamp()),
                "scope": fapi_scopes.scope_of(key.permissions),
                "sub": key.account_id,
                "token_type": "DPoP",
            }
    row = _refresh_tokens(application).filter(token=_digest(token)).first()
    if row is None:
        return {"active": False}
    return {
        "active": True,
        "client_id": application.client_id,
        "iat": int(row.created.timestamp()),
        "scope": row.scope,
        "sub": row.account_id,
    }


def end_family(
    application: OAuthApplication, account_id: str, family: UUID, *, at: datetime
) -> None:
    """End what one consent has given: codes, refresh tokens and access tokens."""
    of_family = {"application": application, "account_id": account_id, "token_family": family}
    OAuthGrant.objects.filter(**of_family, used_at=None).update(used_at=at)
    ended = OAuthRefreshToken.objects.filter(**of_family, revoked=None).update(revoked=at)
    keys = ApiKey.objects.filter(
        account_id=account_id, livemode=application.livemode, token_family=family
    )
    keys.exclude(expires_at__lte=at).update(expires_at=at)
    if ended:
        trail.record(
            "oauth_consent.ended",
            application,
            account_id=account_id,
            livemode=application.livemode,
        )


def _check(grant: OAuthGrant, params: Mapping[str, str], thumbprint: str, at: datetime) -> None:
    if grant.expires <= at:
        raise _invalid("The authorization code is over. Ask for consent again.")
    if params.get("redirect_uri") != grant.redirect_uri:
        raise _invalid("redirect_uri is another than the one that was pushed.")
    verifier, method = params.get("code_verifier", ""), grant.code_challenge_method
    if wrong := pkce.find_error(grant.code_challenge, method, verifier):
        raise _invalid(wrong)
    if grant.dpop_jkt not in (None, thumbprint):
        raise _invalid("The code is bound to another DPoP key than the one of this proof.")


def _issue(
    application: OAuthApplication, grant: OAuthGrant, thumbprint: str, at: datetime
) -> Issued:
    assert grant.account_id is not None
    assert grant.token_family is not None
    text = "rt_" + random_text(43)
    OAuthRefreshToken.objects.create(
        user=grant.user,
        token=_digest(text),
        application=application,
        account_id=grant.account_id,
        scope=grant.scope,
        token_family=grant.token_family,
    )
    key = _make_key(application, grant.account_id, grant.scope, thumbprint, grant.token_family, at)
    return Issued(key, text, grant.scope, grant.account_id)


def _make_key(
    application: OAuthApplication,
    account_id: str,
    scope: str,
    thumbprint: str,
    family: UUID,
    at: datetime,
) -> str:
    account = lock_rows(Account.objects.all()).get(id=account_id)
    if account.closed_at is not None:
        raise _invalid("The account has been closed.")
    _, text = api_keys.create(
        tenant=Tenant(account_id, application.livemode),
        kind=KeyKind.RESTRICTED,
        name=f"OAuth: {application.name}"[:100],
        permissions=fapi_scopes.permissions_of(scope),
        expires_at=at + TOKEN_LIFETIME,
        platform_id=application.account_id,
        token_family=family,
        dpop_jkt=thumbprint,
        at=at,
    )
    return text


def _key_of(application: OAuthApplication, token: str) -> ApiKey | None:
    """Return the key that is an access token of a client's own."""
    if not api_keys.is_well_formed(token):
        return None
    key = ApiKey.objects.filter(
        digest=api_keys.digest(token),
        platform_id=application.account_id,
        livemode=application.livemode,
    )
    found = key.exclude(dpop_jkt=None).first()
    # An account may have several clients.
    of_client = OAuthGrant.objects.filter(application=application)
    if found is None or not of_client.filter(token_family=found.token_family).exists():
        return None
    return found


def _refresh_tokens(application: OAuthApplication) -> QuerySet[OAuthRefreshToken]:
    tokens: QuerySet[OAuthRefreshToken] = OAuthRefreshToken.objects.filter(
        application=application, application__profile=OAuthProfile.FAPI2, revoked=None
    )
    return tokens


def _invalid(description: str) -> ProtocolError:
    return ProtocolError("invalid_grant", description)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
