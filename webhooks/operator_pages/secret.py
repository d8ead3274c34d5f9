"""The operators' button that rolls the signing secret of an endpoint, and shows it once."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from webhooks.models import Endpoint
from webhooks.operator_pages import endpoint as pages
from webhooks.services import signing_secrets

_LONGEST = 3


@require_POST
@step_up()
def roll(request: HttpRequest, id: str) -> HttpResponse:
    """Roll the secret that the form was made for; sent twice, it rolls once."""
    if not has_right(request.user, "endpoint.change"):
        raise PermissionDenied
    row = pages.find(request, id)
    hours = request.POST.get("overlap", "")[:_LONGEST]
    try:
        reason_of(request)
        if hours not in pages.OVERLAPS:
            raise InvalidRequest(gettext("Choose when the old secret ends."))
        row, secret = signing_secrets.roll(
            tenant=row.tenant,
            endpoint_id=row.id,
            replacing=request.POST.get("fingerprint", ""),
            overlap=timedelta(hours=int(hours)),
            at=timezone.now(),
        )
    except RialtoError as error:
        return pages.show(request, row, problem=explain(error))
    return reveal(request, row, secret)


def reveal(
    request: HttpRequest, row: Endpoint, secret: str, *, is_new: bool = False
) -> HttpResponse:
    """Show a secret that was just made, this once."""
    context = admin.site.each_context(request) | {
        "title": gettext("The signing secret"),
        "endpoint": row,
        "page": page_of("webhooks_endpoint", row.id),
        "secret": secret,
        "is_new": is_new,
        "until": row.previous_secret_until,
    }
    answer = TemplateResponse(request, "admin/webhooks/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
