"""How often an address, or whoever knows how a key begins, may send a key that is none."""

from ipaddress import ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from api.limits.admission import RESOURCE, refused
from core.errors import TooManyRequests
from core.limits import counts
from core.limits.counts import Limit, Refusal
from core.limits.figures import Rate

# Whoever has one address of these has them all.
_BITS: Final = {4: 24, 6: 48}
# As much of a key as its owner is shown of it, and others may have seen.
_START: Final = 16


def note(request: HttpRequest) -> TooManyRequests | None:
    """Count a key that was refused. Good keys from the same place are let in all the same.

    Args:
        request: The request that came with it, or without any.

    Returns:
        What to answer instead, if it was one too many.
    """
    rate: Rate | None = settings.LIMITS["wrong_keys"]
    if rate is None:
        return None
    network = _network(request.META.get("REMOTE_ADDR", ""))
    limits = [
        Limit(
            f"wrong:{network}",
            rate,
            RESOURCE,
            "Too many wrong API keys have come from your address.",
        )
    ]
    if sent := request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip():
        sentence = "Too many wrong API keys have come that begin as this one does."
        start = sent.encode()[:_START].hex()
        limits.append(Limit(f"wrong-key:{start}", rate, RESOURCE, sentence))
    outcome = counts.take(limits)
    return refused(outcome) if isinstance(outcome, Refusal) else None


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network(f"{address}/{_BITS[address.version]}", strict=False))
