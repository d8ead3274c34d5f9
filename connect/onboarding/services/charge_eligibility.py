"""Whether a platform may charge on behalf of a seller, and what a seller may be paid with."""

from collections.abc import Collection
from typing import Final

from connect.onboarding import account_queries
from connect.transfers.services import transfers
from core.errors import InvalidRequest
from core.tenant import Tenant

# SQL: whether the account `named` has none of the capabilities `is_.capabilities` in its mode.
LACKS_CAPABILITY: Final = """named.opened_by_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM connect_capability k
    WHERE k.account_id = named.id AND k.livemode = is_.livemode
        AND k.name = ANY(is_.capabilities) AND k.status = 'active')"""

# Accounts that opened themselves, which never changes. As many as a process remembers.
_self_opened: set[str] = set()
_MOST_REMEMBERED: Final = 10_000


def check(tenant: Tenant, account_id: str, *, param: str) -> None:
    """Check that a platform may charge on behalf of a seller.

    Args:
        tenant: The platform.
        account_id: The seller in `on_behalf_of`.
        param: What the wire calls it.

    Raises:
        Missing: If the account is not connected to the platform in this mode.
        InvalidRequest: If it may not receive transfers, or its charges are not enabled.
    """
    transfers.check_destination(tenant, account_id, param=param)
    if not account_queries.may_charge(account_id):
        raise InvalidRequest(
            f"The account '{account_id}' cannot currently make charges, so that nothing can be "
            "charged on its behalf. Its `requirements` say what is missing.",
            code="account_invalid",
            param=param,
        )


def explain_lacking(account_id: str) -> None:
    """Refuse a charge of an account's own that lacks a capability because it may charge nothing.

    Raises:
        InvalidRequest: If its charges are not enabled.
    """
    if not account_queries.may_charge(account_id):
        raise not_enabled()


def not_enabled() -> InvalidRequest:
    """Make the error of an account whose charges are not enabled."""
    return InvalidRequest(
        "Your account cannot currently make charges: they are not enabled. Its `requirements` "
        "say what is missing, and `requirements[disabled_reason]` why.",
        code="account_invalid",
    )


def capabilities(account_ids: Collection[str], *, livemode: bool) -> dict[str, set[str]]:
    """Return by seller its active capabilities; accounts that need none are left out.

    One query, and none if all of them are known to need none.
    """
    asked = set(account_ids) - _self_opened
    if not asked:
        return {}
    found = account_queries.active_capabilities(asked, livemode=livemode)
    if len(_self_opened) >= _MOST_REMEMBERED:
        _self_opened.clear()
    _self_opened.update(id for id, names in found.items() if names is None)
    return {id: names for id, names in found.items() if names is not None}
