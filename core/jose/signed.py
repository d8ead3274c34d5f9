"""Signed tokens of OAuth clients: algorithms, strength of keys, signatures.

The rules are those of FAPI 2.0 and RFC 8725. Candidate keys are chosen here: the library would
want a `kid` in every token.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from core.types import Fields, JsonObject

PublicKey: TypeAlias = RSAKey | ECKey | OKPKey

# Algorithm → the type of key, and the curve. Ed25519 has an older and a newer name.
_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "PS256": ("RSA", ""),
    "ES256": ("EC", "P-256"),
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
}
ALGORITHMS: Final = tuple(_KEYS)
_SHORTEST_RSA_BITS: Final = 2048
_LONGEST_RSA_BITS: Final = 8192
_LONGEST_TOKEN: Final = 8192
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# How far a client's clock may be ahead of ours: ten seconds must pass, sixty must not.
CLOCK_AHEAD_SECONDS: Final = 30


class Untrusted(Exception):
    """A token or a key is not taken; the sentence says why."""


class _Registry(JWSRegistry):
    max_header_length = _LONGEST_TOKEN
    max_payload_length = _LONGEST_TOKEN

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return an algorithm that is taken; of names that are merely old nobody is warned."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class Header:
    """What a token says of its signature, before anybody has checked it.

    Args:
        algorithm: One of `ALGORITHMS`.
        type: The `typ`, in lower case; empty if it has none.
        key_id: The `kid`; None if it has none.
        jwk: The key that it brings along; None if it brings none.
    """

    algorithm: str
    type: str
    key_id: str | None
    jwk: Fields | None


def read_header(token: str) -> Header:
    """Read and check the header of a compact token.

    Raises:
        Untrusted: If it is no such token, is longer than 8 KB, is signed by an algorithm that is
            not taken, or wants extensions that we don't know.
    """
    if len(token) > _LONGEST_TOKEN:
        raise Untrusted("The token is longer than 8 KB.")
    try:
        header = jws.extract_compact(token.encode("ascii"), registry=_registry()).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise Untrusted("The token is no compact JWS.") from None
    algorithm, kid, jwk = header.get("alg"), header.get("kid"), header.get("jwk")
    if not isinstance(algorithm, str) or algorithm not in _KEYS:
        raise Untrusted(f"The token's alg must be one of {', '.join(ALGORITHMS)}.")
    if "crit" in header:
        raise Untrusted("The token wants extensions (crit) that are not known here.")
    if kid is not None and not isinstance(kid, str):
        raise Untrusted("The token's kid is no text.")
    if jwk is not None and not isinstance(jwk, dict):
        raise Untrusted("The token's jwk is no object.")
    return Header(algorithm, str(header.get("typ", "")).lower(), kid, jwk)


def read_claims(token: str) -> JsonObject:
    """Read what a token says, before anybody has checked its signature.

    Raises:
        Untrusted: If it is no token with claims.
    """
    try:
        claims = json.loads(
            jws.extract_compact(token.encode("ascii"), registry=_registry()).payload
        )
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise Untrusted("The token is no compact JWS.") from None
    if not isinstance(claims, dict):
        raise Untrusted("The token has no claims.")
    return claims


def import_public_key(jwk: Fields) -> PublicKey:
    """Read a public key, and refuse one that is weak.

    Raises:
        Untrusted: If it is private or symmetric, broken, of another kind than those of
            `ALGORITHMS`, or RSA of fewer than 2048 bits.
    """
    if _PRIVATE & jwk.keys():
        raise Untrusted("The key is private or symmetric: send the public one.")
    wanted = (jwk.get("kty"), jwk.get("crv", ""))
    if wanted not in _KEYS.values():
        raise Untrusted("A key is RSA, EC on P-256 or OKP on Ed25519.")
    try:
        if jwk["kty"] == "RSA" and not _SHORTEST_RSA_BITS <= _bits_of(jwk) <= _LONGEST_RSA_BITS:
            raise Untrusted(f"An RSA key has {_SHORTEST_RSA_BITS} to {_LONGEST_RSA_BITS} bits.")
        key = import_key(dict(jwk))
        # It is looked at only when it is used.
        assert key.raw_value is not None
    except (JoseError, ValueError, TypeError, KeyError):
        raise Untrusted("The key cannot be read.") from None
    assert isinstance(key, RSAKey | ECKey | OKPKey)
    return key


def fits(jwk: Fields, header: Header) -> bool:
    """Tell whether a key may have signed a token: its kind, and its id if both have one."""
    kind, curve = _KEYS[header.algorithm]
    if jwk.get("kty") != kind or jwk.get("crv", "") != curve or jwk.get("use", "sig") != "sig":
        return False
    if jwk.get("alg", header.algorithm) not in _names_of(header.algorithm):
        return False
    return header.key_id is None or jwk.get("kid", header.key_id) == header.key_id


def verify(token: str, header: Header, keys: Sequence[PublicKey]) -> JsonObject:
    """Return the claims of a token that one of the keys has signed.

    Raises:
        Untrusted: If none has, or the claims are no object.
    """
    for key in keys:
        try:
            signed = jws.deserialize_compact(token, key, registry=_registry(header.algorithm))
            claims = json.loads(signed.payload)
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
        if isinstance(claims, dict):
            return claims
    raise Untrusted("The signature does not go with any key that is known.")


def moment_of(claims: Fields, name: str) -> float | None:
    """Return a claim that is a moment, in seconds since 1970; None if there is none.

    Raises:
        Untrusted: If it is no number.
    """
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e11:
        raise Untrusted(f"The token's {name} is no moment.")
    return float(value)


def text_of(claims: Fields, name: str, *, most: int = 255) -> str:
    """Return a claim that must be a text.

    Raises:
        Untrusted: If it is missing, no text, or too long.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or "\0" in value:
        raise Untrusted(f"The token's {name} must be a text of 1 to {most} characters.")
    return value


def _bits_of(jwk: Fields) -> int:
    modulus = jwk["n"]
    padded = modulus + "=" * (-len(modulus) % 4)
    return int.from_bytes(base64.urlsafe_b64decode(padded)).bit_length()


def _names_of(algorithm: str) -> tuple[str, ...]:
    return tuple(name for name, key in _KEYS.items() if key == _KEYS[algorithm])


def _registry(*algorithms: str) -> JWSRegistry:
    return _Registry(algorithms=algorithms or ALGORITHMS, strict_check_header=False)
