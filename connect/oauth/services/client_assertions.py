"""Clients that prove who they are by a signed assertion (`private_key_jwt`, RFC 7523)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from accounts.models import OAuthApplication, OAuthProfile
from connect.oauth.services.protocol import ProtocolError, issuer, unavailable
from core.jose import once, signed
from core.jose.signed import CLOCK_AHEAD_SECONDS, PublicKey, Untrusted
from core.types import Fields, JsonObject

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# How far ahead an assertion may end: its id is remembered as long.
_LONGEST_SECONDS: Final = 600
_MOST_KEYS: Final = 10


def authenticate(params: Mapping[str, str], *, at: datetime) -> OAuthApplication:
    """Find out which FAPI client asks.

    Args:
        params: The parameters of the form.
        at: The moment.

    Raises:
        ProtocolError: If there is no such client, or no assertion that it has signed for us, now,
            and not used before.
    """
    if "client_secret" in params:
        raise _denied("Clients have no secret here: send a client_assertion.")
    if params.get("client_assertion_type") != ASSERTION_TYPE:
        raise _denied(f"client_assertion_type must be {ASSERTION_TYPE}.")
    try:
        application, claims = _verify(params.get("client_assertion", ""), params.get("client_id"))
        _check_claims(claims, application.client_id, at.timestamp())
        _claim(application, claims, at.timestamp())
    except Untrusted as error:
        raise _denied(str(error)) from None
    except once.Away:
        raise unavailable() from None
    return application


def check_jwks(jwks: object) -> list[PublicKey]:
    """Check a client's set of public keys.

    Raises:
        Untrusted: If it is no such set, is empty, or has a key that is private, weak or of another
            kind; or two keys with one `kid`.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= _MOST_KEYS:
        raise Untrusted(f'A key set is {{"keys": […]}} with 1 to {_MOST_KEYS} public keys.')
    if not all(isinstance(key, dict) for key in keys):
        raise Untrusted("Each key of the set is an object (JWK).")
    ids = [key["kid"] for key in keys if "kid" in key]
    if not all(isinstance(id, str) for id in ids) or len(set(ids)) < len(ids):
        raise Untrusted("Each key of the set has a kid of its own.")
    return [signed.import_public_key(key) for key in keys]


def is_safe_address(uri: str, *, livemode: bool) -> bool:
    """Tell whether a client may have people sent to an address: HTTPS, in test mode loopback."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.fragment or not parts.hostname or "*" in uri:
        return False
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    return parts.scheme == "https" or (is_here and not livemode)


def _verify(assertion: str, client_id: str | None) -> tuple[OAuthApplication, JsonObject]:
    header = signed.read_header(assertion)
    if header.type not in ("", "jwt", "client-authentication+jwt"):
        raise Untrusted("The typ of a client assertion is JWT or client-authentication+jwt.")
    named = signed.text_of(signed.read_claims(assertion), "sub", most=100)
    if client_id is not None and client_id != named:
        raise Untrusted("client_id is another than the sub of the assertion.")
    application: OAuthApplication | None = OAuthApplication.objects.filter(
        client_id=named, profile=OAuthProfile.FAPI2, account__closed_at=None
    ).first()
    if application is None:
        raise Untrusted("There is no such client.")
    candidates = [
        key for key in (application.jwks or {}).get("keys", []) if signed.fits(key, header)
    ]
    keys = [signed.import_public_key(key) for key in candidates]
    return application, signed.verify(assertion, header, keys)


def _check_claims(claims: Fields, client_id: str, now: float) -> None:
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise Untrusted("iss and sub of the assertion must be the client_id.")
    if claims.get("aud") != issuer():
        raise Untrusted(f"aud of the assertion must be the text {issuer()}, and no list.")
    ends = signed.moment_of(claims, "exp")
    if ends is None or not now < ends <= now + _LONGEST_SECONDS:
        raise Untrusted(f"exp of the assertion must be within {_LONGEST_SECONDS} seconds.")
    for name in ("iat", "nbf"):
        moment = signed.moment_of(claims, name)
        if moment is not None and moment > now + CLOCK_AHEAD_SECONDS:
            raise Untrusted(f"{name} of the assertion is in the future.")


def _claim(application: OAuthApplication, claims: Fields, now: float) -> None:
    id = signed.text_of(claims, "jti")
    seconds = int(float(claims["exp"]) - now) + 2
    if not once.claim(f"assertion:{application.client_id}", id, seconds=seconds):
        raise Untrusted("This assertion has been used. Make a new one for each request.")


def _denied(description: str) -> ProtocolError:
    return ProtocolError("invalid_client", description, status=401)
