"""The whole story of an event on one page."""

import json
from typing import Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from api import request_log
from console.events.changes import changes
from console.linking import fact, link_to, object_link
from console.words import state
from core.admin import offer_other_mode
from core.database.raw_fields import raw_fields
from core.security.visibility import account_ids_of, livemode_of, of_platform
from core.types import JsonObject
from webhooks import outcomes
from webhooks.catalog import EVENT_TYPES
from webhooks.outcomes import Outcome

_MOST_DELIVERIES: Final = 20


@require_safe
@permission_required("webhooks.view_event", raise_exception=True)
def event(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show an event: what happened to what, what changed, and who was told."""
    user = request.user
    row = outcomes.any_event(unquote(object_id), user)
    if row is None:
        raise Http404
    if row.livemode != livemode_of(request):
        return offer_other_mode(request, row.id)
    data = json.loads(row.data)
    asked = of_platform(request, request_log.requests([row.request_id or ""])).first()
    sent, more = outcomes.outcomes(
        row.id, account_ids=account_ids_of(request), most=_MOST_DELIVERIES
    )
    context = {
        "title": gettext("Event"),
        "event": row,
        "meaning": gettext(EVENT_TYPES[row.type])
        if row.type in EVENT_TYPES
        else gettext("Nothing of this type is told any more."),
        "facts": [
            fact("About", row.object_id, object_link(user, row.object_id)),
            fact("Account", row.account, link_to(user, "accounts_account", row.account_id)),
            fact(
                "Request",
                asked or row.request_id,
                link_to(user, "api_requestlog", asked.id if asked else None),
            ),
            fact("Idempotency key", row.idempotency_key),
            fact("Version", row.api_version),
        ],
        "changes": changes(data),
        "deliveries": [_delivery(user, one) for one in sent],
        "more": gettext("and %(more)s more deliveries") % {"more": f"{more:,}"} if more else "",
        "more_page": f"{reverse('admin:webhooks_delivery_changelist')}?q={row.id}",
        "payload": json.dumps(data, indent=2, ensure_ascii=False),
        "raw": [(gettext("Event"), row.id, raw_fields(row, hidden=("data",)))],
    }
    frame = admin.site.each_context(request)
    return TemplateResponse(request, "admin/console/event.html", frame | context)


def _delivery(user: object, one: Outcome) -> JsonObject:
    """Return what became of the event at one endpoint, with the pages that tell more."""
    word, look = state(one.delivery.status)
    endpoint = one.delivery.endpoint
    return {
        "row": one.delivery,
        "url": endpoint.url,
        "endpoint_page": link_to(user, "webhooks_endpoint", endpoint.id),
        "page": link_to(user, "webhooks_delivery", one.delivery.id),
        "word": word,
        "look": look,
        "is_open": endpoint.is_enabled and not endpoint.deleted_at,
        "attempts": one.attempts,
        "more_attempts": one.more,
    }
