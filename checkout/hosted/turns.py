"""How often one address may have sessions opened: a page that anybody reaches fills no tables."""

from typing import Final

from django.core.cache import cache

MOST: Final = 60
SECONDS: Final = 60


def take(address: str) -> bool:
    """Count an opening by an address; False if there were too many within a minute.

    Each process counts for itself, so that it costs no round trip.
    """
    key = f"checkout.link.{address}"
    cache.add(key, 0, SECONDS)
    try:
        return bool(cache.incr(key) <= MOST)
    except ValueError:
        # The minute is over.
        return True
