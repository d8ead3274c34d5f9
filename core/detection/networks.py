"""Which network an address is of: whoever has one address of it has them all."""

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

# What one customer of a provider has, and what is surely somewhere else.
_BITS: Final = {4: 24, 6: 48}
_WIDE_BITS: Final = {4: 16, 6: 32}


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return the network of an address, such as `198.51.100.0/24`; a text that is none as it is."""
    return _network(address, _BITS)


def region_of(network: str) -> str:
    """Return the wider network of a network, such as `198.51.0.0/16`."""
    return _network(network.partition("/")[0], _WIDE_BITS)


def _network(text: str, bits: dict[int, int]) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text[:64]
    return str(ip_network(f"{address}/{bits[address.version]}", strict=False))
