"""Keys that are bound to another key: whoever uses one proves that it has the other (DPoP)."""

import time
from urllib.parse import urlsplit

from django.http import HttpRequest

from core.errors import Unauthenticated, Unavailable
from core.jose import dpop, once
from core.jose.signed import Untrusted


def check(request: HttpRequest, text: str, thumbprint: str | None) -> None:
    """Check that a request proves what its key is bound to, and that no bearer's key is bound.

    Args:
        request: The request.
        text: The key that came with it.
        thumbprint: What the key is bound to; None for a bearer's.

    Raises:
        Unauthenticated: If the key is bound and the proof is missing, wrong or used; or if it is
            not and came as if it were.
        Unavailable: If nobody knows whether the proof has been used.
    """
    scheme = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[0].lower()
    if thumbprint is None:
        if scheme == "dpop":
            raise Unauthenticated("This API key is bound to no key: send it as a Bearer.")
        return
    if scheme != "dpop":
        raise Unauthenticated(
            "This access token is bound to a key of its client. Send it in the header "
            "Authorization as DPoP, not as Bearer, with a DPoP proof for this request.",
            code="dpop_proof_invalid",
        )
    try:
        proven = dpop.check(
            request.META.get("HTTP_DPOP"),
            method=request.method or "",
            url=address_of(request),
            now=time.time(),
            access_token=text,
        )
    except Untrusted as error:
        raise Unauthenticated(str(error), code="dpop_proof_invalid") from None
    except once.Away:
        raise Unavailable("Proofs of possession cannot be checked just now. Retry.") from None
    if proven != thumbprint:
        raise Unauthenticated(
            "The DPoP proof is signed by another key than the one that this token is bound to.",
            code="dpop_proof_invalid",
        )


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came to, as a proof has to name it."""
    parts = urlsplit(request.build_absolute_uri())
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
