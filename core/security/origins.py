"""Origins of web addresses, fit to stand in a header. Pure."""

import re
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_WEB: Final = ("http", "https")
# A host and perhaps a port: no user, and nothing behind a bracket, which the parser passes over.
_PLACE: Final = re.compile(r"(?:\[[^\[\]@]+\]|[^\[\]@:]+)(?::[0-9]*)?")
_NAME: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\.?")


def origin_of(address: str) -> str | None:
    """Return `scheme://host[:port]` of an http or https address, or None if it has none.

    The host is a name of letters, digits, hyphens and dots (other scripts in their ASCII form)
    or an IP address, so that nothing in the origin can end a directive of a header.
    """
    try:
        parts = urlsplit(address)
        host, port = _host(parts), parts.port
    except ValueError:
        return None
    if parts.scheme not in _WEB or host is None or not _PLACE.fullmatch(parts.netloc):
        return None
    return f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")


def _host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if ":" in host:
        # A zone, such as of `fe80::1%eth0`, is no part of an origin.
        return f"[{IPv6Address(host)}]" if "%" not in host else None
    # UnicodeError is a ValueError.
    name = host if host.isascii() else host.encode("idna").decode()
    return name if _NAME.fullmatch(name) else None
