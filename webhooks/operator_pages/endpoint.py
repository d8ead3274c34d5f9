"""The operators' page of one endpoint: how it takes events, which, and switching it."""

from collections.abc import Callable
from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.operator_pages.reasons import reason_of
from core.admin import offer_other_mode, page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import find_visible, is_in_other_mode
from core.types import JsonObject
from webhooks.catalog import EVENT_TYPES
from webhooks.models import Endpoint
from webhooks.operator_pages import chart, choosing, recent, words
from webhooks.operator_pages.figures import RATED_OF_ONE, count, figures
from webhooks.params import MOST_PER_SECOND
from webhooks.services import endpoints, resending, signing_secrets, testing

OVERLAPS: Final = {
    "0": gettext_lazy("at once"),
    "1": gettext_lazy("in 1 hour"),
    "24": gettext_lazy("in 24 hours"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show an endpoint, switch it on and off, and choose its events."""
    if not request.user.has_perm("webhooks.view_endpoint"):
        raise PermissionDenied
    id = unquote(object_id)
    if request.method != "POST" and is_in_other_mode(request, Endpoint, id):
        return offer_other_mode(request, id)
    row = find(request, id)
    if request.method != "POST":
        return show(request, row)
    if not has_right(request.user, _RIGHTS.get(request.POST.get("do", ""), "endpoint.change")):
        raise PermissionDenied
    try:
        done = _VERBS.get(request.POST.get("do", ""), _nothing)(request, row)
    except RialtoError as error:
        return show(request, row, problem=explain(error))
    messages.success(request, done)
    return redirect(page_of("webhooks_endpoint", row.id))


def find(request: HttpRequest, id: str) -> Endpoint:
    """Return an endpoint that the person sees now.

    Raises:
        Http404: If there is none.
    """
    if "\0" in id:
        raise Http404
    return find_visible(request, Endpoint.objects.select_related("account"), id)


def _nothing(request: HttpRequest, row: Endpoint) -> str:
    raise InvalidRequest(gettext("Choose what is to be done with this endpoint."))


def _enable(request: HttpRequest, row: Endpoint) -> str:
    _update(request, row, is_enabled=True)
    done = gettext("It is enabled, and hears of what happens from now on.")
    return f"{done} {_send_missed(request, row)}" if request.POST.get("missed") else done


def _send_missed(request: HttpRequest, row: Endpoint) -> str:
    """Send what happened while it was disabled, and what was canceled then or given up."""
    if not has_right(request.user, "delivery.resend"):
        raise PermissionDenied
    reason_of(request)
    begun = resending.begin(endpoint=row, at=timezone.now(), sends_missed=True)
    return gettext("What it missed is being sent, a few at a time: %(count)s.") % {
        "count": f"{begun.total:,}"
    }


def _test(request: HttpRequest, row: Endpoint) -> str:
    reason_of(request)
    testing.send(endpoint=row, at=timezone.now())
    return gettext("A test event is on its way. Its delivery will be below in a moment.")


def _pace(request: HttpRequest, row: Endpoint) -> str:
    text = request.POST.get("most_per_second", "").strip()
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MOST_PER_SECOND):
        raise InvalidRequest(gettext("Write a number from 1 to 10,000, or nothing for no limit."))
    _update(
        request,
        row,
        keeps_order=bool(request.POST.get("keeps_order")),
        most_per_second=int(text) if text else None,
    )
    return gettext("Its pace is chosen, and counts from now on.")


def _disable(request: HttpRequest, row: Endpoint) -> str:
    _update(request, row, is_enabled=False)
    return gettext("It is disabled: nothing is sent to it until it is enabled again.")


def _choose_events(request: HttpRequest, row: Endpoint) -> str:
    _update(request, row, enabled_events=choosing.chosen(request))
    return gettext("Its events are chosen. They count for what happens from now on.")


def _update(request: HttpRequest, row: Endpoint, **changes: object) -> None:
    reason_of(request)
    endpoints.update(tenant=row.tenant, endpoint_id=row.id, changes=changes)


_VERBS: Final[dict[str, Callable[[HttpRequest, Endpoint], str]]] = {
    "enable": _enable,
    "disable": _disable,
    "events": _choose_events,
    "missed": _send_missed,
    "pace": _pace,
    "test": _test,
}


# Whoever may send again may send a test.
_RIGHTS: Final = {"test": "delivery.resend"}


def _typed_pace(request: HttpRequest, row: Endpoint) -> JsonObject:
    """Return the pace as it was typed, or as it is."""
    if request.POST.get("do") != "pace":
        return {"keeps_order": row.keeps_order, "most": row.most_per_second}
    form = request.POST
    return {"keeps_order": "keeps_order" in form, "most": form.get("most_per_second", "")}


def show(request: HttpRequest, row: Endpoint, *, problem: str = "") -> HttpResponse:
    """Show an endpoint, with what a form that was refused held."""
    at = timezone.now()
    word, look, meaning = words.state(row, at=at)
    found = figures([row.id], most_rated=RATED_OF_ONE)[row.id]
    is_used = row.deleted_at is None
    is_refused = request.method == "POST"
    type, show_failed = request.GET.get("type", ""), request.GET.get("show") == "failed"
    typed = choosing.chosen(request) if request.POST.get("do") == "events" else row.enabled_events
    context = admin.site.each_context(request) | {
        "title": gettext("Webhook endpoint"),
        "problem": problem,
        "endpoint": row,
        "state": word,
        "look": look,
        "meaning": meaning,
        "page": page_of("webhooks_endpoint", row.id),
        "facts": _facts(row),
        "figures": found,
        "pending": count(found.pending),
        "failing": count(found.failing),
        "unaccepted": count(found.unaccepted),
        "may_change": is_used and has_right(request.user, "endpoint.change"),
        "may_resend": is_used and row.is_enabled and has_right(request.user, "delivery.resend"),
        "may_stop": has_right(request.user, "delivery.resend"),
        "resend": resending.last(row.id),
        "since": request.POST.get("since", ""),
        "pace": _typed_pace(request, row),
        "hours": chart.hours(row.id, at=at),
        "may_send_missed": has_right(request.user, "delivery.resend"),
        "opened": request.POST.get("do", "resend") if is_refused else "",
        "reason_given": request.POST.get("reason", ""),
        "events": choosing.events(row.enabled_events, typed),
        "takes_all": "*" in typed,
        "overlaps": OVERLAPS,
        "overlap": request.POST.get("overlap", "24"),
        "fingerprint": signing_secrets.fingerprint(row),
        "deliveries": recent.deliveries(row.id, only_failed=show_failed, type=type),
        "types": sorted(EVENT_TYPES),
        "type": type,
        "show_failed": show_failed,
        "most_searched": recent.MOST_SEARCHED,
        "all_page": f"{reverse('admin:webhooks_delivery_changelist')}?endpoint={row.id}",
    }
    return TemplateResponse(request, "admin/webhooks/endpoint.html", context)


def _facts(row: Endpoint) -> list[tuple[str, str, str]]:
    """Return what is known of an endpoint: title, text, and the page that tells more."""
    hears = gettext("its connected accounts") if row.is_connect else gettext("the account itself")
    if row.also_hears_own:
        hears = gettext("the account itself and its connected accounts")
    version = row.api_version or gettext("the account's own")
    shown = [
        (gettext("Name"), row.name, ""),
        (gettext("Account"), str(row.account), page_of("accounts_account", row.account_id)),
        (gettext("Made by the platform"), row.platform_id or "", ""),
        (gettext("Hears of"), hears, ""),
        (
            gettext("Events"),
            gettext("all")
            if "*" in row.enabled_events
            else gettext("%(count)s types") % {"count": len(row.enabled_events)},
            "",
        ),
        (
            gettext("API version"),
            gettext("none: thin events, without the object") if row.is_thin else version,
            "",
        ),
        (gettext("Description"), row.description or "", ""),
        (gettext("Added"), f"{dateformat.format(row.created_at, 'j M Y, H:i')} UTC", ""),
        *((name, str(text), "") for name, text in row.metadata.items()),
    ]
    return [fact for fact in shown if fact[1]]
