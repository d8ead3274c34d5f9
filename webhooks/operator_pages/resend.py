"""The operators' button that sends a delivery again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.admin import page_of
from core.errors import InvalidRequest
from core.security.visibility import find_visible
from webhooks.models import Delivery
from webhooks.services import deliveries


@require_POST
def resend(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Send a delivery again, or say why it cannot be sent."""
    if not request.user.has_perm("webhooks.change_delivery"):
        raise PermissionDenied
    delivery = find_visible(request, Delivery.objects.all(), delivery_id)
    try:
        deliveries.resend(delivery_id=delivery_id, at=timezone.now())
    except InvalidRequest as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "It is being sent again.")
    if request.POST.get("from") == "event":
        return redirect(page_of("webhooks_event", delivery.event_id))
    return redirect(page_of("webhooks_delivery", delivery_id))
