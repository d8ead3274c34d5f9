"""How often one address may have sessions opened: a page that anybody reaches fills no tables."""

import logging
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

MOST: Final = 60
SECONDS: Final = 60


def take(address: str) -> bool:
    """Count an opening by an address; False if there were too many within a minute.

    All processes count together. Without Redis nothing is counted: payers are not sent away.
    """
    key = f"checkout.link.{address}"
    try:
        cache.add(key, 0, SECONDS)
        return bool(cache.incr(key) <= MOST)
    except ValueError:
        # The minute is over.
        return True
    except RedisError as error:
        logger.warning("Openings of payment links are not counted: %s", error)
        return True
