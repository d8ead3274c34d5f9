"""Who may act on an account that a request names, and for what."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Connection
from api import permissions
from api.caller import Caller
from api.views import ApiView


class OnAccountView(ApiView):
    """An endpoint on an account that its URL or its body names, for what no scope includes."""

    def check_access(self, caller: Caller, said: Mapping[str, Any], method: str) -> None:
        account_id = str(said.get("account_id") or said.get("account"))
        check(caller, account_id, self.separate or self.resource, method=method)


def check(caller: Caller, account_id: str, name: str, *, method: str) -> None:
    """Refuse a platform's own key what an account that it did not open has not agreed to.

    Raises:
        Forbidden: It names the missing permission.
    """
    permissions.check_separate(caller, name, method=method)
    if account_id == caller.tenant.account_id:
        return
    level = "read" if method in ("GET", "HEAD") else "write"
    row = Connection.objects.filter(
        platform_id=caller.tenant.account_id, account_id=account_id,
        livemode=caller.tenant.livemode, ended_at=None,
    ).select_related("account").first()  # fmt: skip
    if row is None or row.account.opened_by_id == row.platform_id:
        return
    agreed = (row.granted or {}).get(name, "none")
    if agreed != "write" and agreed != level:
        raise permissions.not_agreed(account_id, name, level)
