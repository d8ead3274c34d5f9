"""The page of what was found. It works without a script, as a form of its own."""

from typing import Final

from django.contrib import admin
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_lazy

from console.find import kinds, pages_of_ids, reading
from console.find.kinds import Group
from console.find.reading import Reading
from core.admin import page_of
from core.database import time_limits
from core.database.finding import Found
from core.types import JsonObject

_TOO_LONG: Final = gettext_lazy(
    "This takes too long. Write a whole value, such as an id or an address."
)


def find(request: HttpRequest) -> HttpResponse:
    """Open the page of what one thing alone is called, or list what the words may mean."""
    read = reading.read(request.GET.get("q", ""))
    if read.id and (address := pages_of_ids.address_of(request, read.id)):
        # If it is of the other mode, its page says so, and offers to switch.
        return redirect(address)
    allowed = kinds.kinds_for(request)
    groups, notes = _look(request, read) if read.text else ([], list(read.notes))
    if named := kinds.named_by(read.typed, groups):
        return redirect(named)
    context = admin.site.each_context(request) | {
        "title": gettext("Found for “%(text)s”") % {"text": read.text}
        if read.text
        else gettext("Find"),
        "sought": read.text,
        "notes": notes,
        "groups": [_render(group) for group in groups],
        "kinds": allowed,
        "most": kinds.MOST_SHOWN,
    }
    return TemplateResponse(request, "admin/console/find.html", context)


def _look(request: HttpRequest, read: Reading) -> tuple[list[Group], list[str]]:
    try:
        groups = kinds.look(kinds.kinds_for(request), read.typed, kinds.scope_of(request))
    except OperationalError as error:
        if not time_limits.is_over(error):
            raise
        return [], [str(_TOO_LONG)]
    # How a number was read is of interest only where it was taken for one.
    return groups, list(read.notes)


def _render(group: Group) -> JsonObject:
    return {
        "title": group.kind.title,
        "has_more": group.has_more,
        "rows": [_row(group.kind.page, row) for row in group.rows],
    }


def _row(page: str, row: Found) -> JsonObject:
    return {
        "id": row.id,
        "page": page_of(page, row.id),
        "title": row.title,
        "amount": str(row.money).replace(" ", "\u00a0") if row.money else "",
        "status": row.status.replace("_", " "),
        "mode": ""
        if row.livemode is None
        else gettext("Live")
        if row.livemode
        else gettext("Test"),
        "at": row.created_at,
        "account": row.account_id,
        "account_page": page_of("accounts_account", row.account_id) if row.account_id else "",
    }
