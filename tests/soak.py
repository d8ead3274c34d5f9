"""How often a test of chance is repeated: few times with every change, many with `make soak`."""

import os

_FACTOR = int(os.environ.get("RIALTO_SOAK", "1"))


def times(count: int) -> int:
    """Return how often, for a count that fits the ordinary run."""
    return count * _FACTOR
