"""The page on which somebody's data is handed out, or erased."""

from typing import Final, cast

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.models import TenantModel, User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect import erasure as sellers
from console.privacy import approved, erasing, exporting, subjects
from console.privacy.subjects import Subject
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import livemode_of
from core.types import JsonObject
from payments.customers import queries as customers

_PAGES: Final = {subjects.CUSTOMER: "payments_customer", subjects.PERSON: "connect_person"}


@require_http_methods(["GET", "POST"])
@step_up()
def personal_data(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show what is held of somebody, hand it out, or erase it."""
    subject, account_id, livemode = _find(request, object_id)
    problem = ""
    if request.method == "POST":
        try:
            return _do(request, subject, account_id, livemode=livemode)
        except RialtoError as error:
            problem = explain(error)
    found = erasing.look(subject, at=timezone.now())
    context = admin.site.each_context(request) | {
        "title": gettext("Personal data"),
        "name": subject.name,
        "back": page_of(_PAGES[subject.kind], subject.name),
        "counts": [
            (gettext(str(apps.get_model(label)._meta.verbose_name_plural)).capitalize(), count)
            for label, count in found.counts.items()
        ],
        "needs": found.needs,
        "why_another": _why_another(request, subject, account_id, livemode=livemode)
        if not found.needs
        else "",
        "problem": problem,
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/console/personal_data.html", context)


def _find(request: HttpRequest, object_id: str) -> tuple[Subject, str, bool]:
    if not has_right(request.user, approved.RIGHT):
        raise PermissionDenied
    try:
        subject = subjects.read(object_id)
    except InvalidRequest as error:
        raise Http404 from error
    row = _row(request, subject)
    if row is None or subject.email or row.livemode != livemode_of(request):
        raise Http404
    return subject, row.account_id, row.livemode


def _row(request: HttpRequest, subject: Subject) -> TenantModel | None:
    if subject.kind == subjects.CUSTOMER:
        return customers.any_customer(subject.name, request.user)
    row = sellers.person(subject.name)
    if row is None or not may_see(request.user, row.account_id, row.account.opened_by_id):
        return None
    return row


def _do(request: HttpRequest, subject: Subject, account_id: str, *, livemode: bool) -> HttpResponse:
    reason = reason_of(request)
    if request.POST.get("do") == "export":
        found = exporting.export(subject, at=timezone.now(), reason=reason)
        answer = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
        answer["Content-Disposition"] = f'attachment; filename="{subject.name}.json"'
        return answer
    outcome = approvals.run_or_request(
        approved.ERASE,
        by=cast(User, request.user),
        reason=reason,
        at=timezone.now(),
        **_parameters(subject, account_id, livemode=livemode),
    )
    if outcome.request:
        say_it_waits(request)
    else:
        messages.success(request, approved.tell(outcome.result))
    return redirect(page_of(_PAGES[subject.kind], subject.name))


def _parameters(subject: Subject, account_id: str, *, livemode: bool) -> JsonObject:
    return {"who": subject.name, "account": account_id, "livemode": livemode}


def _why_another(request: HttpRequest, subject: Subject, account_id: str, *, livemode: bool) -> str:
    preview = approvals.Preview("", livemode=livemode, account_id=account_id)
    why = approvals.why_another(approved.ERASE, cast(User, request.user), preview)
    return str(why) if why else ""
