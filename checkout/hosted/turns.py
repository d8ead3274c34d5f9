"""How often one address may have sessions opened, and payment methods tried on its page."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from checkout.models import CheckoutSession
from core.detection import measures
from core.detection.networks import network_of
from core.limits import counts
from core.limits.counts import Limit, Refusal


def open_session(address: str) -> Refusal | None:
    """Count an opening by an address: a page that anybody reaches fills no tables."""
    return _take([("opening", f"opening:{address}")])


def try_method(session: CheckoutSession, address: str) -> Refusal | None:
    """Count a try to pay, on the session and from the address: nobody tries cards out here."""
    whose = f"{session.account_id}:{session.livemode}"
    network = f"network:{network_of(address)}"
    slowed = [("slowed", f"slowed:{network}")]
    return _take(
        [
            ("attempts", f"attempts:{whose}:{session.id}"),
            ("payer_attempts", f"payer:{whose}:{address}"),
            *(slowed if measures.is_slowed(network, at=timezone.now()) else ()),
        ]
    )


def _take(named: Sequence[tuple[str, str]]) -> Refusal | None:
    limits = [
        Limit(name, rate, "", "")
        for setting, name in named
        if (rate := settings.LIMITS[setting]) is not None
    ]
    outcome = counts.take(limits)
    return outcome if isinstance(outcome, Refusal) else None
