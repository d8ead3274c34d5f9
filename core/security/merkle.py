"""Merkle trees as in RFC 6962, with a lone node taken up as it is."""

import hashlib
from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, in their order; that of nothing without any."""
    nodes = list(leaves)
    while len(nodes) > 1:
        pairs = [nodes[i : i + 2] for i in range(0, len(nodes), 2)]
        nodes = [
            hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0]
            for pair in pairs
        ]
    return nodes[0] if nodes else hashlib.sha256(b"").digest()
