"""The page of routing: the rules that count, the draft of the next ones, how accounts fare."""

from typing import Final, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.models import User
from accounts.operator_pages import returned
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import ask, is_fresh
from console.routing import approved, shown
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from payments.charges.services.routed import past_choices
from processors.router import health, publishing
from processors.routing import parsing
from processors.routing.drafts import editing
from processors.routing.rules import RuleSet

PERMISSION: Final = "processors.view_routingruleset"
_MOVES: Final = {"up": -1, "down": 1}
_STEPPED_UP: Final = ("publish", "again", "force")


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION, raise_exception=True)
def routing(request: HttpRequest) -> HttpResponse:
    """Show the rules, change the draft, publish it or an older version, force a breaker."""
    if request.method != "POST":
        return _show(request)
    if not has_right(request.user, "routing.publish"):
        raise PermissionDenied
    verb = request.POST.get("do", "")
    if verb in _STEPPED_UP and not is_fresh(request):
        return ask(request)
    try:
        _do(request, verb)
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, explain(error))
    return redirect("admin:console_routing")


def _show(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    draft, rules = publishing.draft(), RuleSet()
    problems = []
    try:
        rules = publishing.read(draft.document)
        problems = publishing.check(rules, past_choices.currencies_in_use(at=at), at=at)
    except RialtoError as error:
        problems = [explain(error)]
    context = admin.site.each_context(request) | {
        "title": gettext("Routing"),
        "published": shown.published(),
        "rules": shown.rules(rules),
        "retries": rules.retries,
        "is_draft": not draft._state.adding,
        "draft": draft,
        "problems": problems,
        "accounts": shown.accounts(at),
        "history": publishing.history(most=20),
        "may_publish": has_right(request.user, "routing.publish"),
    }
    return TemplateResponse(request, "admin/console/routing.html", context)


def _do(request: HttpRequest, verb: str) -> None:
    name, at = request.POST.get("rule", ""), timezone.now()
    match verb:
        case "up" | "down":
            _save(editing.move(_draft(), name, _MOVES[verb]))
        case "remove":
            _save(editing.remove(_draft(), name))
            messages.success(
                request, gettext("The draft has the rule %(name)s no more.") % {"name": name}
            )
        case "retries":
            _set_retries(request)
        case "discard":
            publishing.discard_draft(at=at)
            messages.success(request, gettext("The draft is forgotten."))
        case "publish":
            _publish(request, parsing.render(_draft()), None)
        case "again":
            _publish_again(request)
        case "force":
            health.force(
                processor=request.POST.get("processor", ""),
                method=request.POST.get("method", ""),
                forced=request.POST.get("forced", ""),
                reason=reason_of(request),
                at=at,
            )
            messages.success(request, gettext("It counts from now on."))
        case _:
            messages.error(request, gettext("Nothing was done: use a button of this page."))


def _draft() -> RuleSet:
    return publishing.read(publishing.draft().document)


def _save(rules: RuleSet) -> None:
    publishing.save_draft(rules, at=timezone.now())


def _set_retries(request: HttpRequest) -> None:
    document = parsing.render(_draft())
    text = request.POST.get("retries", "")
    document["retries"] = int(text) if text.isdecimal() and len(text) < 3 else text
    _save(publishing.read(document))
    messages.success(request, gettext("The draft says so now."))


def _publish_again(request: HttpRequest) -> None:
    text = request.POST.get("version", "")
    older = publishing.published(int(text)) if text.isdecimal() and len(text) < 9 else None
    if older is None:
        messages.error(request, gettext("There is no such version."))
        return
    _publish(request, older.document, older.version)


def _publish(request: HttpRequest, document: object, again_of: int | None) -> None:
    outcome = approvals.run_or_request(
        approved.PUBLISH,
        by=cast(User, request.user),
        reason=reason_of(request),
        at=timezone.now(),
        rules=document,
        again_of=again_of,
    )
    if outcome.request:
        say_it_waits(request)
    else:
        messages.success(
            request,
            gettext("%(version)s counts from now on.")
            % {"version": str(outcome.result).capitalize()},
        )
