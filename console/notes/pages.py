"""The form of a note, which stands on the page of what it is about."""

from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.models import User
from console.notes import services
from console.site import ConsoleSite
from core.admin import page_of
from core.errors import RialtoError
from core.ids import new_id
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.types import JsonObject

# The admin's names of the pages that have notes.
_NOTED: Final = ("connect_payout", "accounts_account")


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Write a note, and go back to what it is about."""
    if not has_right(request.user, "note.write"):
        raise PermissionDenied
    page, id = request.POST.get("page", ""), request.POST.get("object", "")
    row = _find(request, page, id)
    try:
        services.write(
            row=row,
            id=request.POST.get("note", ""),
            text=request.POST.get("text", ""),
            by=cast(User, request.user),
            at=timezone.now(),
        )
    except RialtoError as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, gettext("The note is kept."))
    return redirect(f"{page_of(page, id)}#happened")


def note_form(request: HttpRequest, page: str, id: str) -> JsonObject | None:
    """Return what the form of a page needs; None for whoever writes no notes."""
    if not has_right(request.user, "note.write"):
        return None
    return {"page": page, "object": id, "note": new_id("note")}


def _find(request: HttpRequest, page: str, id: str) -> Model:
    """Return what a note is about.

    Raises:
        Http404: If it has no notes, or is not to be seen.
    """
    for one in cast(ConsoleSite, admin.site).pages:
        opts = one.model._meta
        if page in _NOTED and page == f"{opts.app_label}_{opts.model_name}":
            row: Model | None = None
            if one.has_view_permission(request) and "\x00" not in id:
                row = one.get_queryset(request).filter(pk=id).first()
            if row is not None:
                return row
    raise Http404
