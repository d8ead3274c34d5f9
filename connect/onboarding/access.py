"""Permissions on the account that a request names."""

from collections.abc import Mapping, Sequence

from accounts.models import Account, Connection
from api.access import permissions
from api.access.caller import Caller
from api.views import ApiView
from core.tenant import Tenant
from core.types import Fields


class OnAccountView(ApiView):
    """An endpoint on a named account, for permissions that no scope includes."""

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        account_id = str(params.get("account_id") or params.get("account"))
        check(caller, account_id, self.separate or self.resource, method=method)


def check(caller: Caller, account_id: str, name: str, *, method: str) -> None:
    """Check that the owner of an account has granted a permission.

    Raises:
        Forbidden: It names the missing permission.
    """
    permissions.check_separate(caller, name, method=method)
    if account_id == caller.tenant.account_id:
        return
    level = "read" if method in ("GET", "HEAD") else "write"
    row = (
        Connection.objects.filter(
            platform_id=caller.tenant.account_id,
            account_id=account_id,
            livemode=caller.tenant.livemode,
            ended_at=None,
        )
        .select_related("account")
        .first()
    )
    if row is None or row.account.opened_by_id == row.platform_id:
        return
    if not permissions.allows(row.granted, name, level):
        raise permissions.separate_permission_error(account_id, name, level)


def hidden_permissions(tenant: Tenant, rows: Sequence[Account]) -> Mapping[str, frozenset[str]]:
    """Return the permissions of each account that its owner has not granted by name.

    A platform sees everything of itself and of the accounts that it opened.
    """
    own = tenant.account_id
    agreed: dict[str, Mapping[str, str]] = {
        row.id: {} for row in rows if own not in (row.id, row.opened_by_id)
    }
    if agreed:
        found = Connection.objects.filter(
            platform_id=own, account_id__in=agreed, livemode=tenant.livemode, ended_at=None
        )
        agreed |= {id: granted or {} for id, granted in found.values_list("account_id", "granted")}
    return {
        row.id: permissions.ungranted_separate(agreed[row.id]) if row.id in agreed else frozenset()
        for row in rows
    }
