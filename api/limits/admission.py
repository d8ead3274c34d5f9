"""Letting a request in: every limit that it counts against, asked in one round trip."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from api.access import usage
from api.access.caller import Caller
from core.detection import measures
from core.detection.networks import network_of
from core.errors import TooManyRequests
from core.limits import counts
from core.limits.counts import Limit, Places, Refusal, Stay

_READS: Final = frozenset({"GET", "HEAD"})
# Source: the words of `Stripe-Rate-Limited-Reason` in Stripe's guide to rate limits.
GLOBAL_RATE: Final = "global-rate"
GLOBAL_CONCURRENCY: Final = "global-concurrency"
ENDPOINT_RATE: Final = "endpoint-rate"
RESOURCE: Final = "resource-specific"


def enter(
    request: HttpRequest,
    caller: Caller,
    kwargs: Mapping[str, str],
    *,
    at: datetime,
    tries_card: bool = False,
) -> Stay | None:
    """Count a request of a known caller, and take one of its account's places.

    Args:
        request: The request.
        caller: Whose it is.
        kwargs: What its URL names.
        at: The moment of the request.
        tries_card: Whether a payment method is tried, on what the URL names.

    Returns:
        The place, to be left when the request has been answered.

    Raises:
        TooManyRequests: If a limit refuses; nothing is counted then.
    """
    limits = [*_of_requests(request, caller)]
    limits += _of_slowed(request, caller, at)
    if tries_card:
        limits += _of_attempts(request, caller, kwargs)
    outcome = counts.take(limits, _places(caller))
    is_refused = isinstance(outcome, Refusal)
    usage.note(caller, "", usage.REFUSED if is_refused else usage.ALLOWED, at)
    if isinstance(outcome, Refusal):
        raise refused(outcome)
    return outcome


def refused(refusal: Refusal) -> TooManyRequests:
    """Make the error that tells of a refusal."""
    if isinstance(refusal.by, Places):
        until = "Wait for one of them to be answered"
    else:
        unit = "second" if refusal.seconds == 1 else "seconds"
        until = f"Wait {refusal.seconds} {unit}"
    return TooManyRequests(
        f"{refusal.by.sentence} {until} before you try again, and a little longer each time.",
        reason=refusal.by.reason,
        seconds=refusal.seconds,
    )


def _of_requests(request: HttpRequest, caller: Caller) -> list[Limit]:
    owner, is_read = caller.owner, request.method in _READS
    mode = "live" if owner.livemode else "test"
    whose = f"{owner.account_id}:{mode}"
    match = request.resolver_match
    route = match.route if match else request.path
    named = [
        (f"key:{caller.key_id}", "key", GLOBAL_RATE, "This key has sent too many requests."),
        (
            f"account:{whose}:{'read' if is_read else 'write'}",
            mode,
            GLOBAL_RATE,
            f"The account has sent too many requests that {'read' if is_read else 'write'}.",
        ),
        (
            f"endpoint:{whose}:{request.method}:{route}",
            "endpoint",
            ENDPOINT_RATE,
            f"The account has sent too many requests to {request.method} /{route}.",
        ),
    ]
    if caller.key_kind == "publishable":
        address = request.META.get("REMOTE_ADDR", "")
        sentence = "Too many requests have come from your address with this publishable key."
        named.append((f"browser:{caller.key_id}:{address}", "browser", RESOURCE, sentence))
    return _limits(named)


def _of_attempts(request: HttpRequest, caller: Caller, kwargs: Mapping[str, str]) -> list[Limit]:
    id = next(iter(kwargs.values()), "")
    whose = f"{caller.tenant.account_id}:{caller.tenant.livemode}"
    sentence = f"Payment methods were tried too often on '{id}'."
    named = [(f"attempts:{whose}:{id}", "attempts", RESOURCE, sentence)]
    # What a server sends is from its own address, whoever pays.
    if caller.key_kind == "publishable":
        address = request.META.get("REMOTE_ADDR", "")
        sentence = "Payment methods were tried too often from your address."
        named.append((f"payer:{whose}:{address}", "payer_attempts", RESOURCE, sentence))
    return _limits(named)


def _of_slowed(request: HttpRequest, caller: Caller, at: datetime) -> list[Limit]:
    """Return the limits of a key that an alarm slows down, or of a payer's network."""
    if not measures.held().slowed:
        return []
    names = {f"key:{caller.key_id}": "slowed_key"}
    if caller.key_kind == "publishable":
        names[f"network:{network_of(request.META.get('REMOTE_ADDR') or '')}"] = "slowed"
    sentence = "This is slowed down, for unusual requests have come from here."
    return _limits(
        [
            (f"slowed:{name}", setting, RESOURCE, sentence)
            for name, setting in names.items()
            if measures.is_slowed(name, at=at)
        ]
    )


def _limits(named: list[tuple[str, str, str, str]]) -> list[Limit]:
    """Make the limits of those that settings have not switched off."""
    return [
        Limit(name, rate, reason, sentence)
        for name, setting, reason, sentence in named
        if (rate := settings.LIMITS[setting]) is not None
    ]


def _places(caller: Caller) -> Places | None:
    owner = caller.owner
    mode = "live" if owner.livemode else "test"
    most: int = settings.CONCURRENT_REQUESTS[mode]
    if not most:
        return None
    return Places(
        f"running:{owner.account_id}:{mode}",
        most,
        GLOBAL_CONCURRENCY,
        f"{most} requests of the account are being answered in {mode} mode already.",
    )
