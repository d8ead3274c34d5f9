"""The page that plays the draft over payments that were made."""

from datetime import timedelta
from typing import Final

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.routing.page import PERMISSION
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from payments.charges.services.routed import past_choices
from processors.accounts import snapshot
from processors.router import candidates, publishing
from processors.routing.drafts import replays, reports

# More are replayed by the command.
_MOST: Final = 20_000
_SPANS: Final = (1, 7, 30)


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def replay(request: HttpRequest) -> HttpResponse:
    """Show what the draft would have changed of the last days' payments of the mode."""
    text = request.GET.get("days", "")
    days = int(text) if text in [str(span) for span in _SPANS] else _SPANS[1]
    livemode, at = livemode_of(request), timezone.now()
    lines, problem, is_cut_off = [], "", False
    try:
        rules = publishing.read(publishing.draft().document)
    except RialtoError as error:
        problem = explain(error)
    else:
        held = snapshot.current()
        past = past_choices.first_attempts(
            livemode=livemode, since=at - timedelta(days=days), most=_MOST
        )
        found = replays.replay(
            past, rules, candidates.of(held, livemode=livemode), tallies=held.tallies
        )
        lines, is_cut_off = reports.lines(found, say=gettext), found.total >= _MOST
    context = admin.site.each_context(request) | {
        "title": gettext("What the draft would have changed"),
        "days": days,
        "spans": _SPANS,
        "mode": gettext("live") if livemode else gettext("test"),
        "lines": lines,
        "problem": problem,
        "is_cut_off": is_cut_off,
        "most": _MOST,
    }
    return TemplateResponse(request, "admin/console/routing_replay.html", context)
