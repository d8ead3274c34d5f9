"""What the page of a key says of its use, and the way to a key that may do no more than that."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import ApiKey, KeyKind
from accounts.operator_pages import key_permissions
from accounts.services import key_usage
from accounts.services.key_usage import PermissionUse
from core.operator_pages.columns import moment
from core.security.roles import has_right
from core.types import JsonObject

_NARROWED = (KeyKind.SECRET, KeyKind.RESTRICTED)


def shown(request: HttpRequest, row: ApiKey, *, at: datetime) -> JsonObject:
    """Return what the page shows of a key's use, with two queries.

    Args:
        request: Who looks.
        row: The key.
        at: The moment.
    """
    counts, used = key_usage.count(row, at=at), key_usage.report(row, at=at)
    may_narrow = (
        row.kind in _NARROWED
        and not row.platform_id
        and (row.expires_at is None or row.expires_at > at)
        and has_right(request.user, "keys.create")
        and _is_less(row, used)
    )
    return {
        "counts": counts,
        "reported_days": key_usage.REPORTED.days,
        "used": [
            {
                "title": key_permissions.title_of(use.permission),
                "level": gettext(use.level),
                "requests": use.requests,
                "since": moment(use.since),
                "last": moment(use.last_at),
            }
            for use in used
        ],
        "narrowed": _form(row, used) if may_narrow else "",
    }


def _is_less(row: ApiKey, used: Sequence[PermissionUse]) -> bool:
    """Tell whether a key used less than it may do."""
    levels = {use.permission: use.level for use in used}
    may = {name: level for name, level in row.permissions.items() if level != "none"}
    return bool(used) and (row.kind == KeyKind.SECRET or levels != may)


def _form(row: ApiKey, used: Sequence[PermissionUse]) -> str:
    """Return the address of the form for a key that may do what this one used."""
    fields = {"account": row.account_id, "kind": KeyKind.RESTRICTED.value, "name": row.name}
    fields |= key_permissions.fields({use.permission: use.level for use in used})
    return f"{reverse('admin:accounts_apikey_add')}?{urlencode(fields)}"
