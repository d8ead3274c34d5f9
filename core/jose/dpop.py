"""Proofs of possession (DPoP, RFC 9449): who uses a token holds the key that it was given to."""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from core.jose import once, signed
from core.jose.signed import CLOCK_AHEAD_SECONDS, Untrusted
from core.types import Fields

# How old a proof may be.
_LIFETIME_SECONDS: Final = 60
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def check(
    proof: str | None, *, method: str, url: str, now: float, access_token: str | None = None
) -> str:
    """Check a proof, take its id, and return the thumbprint of its key (RFC 7638).

    Args:
        proof: The header `DPoP`; None if there is none.
        method: HTTP's, of the request.
        url: The address of the request.
        now: Seconds since 1970.
        access_token: The token that is used; None where one is asked for.

    Raises:
        Untrusted: If it does not prove what it should, or has been used.
        Away: If nobody knows whether it has been used.
    """
    header = _read(proof)
    assert header.jwk is not None
    key = signed.import_public_key(header.jwk)
    if not signed.fits(header.jwk, header):
        raise Untrusted("The alg of the DPoP proof does not go with its jwk.")
    claims = signed.verify(proof or "", header, [key])
    _check_claims(claims, method, url, now)
    if access_token is not None and not _is_of(claims.get("ath"), access_token):
        raise Untrusted("The ath of the DPoP proof is not the hash of this access token.")
    id, thumbprint = signed.text_of(claims, "jti"), str(key.thumbprint())
    seconds = _LIFETIME_SECONDS + CLOCK_AHEAD_SECONDS + 1
    if not once.claim(f"dpop:{thumbprint}", id, seconds=seconds):
        raise Untrusted("This DPoP proof has been used. Make a new one for each request.")
    return thumbprint


def normalize(url: str) -> str:
    """Return an address without query and fragment, and without what makes no difference.

    Raises:
        Untrusted: If it is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Untrusted("The htu of the DPoP proof is no address.") from None
    host, scheme = parts.hostname or "", parts.scheme.lower()
    if not host or scheme not in _DEFAULT_PORTS:
        raise Untrusted("The htu of the DPoP proof is no address.")
    shown = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        shown += f":{port}"
    return f"{scheme}://{shown}{parts.path or '/'}"


def _read(proof: str | None) -> signed.Header:
    if not proof:
        raise Untrusted("A DPoP proof is needed: send it in the header DPoP.")
    if "," in proof:
        raise Untrusted("Send one DPoP header, not several.")
    header = signed.read_header(proof)
    if header.type != "dpop+jwt":
        raise Untrusted("The typ of a DPoP proof is dpop+jwt.")
    if header.jwk is None:
        raise Untrusted("A DPoP proof brings its public key along, in jwk.")
    return header


def _check_claims(claims: Fields, method: str, url: str, now: float) -> None:
    at = signed.moment_of(claims, "iat")
    if at is None or not now - _LIFETIME_SECONDS <= at <= now + CLOCK_AHEAD_SECONDS:
        raise Untrusted(f"The iat of a DPoP proof is now, or up to {_LIFETIME_SECONDS} s ago.")
    if claims.get("htm") != method:
        raise Untrusted(f"The htm of the DPoP proof must be {method}.")
    if normalize(signed.text_of(claims, "htu", most=2000)) != normalize(url):
        raise Untrusted(f"The htu of the DPoP proof must be {url}.")


def _is_of(hash: object, access_token: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest())
    return isinstance(hash, str) and hmac.compare_digest(
        hash.encode("utf-8", "replace"), digest.rstrip(b"=")
    )
