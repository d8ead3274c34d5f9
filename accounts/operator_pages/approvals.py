"""The operators' pages of approvals: what waits for another person, and one request."""

from collections.abc import Sequence
from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import Table, people, recovery, registry, requests
from accounts.models import ApprovalRequest, User
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import ask, is_fresh
from accounts.states import ApprovalState
from core.admin import ReadOnly
from core.durations import format_duration
from core.errors import RialtoError
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.visibility import find_visible, visible
from core.types import JsonObject

MOST_SHOWN: Final = 200
_SEEN: Final = "accounts.view_approvalrequest"
# What a person is told of a request that was decided on.
_TOLD: Final = {
    ApprovalState.EXECUTED: (messages.SUCCESS, gettext_lazy("It is approved, and done. {message}")),
    ApprovalState.APPROVED: (messages.WARNING, "{message}"),
    ApprovalState.FAILED: (messages.ERROR, gettext_lazy("It was not done: {message}")),
    ApprovalState.REJECTED: (messages.SUCCESS, gettext_lazy("It is rejected.")),
    ApprovalState.WITHDRAWN: (messages.SUCCESS, gettext_lazy("It is withdrawn.")),
}


def waiting(request: HttpRequest) -> HttpResponse:
    """List the requests that wait, the first to expire first."""
    if not request.user.has_perm(_SEEN):
        raise PermissionDenied
    at = timezone.now()
    found = ApprovalRequest.objects.filter(state=ApprovalState.WAITING, expires_at__gt=at)
    found = visible(request, found).order_by("expires_at", "id")
    rows = list(found[: MOST_SHOWN + 1])
    context = admin.site.each_context(request) | {
        "title": gettext("Approvals"),
        "rows": [
            {
                "page": _page_of(row),
                "summary": row.told_summary,
                "amount": _amount(row),
                "who": row.requested_by_email,
                "reason": row.reason,
                "mode": _mode(row),
                "since": row.created_at,
                "age": format_duration(at - row.created_at),
                "left": format_duration(row.expires_at - at),
                "why_not": people.refusal(cast(User, request.user), row, is_visible=True),
            }
            for row in rows[:MOST_SHOWN]
        ],
        "has_more": len(rows) > MOST_SHOWN,
        "unknown": [
            {
                "page": _page_of(row),
                "summary": row.told_summary,
                "who": row.decided_by_email,
                "age": format_duration(at - row.decided_at) if row.decided_at else "",
            }
            for row in visible(request, recovery.unknown(at=at)).order_by("id")[:MOST_SHOWN]
        ],
    }
    return TemplateResponse(request, "admin/accounts/approvals.html", context)


def _page_of(row: ApprovalRequest) -> str:
    return reverse("admin:accounts_approval", args=[row.id])


def decide(request: HttpRequest, id: str) -> HttpResponseBase:
    """Show one request with all that it was asked with, and approve, reject or withdraw it."""
    if not request.user.has_perm(_SEEN):
        raise PermissionDenied
    row = find_visible(request, ApprovalRequest.objects.all(), id)
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        if not is_fresh(request):
            return ask(request)
        if _carry(request, row):
            return redirect("admin:accounts_approvals")
        row.refresh_from_db()
    context = admin.site.each_context(request) | _render(row, cast(User, request.user))
    return TemplateResponse(
        request, "admin/accounts/approval.html", context | {"reason_given": reason}
    )


def _carry(request: HttpRequest, row: ApprovalRequest) -> bool:
    """Carry a decision out, tell what came of it, and return whether there was one."""
    by, at = cast(User, request.user), timezone.now()
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "approve":
            row = requests.approve(request_id=row.id, by=by, reason=reason_of(request), at=at)
        elif request.POST.get("do") == "reject":
            row = requests.reject(request_id=row.id, by=by, reason=reason, at=at)
        elif request.POST.get("do") in ("was_done", "was_not_done"):
            was_done = request.POST["do"] == "was_done"
            requests.settle(request_id=row.id, by=by, was_done=was_done, reason=reason, at=at)
            messages.success(request, gettext("It is noted."))
            return True
        else:
            messages.error(request, gettext("Nothing was done: approve it, or reject it."))
            return False
    except RialtoError as error:
        messages.error(request, explain(error))
        return False
    level, sentence = _TOLD[ApprovalState(row.state)]
    messages.add_message(request, level, str(sentence).format(message=row.told_message))
    return True


def _render(row: ApprovalRequest, person: User) -> JsonObject:
    is_own = row.requested_by_id == person.pk
    at = timezone.now()
    limit = str(Money(row.above_amount, row.currency)) if row.above_amount else ""
    is_waiting = row.state == ApprovalState.WAITING and row.expires_at > at
    is_unknown = recovery.is_unknown(row, at=at)
    why_not = people.refusal(person, row) if is_waiting or is_unknown else ""
    tables, problem = _tables(row) if is_waiting else ((), "")
    return {
        "title": gettext("Approval %(id)s") % {"id": row.id},
        "row": row,
        "amount": _amount(row),
        "mode": _mode(row),
        "limit": limit,
        "parameters": [
            (gettext(name.replace("_", " ")), _spell(name, value, row))
            for name, value in sorted(row.parameters.items())
        ],
        "tables": tables,
        "is_always": not row.rule_id and not limit,
        "problem": problem,
        "why_not": why_not,
        "may_approve": is_waiting and not why_not,
        "may_withdraw": is_waiting and is_own,
        "is_unknown": is_unknown,
        "may_settle": is_unknown and not why_not,
        "look_at": _look_at(row) if is_unknown else "",
    }


def _look_at(row: ApprovalRequest) -> str:
    known = row.action in registry.names() and registry.find(row.action).look_at
    return (
        gettext(known)
        if known
        else gettext("Whether what it is about is as it would be if it had been done.")
    )


def _tables(row: ApprovalRequest) -> tuple[Sequence[Table], str]:
    """Return what a request would do as things are now, or why it cannot be done."""
    if row.action not in registry.names():
        return (), ""
    action = registry.find(row.action)
    try:
        return (action.tables(**row.parameters) if action.tables else ()), ""
    except RialtoError as error:
        return (), explain(error)


def _amount(row: ApprovalRequest) -> str:
    return "" if row.amount is None else str(Money(row.amount, row.currency))


def _mode(row: ApprovalRequest) -> str:
    return (
        ""
        if row.livemode is None
        else gettext("live mode")
        if row.livemode
        else gettext("test mode")
    )


def _spell(name: str, value: object, row: ApprovalRequest) -> str:
    """Return a parameter as people read it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int) and name.endswith("amount") and row.currency:
        return str(Money(value, row.currency))
    return "—" if value in (None, "") else str(value)


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnly):
    list_display = (
        "id", "summary", "state", "requested_by_email", "decided_by_email", "created_at",
    )  # fmt: skip
    list_filter = ("state",)
    search_help_text = "appr_…, or the id of the person who asked"
    searched_exactly = ("requested_by_id",)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of what waits, and the page on which one is decided."""
        wrap = self.admin_site.admin_view
        return [
            path("waiting/", wrap(waiting), name="accounts_approvals"),
            path("<str:id>/decide/", wrap(decide), name="accounts_approval"),
            *super().get_urls(),
        ]
