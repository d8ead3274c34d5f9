"""Which addresses we may send to: for everything that connects to where a user says. Pure.

`ipaddress.is_global` passes several that lead inside, so the rule is a list.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

# Source: IANA's special-purpose registries, and everything that embeds an IPv4 address.
_DENIED_4: Final = tuple(
    ip_network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_ALLOWED_6: Final = ip_network("2000::/3")
_DENIED_6: Final = tuple(
    ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Return whether an address is on the public internet and leads nowhere inside."""
    ip = _unwrap(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _DENIED_4)
    return ip in _ALLOWED_6 and not any(ip in net for net in _DENIED_6)


def is_loopback(address: str) -> bool:
    """Return whether an address is this machine."""
    return _unwrap(address).is_loopback


def may_reach(address: str, *, loopback_allowed: bool) -> bool:
    """Return whether we may connect to an address.

    Args:
        address: What a name was resolved to; the name itself says nothing.
        loopback_allowed: True in test mode, if the operator's setting has it so.
    """
    return loopback_allowed if is_loopback(address) else is_public(address)


def _unwrap(address: str) -> IPv4Address | IPv6Address:
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        return ip.ipv4_mapped
    return ip
