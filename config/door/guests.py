"""How many requests of one address are under way, so that nobody takes every place."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from config.door.bodies import Refused


class Guests:
    """A limit of requests per address. Only the event loop's thread uses it.

    Args:
        most: Of one address; 0 for any number.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._here: Counter[str] = Counter()

    @contextmanager
    def under_way(self, address: str) -> Iterator[None]:
        """Count a request for as long as it lasts.

        Raises:
            Refused: If so many of its address are under way already.
        """
        if self.most and self._here[address] >= self.most:
            raise Refused(
                429, f"{self.most} requests from your address are under way already. Wait for one."
            )
        self._here[address] += 1
        try:
            yield
        finally:
            self._here[address] -= 1
            if not self._here[address]:
                del self._here[address]
