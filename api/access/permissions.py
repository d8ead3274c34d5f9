"""What a key may do: everything, what its permissions say, or what a payer's browser needs."""

from collections.abc import Mapping
from typing import Final

from api.access.caller import Caller
from core.errors import Forbidden, missing
from core.types import Fields

# The permission to act on connected accounts at all, beside that for the resource.
CONNECTED_ACCOUNTS: Final = "connected_accounts"
# What a payer's key may have put in the place of an id.
_EXPANDED_FOR_PAYERS: Final = frozenset({"payment_methods"})
_EXPANDED_FOR_CUSTOMERS: Final = frozenset({"payment_methods", "customers"})

# No scope of OAuth includes these: an account's owner must have agreed to each by its name.
SEPARATE: Final = frozenset(
    {"external_accounts", "persons", "account_links", "account_sessions", "login_links",
     "webhook_endpoints", "ephemeral_keys", "customer_sessions", "sellers"}
)  # fmt: skip
_LEVELS: Final = {"none": 0, "read": 1, "write": 2}
_REST: Final = "*"


def check(
    caller: Caller,
    resource: str,
    *,
    method: str,
    publishable: frozenset[str],
    ephemeral: frozenset[str] = frozenset(),
) -> None:
    """Refuse a key that may not do this.

    Args:
        caller: Whose key it is.
        resource: The name of the permission, such as `"payment_intents"`. Without one, no
            restricted key gets in.
        method: HTTP's. Getting needs `read`, everything else `write`.
        publishable: The methods that publishable keys may use.
        ephemeral: The methods that a customer's own key may use; `check_customer` comes next.

    Raises:
        Forbidden: It names the missing permission.
    """
    level = "read" if method in ("GET", "HEAD") else "write"
    if caller.granted is not None and not allows(caller.granted, resource, level):
        if resource in SEPARATE:
            raise separate_permission_error(caller.tenant.account_id, resource, level)
        raise Forbidden(
            f"The account '{caller.tenant.account_id}' has not allowed this: what it shares with "
            "you is less.",
            code="more_permissions_required",
        )
    if caller.key_kind == "secret":
        return
    if caller.key_kind in ("publishable", "ephemeral"):
        if method in (publishable if caller.key_kind == "publishable" else ephemeral):
            return
        raise Forbidden(
            f"This API call cannot be made with a {caller.key_kind} API key. "
            "Please use a secret API key.",
            code="secret_key_required",
        )
    needed = (resource, CONNECTED_ACCOUNTS) if caller.platform else (resource,)
    for name in needed:
        if not name or not allows_key(caller.permissions, name, level):
            raise Forbidden(
                "The provided key does not have the required permissions for this endpoint on "
                f"account '{caller.tenant.account_id}'. Having the 'rak_{name}_{level}' permission "
                "would allow this request to continue.",
                code="more_permissions_required",
            )


def check_expansion(caller: Caller, resource: str) -> None:
    """Refuse to show inside another object what the key may not get by itself.

    Raises:
        Forbidden: It names the missing permission.
    """
    if resource == "accounts":
        check_separate(caller, "sellers", method="GET")
    get = frozenset({"GET"})
    check(
        caller,
        resource,
        method="GET",
        publishable=get if resource in _EXPANDED_FOR_PAYERS else frozenset(),
        ephemeral=get if resource in _EXPANDED_FOR_CUSTOMERS else frozenset(),
    )


def check_separate(caller: Caller, name: str, *, method: str) -> None:
    """Refuse an application what an account's owner has not agreed to by its name.

    Raises:
        Forbidden: It names the missing permission.
    """
    if not caller.by_application or name not in SEPARATE:
        return
    level = "read" if method in ("GET", "HEAD") else "write"
    if not allows(owner_permissions(caller), name, level):
        raise separate_permission_error(caller.tenant.account_id, name, level)


def owner_permissions(caller: Caller) -> Mapping[str, str]:
    """Return what an account's owner let an application do: permission → level."""
    return caller.permissions if caller.granted is None else caller.granted


def ungranted_separate(agreed: Mapping[str, str], *, level: str = "read") -> frozenset[str]:
    """Return the permissions of `SEPARATE` that an owner has not agreed to by their names."""
    return frozenset(name for name in SEPARATE if not allows(agreed, name, level))


