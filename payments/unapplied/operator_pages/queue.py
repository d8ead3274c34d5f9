"""The operators' page of payments that came too late, until somebody has said whose they are."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.admin import page_of
from core.durations import format_duration
from core.money import Money
from core.security.roles import has_right
from core.security.visibility import visible
from core.types import JsonObject
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied import queries
from payments.unapplied.operator_pages import actions

MOST_SHOWN: Final = 200


def unapplied(request: HttpRequest) -> HttpResponse:
    """List what came too late and is nobody's yet, or on its way back, the oldest first."""
    if not request.user.has_perm("payments.view_unappliedpayment"):
        raise PermissionDenied
    at = timezone.now()
    rows = visible(request, queries.unfinished().select_related("charge"))
    found = list(rows[: MOST_SHOWN + 1])
    context = admin.site.each_context(request) | {
        "title": gettext("Unapplied payments"),
        "rows": [_render(row, at) for row in found[:MOST_SHOWN]],
        "has_more": len(found) > MOST_SHOWN,
        "may_decide": has_right(request.user, actions.RIGHT),
    }
    return TemplateResponse(request, "admin/payments/unapplied.html", context)


def _render(row: UnappliedPayment, at: datetime) -> JsonObject:
    charge = row.charge
    asked = Money(charge.amount, charge.currency)
    money = Money(row.amount, row.currency)
    return {
        "id": row.id,
        "page": page_of("payments_unappliedpayment", row.id),
        "money": money,
        "asked": "" if asked == money else str(asked),
        "payment_id": charge.payment_intent_id,
        "payment_page": page_of("payments_paymentintent", charge.payment_intent_id),
        "account": row.account_id,
        "processor": charge.processor,
        "method": charge.method_type,
        "since": row.created_at,
        "age": format_duration(at - row.created_at),
        "is_open": row.status == UnappliedStatus.OPEN,
        "failure": row.failure_reason or "",
        "goes_back_at": _goes_back_at(row, is_same=asked == money),
        "give_back": reverse("admin:payments_unapplied_return", args=[row.id]),
        "apply": reverse("admin:payments_unapplied_apply", args=[row.id]),
        "void": reverse("admin:payments_unapplied_void", args=[row.id]),
    }


def _goes_back_at(row: UnappliedPayment, *, is_same: bool) -> datetime | None:
    """Return when it goes back by itself; None if it waits for a person."""
    days = settings.UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS
    waits = row.failed_returns or not is_same or row.status != UnappliedStatus.OPEN
    return row.created_at + timedelta(days=days) if days and not waits else None
