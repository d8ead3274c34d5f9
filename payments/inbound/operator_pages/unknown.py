"""The operators' page of unresolved requests."""

from datetime import datetime
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from core.admin import page_of
from core.durations import format_duration
from core.errors import Missing
from core.money import Money
from core.security.visibility import visible
from core.types import JsonObject
from payments.inbound.services import manual_retry
from payments.models import UnresolvedRequest
from processors.protocols.base import Action, UnknownReason

MOST_SHOWN = 200

WHAT: Final = {
    Action.CHARGE: "Charge",
    Action.CAPTURE: "Capture",
    Action.VOID: "Cancelation",
    Action.CANCEL: "Cancelation",
    Action.REFUND: "Refund",
    Action.VERIFY: "Setup",
}
WHY: Final = {
    UnknownReason.NO_ANSWER: "No answer came.",
    UnknownReason.ACCESS_REFUSED: "The processor refuses our key: give its account a new one.",
    UnknownReason.THROTTLED: "The processor takes no more requests for the moment.",
    UnknownReason.PENDING: "The processor has it and has not finished.",
    UnknownReason.ACTION_REQUIRED: "The processor waits for the payer.",
    UnknownReason.AMOUNT_DIFFERS: "The processor says that it moved another amount. "
    "Nothing is booked.",
    UnknownReason.UNREADABLE: "The rail failed; the log says how.",
    UnknownReason.KEY_EXPIRED: "The processor knows nothing of it, and it is too late to send "
    "it again.",
}  # fmt: skip


def unknown(request: HttpRequest) -> HttpResponse:
    """List the unresolved requests, the oldest first, and poll one of them."""
    if not request.user.has_perm("payments.view_unresolvedrequest"):
        raise PermissionDenied
    if request.method == "POST":
        return _ask(request)
    at = timezone.now()
    rows = visible(request, UnresolvedRequest.objects.all())
    rows = rows.order_by("sent_at", "key")[: MOST_SHOWN + 1]
    context = admin.site.each_context(request) | {
        "title": gettext("Unknown"),
        "rows": [_render(row, at) for row in rows[:MOST_SHOWN]],
        "has_more": len(rows) > MOST_SHOWN,
        "may_ask": request.user.has_perm("payments.change_unresolvedrequest"),
    }
    return TemplateResponse(request, "admin/payments/unknown.html", context)


def _ask(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("payments.change_unresolvedrequest"):
        raise PermissionDenied
    key = request.POST.get("key", "")
    try:
        left = manual_retry.ask_now(key=key, at=timezone.now())
    except Missing:
        messages.warning(request, gettext("Nothing was asked: this is no longer unknown."))
        return redirect("admin:payments_unknown")
    if left is None:
        messages.success(request, gettext("It is answered."))
    else:
        messages.warning(request, f"{left.object_id}: {_why(left)} {left.message}")
    return redirect("admin:payments_unknown")


def _render(row: UnresolvedRequest, at: datetime) -> JsonObject:
    page = {"refund": "payments_refund", "verify": "payments_setupattempt"}.get(
        row.action, "payments_charge"
    )
    if row.object_id.startswith("unp_"):
        page = "payments_unappliedpayment"
    return {
        "key": row.key,
        "what": gettext(WHAT[Action(row.action)]),
        "object_id": row.object_id,
        "page": page_of(page, row.object_id),
        "amount": "" if row.action == "verify" else str(Money(row.amount, row.currency)),
        "mode": gettext("live mode" if row.livemode else "test mode"),
        "processor": row.processor,
        "why": _why(row),
        "message": row.message,
        "is_grave": row.reason
        in (UnknownReason.AMOUNT_DIFFERS, UnknownReason.KEY_EXPIRED, UnknownReason.UNREADABLE),
        "since": row.sent_at,
        "age": format_duration(at - row.sent_at),
        "asked": _describe_polls(row, at),
    }


def _describe_polls(row: UnresolvedRequest, at: datetime) -> str:
    asked = gettext("Asked %(count)s time" if row.tries == 1 else "Asked %(count)s times")
    asked %= {"count": row.tries}
    if row.next_poll_at <= at:
        return gettext("%(asked)s; about to be asked again.") % {"asked": asked}
    span = format_duration(row.next_poll_at - at)
    return gettext("%(asked)s; again in %(span)s.") % {"asked": asked, "span": span}


def _why(row: UnresolvedRequest) -> str:
    return gettext(WHY[UnknownReason(row.reason)])
