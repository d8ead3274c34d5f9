"""The operators' page of one account at a processor: how it does, and what can be done."""

from collections.abc import Callable
from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import offer_other_mode, page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import find_visible, is_in_other_mode
from processors.accounts import changes, checks, health
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.operator_pages import forms, words
from processors.states import PROCESSOR_ACCOUNT, AccountStatus

_PAGE: Final = "processors_processoraccount"


@require_http_methods(["GET", "HEAD", "POST"])
@step_up(only_posts=True)
def account(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show an account, check it, change what is known of it, and switch it."""
    if not request.user.has_perm("processors.view_processoraccount"):
        raise PermissionDenied
    name = unquote(object_id)
    if request.method != "POST" and is_in_other_mode(request, ProcessorAccount, name):
        return offer_other_mode(request, name)
    row = find(request, name)
    if request.method != "POST":
        return show(request, row)
    # Who may change it may switch it, too.
    _need(request, "processor.switch")
    try:
        done = _VERBS.get(request.POST.get("do", ""), _nothing)(request, row)
    except RialtoError as error:
        return show(request, row, problem=explain(error))
    messages.success(request, done)
    return redirect(page_of(_PAGE, row.name))


def find(request: HttpRequest, name: str) -> ProcessorAccount:
    """Return an account of the session's mode.

    Raises:
        Http404: If there is none.
    """
    if "\0" in name:
        raise Http404
    return find_visible(request, ProcessorAccount.objects.all(), name)


def _nothing(request: HttpRequest, row: ProcessorAccount) -> str:
    raise InvalidRequest(gettext("Choose what is to be done with this account."))


def _check(request: HttpRequest, row: ProcessorAccount) -> str:
    lines = checks.check(name=row.name, at=timezone.now())
    if not checks.is_good(lines):
        raise InvalidRequest(gettext("It is checked. What is to be mended is told below."))
    return gettext("It is checked, and nothing is to be mended.")


def check_what_is_new(request: HttpRequest, row: ProcessorAccount) -> None:
    """Ask the processor whether what was just given opens the account, and tell the answer."""
    if checks.is_good(checks.check(name=row.name, at=timezone.now())):
        messages.success(request, gettext("It is checked, and nothing is to be mended."))
    else:
        messages.warning(request, gettext("It is checked. What is to be mended is told below."))


def _change(request: HttpRequest, row: ProcessorAccount) -> str:
    _need(request, "processor.change")
    reason_of(request)
    changes.change(name=row.name, at=timezone.now(), **forms.details(request.POST))
    return gettext("It is changed. New payments go by it at once.")


def _first(request: HttpRequest, row: ProcessorAccount) -> str:
    reason_of(request)
    changes.make_default(name=row.name, at=timezone.now())
    return gettext("New payments are tried here first.")


def _switch(
    status: AccountStatus, done: StrOrPromise
) -> Callable[[HttpRequest, ProcessorAccount], str]:
    def switch(request: HttpRequest, row: ProcessorAccount) -> str:
        reason = reason_of(request)
        changes.set_status(name=row.name, status=status, reason=reason, at=timezone.now())
        return str(done)

    return switch


def _need(request: HttpRequest, right: str) -> None:
    if not has_right(request.user, right):
        raise PermissionDenied


_VERBS: Final[dict[str, Callable[[HttpRequest, ProcessorAccount], str]]] = {
    "check_account": _check,
    "change_account": _change,
    "make_first": _first,
    "enable_account": _switch(AccountStatus.ENABLED, gettext_lazy("It takes new payments.")),
    "drain_account": _switch(
        AccountStatus.DRAINING,
        gettext_lazy("It takes no new payments. What was begun there goes on."),
    ),
    "disable_account": _switch(
        AccountStatus.DISABLED,
        gettext_lazy("Nothing is asked of it any more. What is open there waits."),
    ),
}


def show(request: HttpRequest, row: ProcessorAccount, *, problem: str = "") -> HttpResponse:
    """Show an account, with what a form that was refused held."""
    row.refresh_from_db()
    kind, at = KINDS[row.kind], timezone.now()
    look, meaning = words.status(row)
    refused = request.POST if request.POST.get("do") == "change_account" else None
    before = AccountStatus(row.status)
    context = admin.site.each_context(request) | {
        "title": gettext("Processor account"),
        "problem": problem,
        "account": row,
        "kind": kind,
        "look": look,
        "meaning": meaning,
        "health": health.describe(row),
        "page": page_of(_PAGE, row.name),
        "facts": words.facts(row, at=at),
        "costs": words.costs(row),
        "check_lines": words.check_lines(row),
        "may_change": has_right(request.user, "processor.change"),
        "may_switch": has_right(request.user, "processor.switch"),
        "may_be_first": kind.takes_payments and before == "enabled" and not row.is_default,
        "moves": [one for one in AccountStatus if PROCESSOR_ACCOUNT.allows(before, one)],
        "fields": forms.shown(kind, row, refused),
        "opened": request.POST.get("do", "") if problem else "",
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/processors/account.html", context)
