"""Bytes that this process holds for clients that are slow to speak or to listen."""


class Budget:
    """A limit of bytes in memory. Only the event loop's thread uses it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    def take(self, count: int) -> bool:
        """Reserve bytes, unless that would exceed the budget."""
        if self.used + count > self.most:
            return False
        self.used += count
        return True

    def give_back(self, count: int) -> None:
        """Return reserved bytes."""
        self.used -= count
