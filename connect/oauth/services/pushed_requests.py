"""Authorization requests that clients push before they send somebody (PAR, RFC 9126)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from accounts.models import OAuthApplication, OAuthProfile, OAuthPushedRequest
from connect.oauth import fapi_scopes
from connect.oauth.services.protocol import ProtocolError
from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.ids import random_text

PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
# Until somebody must have opened it, and how long that person may then take to decide.
LIFETIME: Final = timedelta(seconds=90)
_TIME_TO_DECIDE: Final = timedelta(minutes=10)
# A request that nobody can use any more is looked up by nobody.
_KEPT: Final = timedelta(hours=1)
_LONGEST: Final = 2000
# All that is kept of a request; the rest has no effect.
_KEPT_PARAMS: Final = ("redirect_uri", "scope", "state", "code_challenge")
# BASE64URL(SHA-256(…)): of a code verifier, and of a public key.
_DIGEST: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def push(
    *,
    application: OAuthApplication,
    params: Mapping[str, str],
    thumbprint: str | None,
    at: datetime,
) -> str:
    """Keep an authorization request, and return its `request_uri`.

    Args:
        application: The client that has proven who it is.
        params: The parameters of the request.
        thumbprint: Of the key that it has proven to have; None if it has not.
        at: The moment.

    Raises:
        ProtocolError: If the request is one that would not be shown.
    """
    _check(application, params)
    named = params.get("dpop_jkt")
    if named is not None and (not _DIGEST.fullmatch(named) or thumbprint not in (None, named)):
        raise ProtocolError("invalid_request", "dpop_jkt is not the thumbprint of the proof's key.")
    reference = random_text(43)
    of_client = OAuthPushedRequest.objects.filter(application=application)
    of_client.filter(expires_at__lt=at - _KEPT).delete()
    OAuthPushedRequest.objects.create(
        digest=_digest(PREFIX + reference),
        application=application,
        params={name: params[name] for name in _KEPT_PARAMS if name in params},
        dpop_jkt=thumbprint or named,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    return PREFIX + reference


def open_request(*, client_id: str, request_uri: str, at: datetime) -> OAuthPushedRequest:
    """Return a pushed request to show to somebody, who then has ten minutes to decide.

    Raises:
        ProtocolError: If there is none of this client, or it is over or was decided on.
    """
    row = _find(client_id, request_uri, at)
    if row.opened_at is None:
        OAuthPushedRequest.objects.filter(pk=row.pk, opened_at=None).update(opened_at=at)
    return row


def take(*, client_id: str, request_uri: str, at: datetime) -> OAuthPushedRequest:
    """Take a pushed request to decide on, once.

    Raises:
        ProtocolError: As of `open_request`; two who decide at once are one too many.
    """
    require_transaction()
    found = _find(client_id, request_uri, at)
    row = lock_rows(OAuthPushedRequest.objects.filter(pk=found.pk, used_at=None)).first()
    if row is None:
        raise _gone()
    OAuthPushedRequest.objects.filter(pk=row.pk).update(used_at=at)
    return found


def _find(client_id: str, request_uri: str, at: datetime) -> OAuthPushedRequest:
    row: OAuthPushedRequest | None = (
        OAuthPushedRequest.objects.select_related("application")
        .filter(
            digest=_digest(request_uri),
            application__client_id=client_id,
            application__profile=OAuthProfile.FAPI2,
            application__account__closed_at=None,
            used_at=None,
        )
        .first()
    )
    if row is None:
        raise _gone()
    opened = row.opened_at
    if at >= (row.expires_at if opened is None else opened + _TIME_TO_DECIDE):
        raise _gone()
    return row


def _check(application: OAuthApplication, params: Mapping[str, str]) -> None:
    for error, is_wrong, description in (
        ("invalid_request", "request_uri" in params, "request_uri has no place in a push."),
        ("invalid_request", "request" in params, "Signed request objects are not taken."),
        (
            "unsupported_response_type",
            params.get("response_type") != "code",
            "response_type must be code.",
        ),
        (
            "invalid_request",
            params.get("response_mode", "query") != "query",
            "response_mode must be query, or be left out.",
        ),
        (
            "invalid_request",
            params.get("redirect_uri") not in application.redirect_uris.split(),
            "redirect_uri is none that the client registered.",
        ),
        (
            "invalid_request",
            params.get("code_challenge_method") != "S256",
            "code_challenge_method must be S256.",
        ),
        (
            "invalid_request",
            not _DIGEST.fullmatch(params.get("code_challenge", "")),
            "code_challenge must be one of S256.",
        ),
        (
            "invalid_request",
            any(len(params.get(name, "")) > _LONGEST for name in _KEPT_PARAMS),
            f"A parameter is longer than {_LONGEST} characters.",
        ),
    ):
        if is_wrong:
            raise ProtocolError(error, description)
    if unknown := fapi_scopes.find_unknown(params.get("scope", ""), application.resources):
        shown = unknown[0][:60] or "an empty one"
        raise ProtocolError("invalid_scope", f"The client may not ask for this scope: {shown}.")


def _gone() -> ProtocolError:
    return ProtocolError(
        "invalid_request_uri",
        "There is no such request of this application, or it is over or was decided on. Begin "
        "again where you came from.",
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
