"""The operators' page that replaces what opens an account, and what its notices are signed with."""

from datetime import timedelta
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from processors.accounts import changes, sealing
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.operator_pages import account, forms

_OVERLAPS: Final = {
    "0": gettext_lazy("at once"),
    "1": gettext_lazy("in 1 hour"),
    "24": gettext_lazy("in 24 hours"),
    "168": gettext_lazy("in 7 days"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@step_up()
def secrets(request: HttpRequest, name: str) -> HttpResponse:
    """Replace credentials, or the secret of notices. Neither is ever shown."""
    if not has_right(request.user, "processor.change"):
        raise PermissionDenied
    row = account.find(request, name)
    if request.method != "POST":
        return _show(request, row)
    try:
        reason_of(request)
        is_roll = request.POST.get("do") == "roll"
        done = _roll(request, row) if is_roll else _replace(request, row)
    except RialtoError as error:
        return _show(request, row, problem=explain(error))
    messages.success(request, done)
    if not is_roll:
        account.check_what_is_new(request, row)
    return redirect(page_of("processors_processoraccount", row.name))


def _replace(request: HttpRequest, row: ProcessorAccount) -> str:
    given = forms.credentials(request.POST, KINDS[row.kind])
    if request.POST.get("do") != "replace" or not given:
        raise InvalidRequest(
            gettext("Type what is to be replaced: what is left empty stays as it is.")
        )
    changes.change(name=row.name, credentials=given, at=timezone.now())
    return gettext("The new credentials count.")


def _roll(request: HttpRequest, row: ProcessorAccount) -> str:
    hours = request.POST.get("overlap", "")
    if hours not in _OVERLAPS:
        raise InvalidRequest(gettext("Choose when the old secret ends."))
    changes.roll_notice_secret(
        name=row.name,
        secret=forms.notice_secret(request.POST),
        overlap=timedelta(hours=int(hours)),
        at=timezone.now(),
    )
    return gettext("The new secret counts. The old one ends %(hours)s.") % {
        "hours": _OVERLAPS[hours]
    }


def _show(request: HttpRequest, row: ProcessorAccount, *, problem: str = "") -> HttpResponse:
    kind = KINDS[row.kind]
    known = sealing.open_credentials(row.name, row.sealed_credentials)
    context = admin.site.each_context(request) | {
        "title": gettext("What opens it"),
        "problem": problem,
        "account": row,
        "kind": kind,
        "page": page_of("processors_processoraccount", row.name),
        "asked": forms.asked(kind, known),
        "notice_secret": kind.notice_secret,
        "overlaps": _OVERLAPS,
        "overlap": request.POST.get("overlap", "24"),
        "reason_given": request.POST.get("reason", ""),
    }
    answer = TemplateResponse(request, "admin/processors/secrets.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