def denied_permissions(agreed: Mapping[str, str] | None) -> frozenset[str]:
    """Return what an agreement allows nothing of: permissions that need a name, and `events`."""
    has = {"*": "write"} if agreed is None else agreed
    none = frozenset() if allows(has, "events", "read") else frozenset({"events"})
    return ungranted_separate(has) | none


def intersect(
    one: Mapping[str, str] | None, other: Mapping[str, str] | None
) -> dict[str, str] | None:
    """Return what both of two agreements allow: permission → level; None for every scope's."""
    both = ({"*": "write"} if one is None else one, {"*": "write"} if other is None else other)
    found: dict[str, str] = {}
    for name in sorted({*both[0], *both[1]}):
        levels = [
            has.get(name, "none" if name in SEPARATE else has.get("*", "none")) for has in both
        ]
        found[name] = min(levels, key=lambda level: _LEVELS.get(level, 0))
    rest = found.get("*", "none")
    # What a name says that the rest says as well need not be said.
    granted = {
        name: level
        for name, level in found.items()
        if level != ("none" if name in SEPARATE or name == "*" else rest)
    }
    return None if granted == {"*": "write"} else granted


def separate_permission_error(account_id: str, name: str, level: str) -> Forbidden:
    """Make the error for a permission that no scope of OAuth includes."""
    return Forbidden(
        f"The account '{account_id}' has not allowed this application '{name}_{level}', which "
        "neither read_write nor read_only includes. Ask the account's owner to do this.",
        code="more_permissions_required",
    )


def check_reach(caller: Caller, params: Fields) -> None:
    """Keep an application to the account that let it in: that account's sellers have not.

    Raises:
        Missing: If the request names another account.
    """
    if not caller.by_application:
        return
    into = params.get("transfer_data")
    nested = into.get("destination") if isinstance(into, Mapping) else None
    named = {name: params.get(name) for name in ("account_id", "account", "on_behalf_of")}
    for to in ("destination", "transfer_data[destination]"):
        id = params.get(to) if to == "destination" else nested
        named[to] = id if str(id).startswith("acct_") else None
    for param, id in named.items():
        if id and id != caller.tenant.account_id:
            param = "account" if param == "account_id" else param
            raise missing("account", str(id), param=param)


def allows(agreed: Mapping[str, str] | None, name: str, level: str) -> bool:
    """Return whether a grant includes a permission at a level.

    Args:
        agreed: Permission → level; None for every scope's, which are all but `SEPARATE`.
        name: The permission.
        level: `"read"` or `"write"`.
    """
    has = {_REST: "write"} if agreed is None else agreed
    decides = next((has[word] for word in _words_about(name) if word in has), "none")
    return decides in _enough(level)


def allows_in_sql(agreed: str, name: str, level: str) -> str:
    """Write `allows` as SQL, from the same tables.

    Args:
        agreed: The column that holds the agreement, such as `"c.granted"`.
        name: The permission.
        level: `"read"` or `"write"`.
    """
    assert name.isidentifier(), f"{name} is the name of no permission."
    enough = ", ".join(f"'{one}'" for one in _enough(level))
    cases = " ".join(
        f"WHEN {agreed} ? '{word}' THEN {agreed} ->> '{word}' IN ({enough})"
        for word in _words_about(name)
    )
    return f"(CASE WHEN {agreed} IS NULL THEN {allows(None, name, level)} {cases} ELSE FALSE END)"


def _words_about(name: str) -> tuple[str, ...]:
    """Return the words of an agreement that decide of a permission: the first that it has."""
    return (name,) if name in SEPARATE else (name, _REST)


def _enough(level: str) -> tuple[str, ...]:
    """Return the levels that allow what needs a level."""
    return tuple(one for one, height in _LEVELS.items() if height >= _LEVELS[level])


def allows_key(permissions: Mapping[str, str], name: str, level: str) -> bool:
    """Return whether an account's own restricted key includes a permission."""
    has = permissions.get(name, permissions.get("*", "none"))
    return _LEVELS.get(has, 0) >= _LEVELS[level]


def check_customer(caller: Caller, customer_id: str | None) -> None:
    """Keep an ephemeral key to the one customer that it was made for.

    Args:
        caller: Whose key it is.
        customer_id: The customer that the request is about; None if it names none.

    Raises:
        Forbidden: If it is another, or the request names none.
    """
    if caller.key_kind == "ephemeral" and customer_id != caller.permissions.get("customer"):
        raise Forbidden(
            "This ephemeral key reaches only the customer that it was made for. Name that "
            "customer in the request.",
            code="secret_key_required",
        )
