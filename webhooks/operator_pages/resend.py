"""The operators' buttons that send a delivery again, and all that an endpoint did not accept."""

from datetime import UTC, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.operator_pages.reasons import reason_of
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import find_visible
from webhooks.models import Delivery, Endpoint
from webhooks.operator_pages import endpoint as pages
from webhooks.services import deliveries, resending


@require_POST
def resend(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Send a delivery again, or say why it cannot be sent."""
    if not request.user.has_perm("webhooks.change_delivery"):
        raise PermissionDenied
    delivery = find_visible(request, Delivery.objects.all(), delivery_id)
    try:
        deliveries.resend(delivery_id=delivery_id, at=timezone.now())
    except InvalidRequest as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, gettext("It is being sent again."))
    if request.POST.get("from") == "event":
        return redirect(page_of("webhooks_event", delivery.event_id))
    if request.POST.get("from") == "endpoint":
        return redirect(page_of("webhooks_endpoint", delivery.endpoint_id))
    return redirect(page_of("webhooks_delivery", delivery_id))


@require_POST
def resend_unaccepted(request: HttpRequest, id: str) -> HttpResponse:
    """Send again what an endpoint was sent since a moment, or stop that, and say how many."""
    if not has_right(request.user, "delivery.resend"):
        raise PermissionDenied
    row = pages.find(request, id)
    try:
        reason_of(request)
        done = _stop(row) if request.POST.get("do") == "stop" else _begin(request, row)
    except RialtoError as error:
        return pages.show(request, row, problem=explain(error))
    messages.success(request, done)
    return redirect(page_of("webhooks_endpoint", row.id))


def _begin(request: HttpRequest, row: Endpoint) -> str:
    begun = resending.begin(
        endpoint=row,
        at=timezone.now(),
        since=_since(request),
        sends_accepted=bool(request.POST.get("accepted")),
    )
    if begun.total == 1:
        return gettext("1 delivery is being sent again, a few at a time.")
    return gettext("%(count)s deliveries are being sent again, a few at a time.") % {
        "count": f"{begun.total:,}"
    }


def _stop(row: Endpoint) -> str:
    stopped = resending.stop(endpoint=row, at=timezone.now())
    return gettext("It is stopped, %(sent)s of %(total)s were sent.") % {
        "sent": f"{stopped.sent:,}",
        "total": f"{stopped.total:,}",
    }


def _since(request: HttpRequest) -> datetime | None:
    text = request.POST.get("since", "").strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError as error:
        raise InvalidRequest(gettext("Write a moment, such as 2026-11-23T09:00.")) from error
