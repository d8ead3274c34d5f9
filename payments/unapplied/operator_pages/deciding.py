"""The operators' pages on which somebody says whose a payment is that came too late."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import RialtoError
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import visible
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied.operator_pages import actions
from payments.unapplied.operator_pages.actions import Verb


@require_http_methods(["GET", "POST"])
@step_up()
def give_back(request: HttpRequest, id: str) -> HttpResponse:
    """Show what giving it back to its payer would do, and do it."""
    return _decide(request, id, actions.GIVE_BACK)


@require_http_methods(["GET", "POST"])
@step_up()
def apply(request: HttpRequest, id: str) -> HttpResponse:
    """Show what giving it to its merchant would do, and do it."""
    return _decide(request, id, actions.APPLY)


@require_http_methods(["GET", "POST"])
@step_up()
def void(request: HttpRequest, id: str) -> HttpResponse:
    """Show what saying that it never came would do, and do it."""
    return _decide(request, id, actions.VOID)


def _decide(request: HttpRequest, id: str, verb: Verb) -> HttpResponse:
    row = _find(request, id)
    problem = ""
    if request.method == "POST":
        try:
            _do(request, row, verb)
        except RialtoError as error:
            problem = explain(error)
        else:
            return redirect("admin:payments_unapplied")
    summary, why = "", None
    try:
        preview = verb.preview(row)
        summary = str(preview.summary)
        why = approvals.why_another(verb.action, cast(User, request.user), preview)
    except RialtoError as error:
        problem = problem or explain(error)
    money = Money(row.amount, row.currency)
    context = admin.site.each_context(request) | {
        "title": gettext(verb.title) % {"amount": money},
        "row": row,
        "payment_page": page_of("payments_paymentintent", row.charge.payment_intent_id),
        "payment_id": row.charge.payment_intent_id,
        "asked": Money(row.charge.amount, row.charge.currency),
        "differs": (row.amount, row.currency) != (row.charge.amount, row.charge.currency),
        "summary": summary,
        "why_another": why,
        "problem": problem,
        "button": gettext(verb.button).format(money=money),
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/payments/unapplied_decide.html", context)


def _find(request: HttpRequest, id: str) -> UnappliedPayment:
    """Return what a page is about.

    Raises:
        PermissionDenied: If the person may not decide.
        Http404: If the person sees no such payment now.
    """
    if not has_right(request.user, actions.RIGHT):
        raise PermissionDenied
    rows = visible(request, UnappliedPayment.objects.select_related("charge"))
    row = rows.filter(id=id).first()
    if row is None:
        raise Http404
    return row


def _do(request: HttpRequest, row: UnappliedPayment, verb: Verb) -> None:
    """Carry a form out, once however often it comes."""
    try:
        outcome = approvals.run_or_request(
            verb.action,
            by=cast(User, request.user),
            reason=reason_of(request),
            at=timezone.now(),
            unapplied_id=row.id,
        )
    except RialtoError:
        # If both clicks came at one moment, the other one has done it.
        row.refresh_from_db(fields=["status"])
        if row.status not in verb.done:
            raise
    else:
        if outcome.request:
            say_it_waits(request)
            return
        row = cast(UnappliedPayment, outcome.result)
    is_done = row.status not in (UnappliedStatus.OPEN, UnappliedStatus.RETURNING)
    money = Money(row.amount, row.currency)
    words = gettext(actions.ENDS[row.status]).format(money=money, account=row.account_id)
    messages.add_message(request, messages.SUCCESS if is_done else messages.WARNING, words)
