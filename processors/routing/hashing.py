"""Lots that are drawn by a hash: the same for the same payment, whoever draws, and whenever."""

from hashlib import blake2b


def seed(id: str) -> int:
    """Return a payment's seed, 64 bits."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest(), "big")


def draw(seed: int, purpose: str, of: int) -> int:
    """Draw a number below `of`; what is drawn for one purpose says nothing about another."""
    mixed = blake2b(purpose.encode(), digest_size=8, key=seed.to_bytes(8, "big")).digest()
    return int.from_bytes(mixed, "big") % of
