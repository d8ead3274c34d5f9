"""How many attempts succeed where: counted now and then, and held in memory in between."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import ConfigurationVersion
from core.database.transactions import atomic
from core.types import DbRow
from processors.models import RoutingTallies


def store(counts: Iterable[DbRow], *, at: datetime) -> bool:
    """Keep what was counted, if it is something else than before.

    Args:
        counts: Rows of account, method, brand, country, how many succeeded, how many ended.
        at: The moment.

    Returns:
        True if it was something else.
    """
    rows = sorted(list(row) for row in counts)
    with atomic():
        held = RoutingTallies.objects.filter(id=1).first()
        if held is not None and held.counts == rows:
            return False
        RoutingTallies.objects.update_or_create(id=1, defaults={"counts": rows, "counted_at": at})
        ConfigurationVersion.bump()
    return True
