"""The page of going live: the checklist, what can be tried out, and the switch."""

from typing import Final, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.operator_pages import returned
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from console.live import checklist, drills, switching, words
from console.live.checklist import Line
from console.models import Drill
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.page_permissions import PAGE_PERMISSIONS
from core.security.roles import has_right
from core.types import JsonObject
from processors.accounts import live_payments

_RIGHT: Final = "live.switch"
# What a button of a line does, where the page can do it.
_TRIED: Final = {"address": "try_address", "mail": "try_mail"}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAGE_PERMISSIONS["console_live"], raise_exception=True)
@step_up(only_posts=True)
def live(request: HttpRequest) -> HttpResponse:
    """Show what is missing for live payments, try it out, and switch them."""
    if request.method != "POST":
        return _show(request)
    if not has_right(request.user, _RIGHT):
        raise PermissionDenied
    try:
        _do(request)
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, explain(error))
    return redirect("admin:console_live")


def _do(request: HttpRequest) -> None:
    at = timezone.now()
    match request.POST.get("do", ""):
        case "on":
            switching.switch_on(reason=reason_of(request), at=at)
            messages.success(request, gettext("Live payments are on."))
        case "off":
            switching.switch_off(reason=reason_of(request), at=at)
            messages.success(request, gettext("Live payments are off. What was taken goes on."))
        case "try_address":
            _tell(request, drills.try_address(at=at))
        case "try_mail":
            _tell(request, drills.try_mail(to=cast(User, request.user).email, at=at))
        case _:
            raise InvalidRequest(gettext("Nothing was done: use a button of this page."))


def _tell(request: HttpRequest, drill: Drill) -> None:
    (messages.success if drill.is_good else messages.error)(request, drill.words)


def _show(request: HttpRequest) -> HttpResponse:
    lines = checklist.examine(at=timezone.now())
    left = checklist.still_open(lines)
    context = admin.site.each_context(request) | {
        "title": gettext("Going live"),
        "switch": live_payments.read(),
        "lines": [_render(request, line) for line in lines],
        "left": [gettext(line.words.title) for line in left],
        "necessary": sum(line.is_needed for line in lines),
        "may_switch": has_right(request.user, _RIGHT),
    }
    return TemplateResponse(request, "admin/console/live.html", context)


def _render(request: HttpRequest, line: Line) -> JsonObject:
    state, look = words.STATES[line.found.state]
    page = line.words.page
    return {
        "name": line.name,
        "title": gettext(line.words.title),
        "what": gettext(line.words.what),
        "state": gettext(state),
        # What is only advised burns nobody.
        "look": look if line.is_needed or line.is_done else "waiting",
        "found": line.sentence,
        "mend": "" if line.is_done else gettext(line.words.mend),
        "command": "" if line.is_done else line.words.command,
        "page": reverse(f"admin:{page}") if page and _may_open(request, page) else "",
        "why_advice": gettext(line.words.why_advice) if line.words.why_advice else "",
        "tried": _TRIED.get(line.name, ""),
    }


def _may_open(request: HttpRequest, page: str) -> bool:
    table = page.removesuffix("_changelist")
    known = PAGE_PERMISSIONS.get(page)
    return request.user.has_perm(known or table.replace("_", ".view_", 1))
