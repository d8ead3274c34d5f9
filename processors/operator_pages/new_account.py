"""The operators' page that adds an account at a processor."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import livemode_of
from processors.accounts import changes, checks
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.operator_pages import account, forms


@require_http_methods(["GET", "HEAD", "POST"])
@step_up()
def new_account(request: HttpRequest) -> HttpResponse:
    """Add the account that the form describes, of the session's mode."""
    if not has_right(request.user, "processor.change"):
        raise PermissionDenied
    kind = request.POST.get("kind", "") or request.GET.get("kind", "")
    if request.method != "POST" or kind not in KINDS:
        return _show(request, kind)
    try:
        row = _add(request, kind)
    except RialtoError as error:
        return _show(request, kind, problem=explain(error), param=error.param or "")
    words = gettext("%(title)s is added, and what opens it is encrypted.")
    messages.success(request, words % {"title": row.title})
    account.check_what_is_new(request, row)
    return redirect(page_of("processors_processoraccount", row.name))


def _add(request: HttpRequest, kind: str) -> ProcessorAccount:
    form = request.POST
    if request.POST.get("do") != "add_account":
        raise InvalidRequest(gettext("Fill the form in, and send it."))
    reason_of(request)
    details = forms.details(form)
    return changes.add(
        name=form.get("name", "").strip(),
        kind=kind,
        livemode=livemode_of(request),
        credentials=forms.credentials(form, KINDS[kind]),
        notice_secret=forms.notice_secret(form),
        at=timezone.now(),
        **details | {"title": details["title"] or KINDS[kind].title},
    )


def _show(request: HttpRequest, kind: str, *, problem: str = "", param: str = "") -> HttpResponse:
    livemode = livemode_of(request)
    rail = KINDS.get(kind)
    if rail is not None and livemode not in rail.modes:
        rail = None
    context = admin.site.each_context(request) | {
        "title": gettext("Add a processor account"),
        "problem": problem,
        "param": param,
        "livemode": livemode,
        "kinds": {
            name: one for name, one in KINDS.items() if livemode in one.modes and one.takes_payments
        },
        "kind_name": kind,
        "kind": rail,
        "name": request.POST.get("name", ""),
        "asked": forms.asked(rail, {}) if rail else [],
        "notice_secret": rail.notice_secret if rail else None,
        "where": checks.address_of_notices("NAME"),
        "fields": forms.shown(rail, None, request.POST or None) if rail else {},
        "reason_given": request.POST.get("reason", ""),
    }
    answer = TemplateResponse(request, "admin/processors/new_account.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
