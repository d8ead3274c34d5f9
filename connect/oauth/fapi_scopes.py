"""Scopes of FAPI clients: a permission and how far it goes, such as `balance.read`."""

from collections.abc import Iterable, Mapping
from typing import Final

from connect.oauth import consent_words

_SUFFIX: Final = ".read"
# What a client may ask for unless it was registered for less: no permission that stands apart.
_USUAL: Final = frozenset(consent_words.NAMES) - {"*"}
# What may be read at all.
READABLE: Final = tuple(sorted(name + _SUFFIX for name in _USUAL))


def find_unknown(scope: str, resources: Iterable[str]) -> list[str]:
    """Return the scopes of a list that a client may not ask for.

    Args:
        scope: The scopes, separated by spaces.
        resources: The permissions that the client was registered for; empty for the usual ones.
    """
    allowed = {name + _SUFFIX for name in (set(resources) & _USUAL or _USUAL)}
    return [one for one in scope.split(" ") if one not in allowed]


def permissions_of(scope: str) -> Mapping[str, str]:
    """Return the permissions of a list of scopes: resource → level."""
    return {one.removesuffix(_SUFFIX): "read" for one in scope.split(" ")}


def narrows(scope: str, granted: str) -> bool:
    """Tell whether a list of scopes asks for no more than another."""
    return bool(scope) and set(scope.split(" ")) <= set(granted.split(" "))


def scope_of(permissions: Mapping[str, str]) -> str:
    """Return the list of scopes that permissions are written as."""
    return " ".join(name + _SUFFIX for name in permissions)
