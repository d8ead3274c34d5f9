"""The whole story of a request on one page."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts import queries as accounts
from api import request_log
from api.models import RequestLog
from console.booked import entry_lines
from console.linking import fact, link_to, object_link, opens
from console.requests import words
from console.told import MOST, event_line
from core import error_codes
from core.admin import offer_other_mode
from core.database.raw_fields import raw_fields
from core.security.visibility import account_ids_of, livemode_of, of_platform
from core.types import JsonObject
from ledger.reporting import business_objects
from webhooks import outcomes


@require_safe
@permission_required("api.view_requestlog", raise_exception=True)
def request_page(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a request: who asked, the answer and its reason, what came of it."""
    row = of_platform(request, request_log.requests([unquote(object_id)])).first()
    if row is None:
        raise Http404
    if row.livemode not in (None, livemode_of(request)):
        return offer_other_mode(request, row.id)
    context = {
        "title": gettext("Request"),
        "row": row,
        "state": words.state(row.status_code),
        "meaning": words.meaning(row.status_code, row.error_code),
        "error_page": error_codes.page_of(row.error_code) if row.error_code else "",
        "facts": _facts(request, row),
        "parameters": list(_lines(row.parameters or {})),
        "answered": _answered(request.user, row),
        **_results(request, row),
        "raw": [(gettext("Request"), row.id, raw_fields(row))],
    }
    frame = admin.site.each_context(request)
    return TemplateResponse(request, "admin/console/request.html", frame | context)


def _facts(request: HttpRequest, row: RequestLog) -> list[JsonObject]:
    opened = partial(link_to, request.user)
    names = accounts.names([row.account_id] if row.account_id else [])
    key = accounts.any_key(row.key_id or "", request.user)
    named = f"{key.name or key.kind} {key.hint}" if key else row.key_id
    return [
        fact(
            "Account",
            names.get(row.account_id or "") or row.account_id,
            opened("accounts_account", row.account_id),
        ),
        fact("Key", named, opened("accounts_apikey", key.id) if key else ""),
        fact("From", row.address),
        fact("Took", f"{row.duration_ms:,} ms"),
        fact("Version", row.api_version),
        fact("Idempotency key", row.idempotency_key),
    ]


def _lines(sent: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Return each parameter as a form names it, with its value."""
    inside: Iterable[tuple[str, object]] = ()
    if isinstance(sent, dict):
        inside = sent.items()
    elif isinstance(sent, list):
        inside = ((str(at), value) for at, value in enumerate(sent))
    else:
        yield (
            name,
            json.dumps(sent) if isinstance(sent, bool) else "" if sent is None else str(sent),
        )
    for part, value in inside:
        yield from _lines(value, f"{name}[{part}]" if name else part)


def _answered(user: object, row: RequestLog) -> list[JsonObject]:
    """Return what was answered: which object, or what the error said."""
    told = row.answer or {}
    if "id" in told:
        return [fact("Object", f"{told['object']} {told['id']}", object_link(user, told["id"]))]
    return [fact(name.replace("_", " ").capitalize(), text) for name, text in told.items()]


def _results(request: HttpRequest, row: RequestLog) -> JsonObject:
    """Return what a request made: objects, events with their deliveries, entries in the books."""
    within = timedelta(milliseconds=row.duration_ms)
    found, more = outcomes.told_by(
        row.id, within=within, account_ids=account_ids_of(request), most=MOST
    )
    entries = (
        business_objects.entries_by(row.id, within=within, most=MOST + 1)
        if opens(request.user, "ledger_journalentry")
        else []
    )
    ids = [*(event.object_id for event in found), *(entry.group for entry in entries)]
    return {
        "objects": _objects(request.user, ids),
        "events": [event_line(request.user, event) for event in found],
        "more_events": more,
        "entries": entry_lines(entries[:MOST]),
        "has_more_entries": len(entries) > MOST,
    }


def _objects(user: object, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return each object once, with its page."""
    return [(id, object_link(user, id)) for id in dict.fromkeys(ids)][:MOST]
