"""How often an address, or whoever knows how a key begins, may send a key that is none."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest

from api.limits.admission import RESOURCE, refused
from core.detection import signals
from core.detection.networks import network_of
from core.detection.signals import Observation, Signal
from core.errors import TooManyRequests
from core.limits import counts
from core.limits.counts import Limit, Refusal
from core.limits.figures import Rate

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
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    sent = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip()
    if sent:
        start = "".join(one if " " < one <= "~" else "?" for one in sent[:_START])
        signals.note(Observation(Signal.WRONG_KEY, network=network, thing=start))
    if rate is None:
        return None
    limits = [
        Limit(
            f"wrong:{network}",
            rate,
            RESOURCE,
            "Too many wrong API keys have come from your address.",
        )
    ]
    if sent:
        sentence = "Too many wrong API keys have come that begin as this one does."
        start = sent.encode()[:_START].hex()
        limits.append(Limit(f"wrong-key:{start}", rate, RESOURCE, sentence))
    outcome = counts.take(limits)
    return refused(outcome) if isinstance(outcome, Refusal) else None
