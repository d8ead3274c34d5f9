"""The page on which an operator says who bears what a processor took for itself."""

from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts import approvals
from accounts.approvals import ApprovalAction, Preview
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, missing
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from payments.inbound.services import line_bearers
from processors import settlements

_ACTION: Final = "settlement.bear"
_PERMISSION: Final = "processors.change_settlementline"


@step_up(only_posts=True)
def bear(request: HttpRequest, id: str) -> HttpResponse:
    """Let an operator decide who bears or has a line."""
    if not request.user.has_perm(_PERMISSION):
        raise PermissionDenied
    row = settlements.find(id)
    if row is None or row.livemode != livemode_of(request):
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            outcome = approvals.run_or_request(
                _ACTION,
                by=cast(User, request.user),
                reason=reason_of(request),
                at=timezone.now(),
                line_id=row.id,
                account=request.POST.get("account", "").strip(),
            )
            if outcome.request:
                say_it_waits(request)
            else:
                messages.success(request, gettext("It is decided, and booked."))
        except InvalidRequest as error:
            problem = explain(error)
        else:
            return redirect(page_of("processors_settlementline", row.id))
    context = admin.site.each_context(request) | {
        "title": gettext("Who bears %(line)s?") % {"line": row.id},
        "row": row,
        "amount": line_bearers.total_of(row),
        "problem": problem,
        "account": request.POST.get("account", ""),
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/payments/settlement_bear.html", context)


def _preview(*, line_id: str, account: str) -> Preview:
    row = settlements.find(line_id)
    if row is None:
        raise missing("settlement_line", line_id)
    line_bearers.check(row, account)
    total = line_bearers.total_of(row)
    return Preview(
        format_lazy(
            gettext_lazy("{account} bears or has {total}, which {processor} says for itself."),
            account=account,
            total=total,
            processor=row.processor,
        ),
        Money(abs(total.amount), total.currency),
        row.livemode,
        account_id=account,
    )


ACTIONS: Final = (ApprovalAction(_ACTION, _PERMISSION, _preview, line_bearers.bear),)
