"""What a key may do: everything, what its permissions say, or what a payer's browser needs."""

from typing import Final

from api.caller import Caller
from core.errors import Forbidden

# The permission to act on connected accounts at all, beside that for the resource.
CONNECTED_ACCOUNTS: Final = "connected_accounts"

_LEVELS: Final = {"none": 0, "read": 1, "write": 2}


def check(caller: Caller, resource: str, *, method: str, publishable: frozenset[str]) -> None:
    """Refuse a key that may not do this.

    Args:
        caller: Whose key it is.
        resource: The name of the permission, such as `"payment_intents"`. Without one, no
            restricted key gets in.
        method: HTTP's. Getting needs `read`, everything else `write`.
        publishable: The methods that publishable keys may use.

    Raises:
        Forbidden: It names the missing permission.
    """
    if caller.key_kind == "secret":
        return
    if caller.key_kind == "publishable":
        if method in publishable:
            return
        raise Forbidden(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    level = "read" if method in ("GET", "HEAD") else "write"
    needed = (resource, CONNECTED_ACCOUNTS) if caller.platform else (resource,)
    for name in needed:
        if not name or _LEVELS.get(caller.permissions.get(name, "none"), 0) < _LEVELS[level]:
            raise Forbidden(
                "The provided key does not have the required permissions for this endpoint on "
                f"account '{caller.tenant.account_id}'. Having the 'rak_{name}_{level}' permission "
                "would allow this request to continue.",
                code="more_permissions_required",
            )
