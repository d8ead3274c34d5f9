"""The page that brings a payer to the processor, its code, and where the payer comes back to.

They are pages of their own: no session, and an address that nobody can guess. What a browser
brings back is handed to the processor, and never believed.
"""

import secrets
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from connect.hosted.views.pages import LANGUAGES, language_of
from connect.pages import protect
from core.errors import Missing
from core.money import Money
from core.security.origins import origin_of
from core.types import JsonObject
from payments.inbound.services import returns
from payments.inbound.services.returns import Visit
from payments.inbound.views import drawn_codes
from payments.inbound.views.bank import name_of, way_back
from payments.states import IntentStatus
from processors.protocols.next_actions import CODE, ActionKind, ActionScript, NextAction

_DONE: Final = frozenset({IntentStatus.SUCCEEDED, IntentStatus.REQUIRES_CAPTURE})
# More than any processor sends back.
_MOST_FIELDS: Final = 30
_LONGEST: Final = 10_000


# The address is the permission: whoever has it, the payer, is who shall act.
@method_decorator(csrf_exempt, name="dispatch")
class ActionView(View):
    """Bring the payer to the processor: by an address, a form, a script of it, or a code."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        visit = _find(attempt_id, key)
        action = visit.action
        if action and action.kind is ActionKind.REDIRECT and action.method == "GET":
            return _guard(HttpResponseRedirect(action.url, status=303))
        return _page(request, visit)


@method_decorator(csrf_exempt, name="dispatch")
class ReturnView(View):
    """Ask the processor what the payer did, and send the payer back to the shop."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        return self._answer(request, attempt_id, key)

    def post(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        return self._answer(request, attempt_id, key)

    def _answer(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        before = _find(attempt_id, key)
        visit = returns.come_back(before, _brought(request), at=timezone.now())
        if visit.action is None:
            back = way_back(visit.intent) if visit.intent.return_url else ""
            return _page(request, visit, goes_to=back)
        if visit.row.number > before.row.number:
            # One more step.
            return _page(request, visit, goes_to=request.path.removesuffix("/return"))
        return _page(request, visit, is_unfinished=True)


@require_safe
def action_code(request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
    """Draw the code that the payer scans with another device."""
    action = _find(attempt_id, key).action
    code = action.fields.get(CODE) if action and action.kind is ActionKind.SHOW_CODE else None
    if not code:
        raise Http404
    answer = HttpResponse(drawn_codes.draw(code, "svg"), content_type=drawn_codes.TYPES["svg"])
    answer["Cache-Control"] = "no-store"
    return answer


def _find(attempt_id: str, key: str) -> Visit:
    try:
        return returns.find(attempt_id, key)
    except Missing:
        raise Http404 from None


def _brought(request: HttpRequest) -> dict[str, str]:
    """Return what the browser brings, by name; an endless lot of it is cut short."""
    found = {**request.GET.dict(), **request.POST.dict()}
    pairs = sorted(found.items())[:_MOST_FIELDS]
    return {name[:_LONGEST]: str(value)[:_LONGEST] for name, value in pairs}


def _page(
    request: HttpRequest, visit: Visit, *, goes_to: str = "", is_unfinished: bool = False
) -> HttpResponse:
    """Render what the payer has to do, or how it stands.

    Args:
        request: The request.
        visit: The payer at this address.
        goes_to: Where the browser goes by itself. Not by a redirect: the processor's page may have
            sent a form, and browsers hold its policy against all redirects that follow.
        is_unfinished: True if the payer came back too early.
    """
    action, intent = visit.action, visit.intent
    script = None if is_unfinished or goes_to else returns.script_of(visit)
    onward = request.path.removesuffix("/return")
    shows_code = action is not None and action.kind is ActionKind.SHOW_CODE
    picture = _picture(action, onward) if shows_code and not (is_unfinished or goes_to) else ""
    context: JsonObject = {
        "action": action,
        "picture": picture,
        "is_form": action is not None
        and action.method == "POST"
        and not (is_unfinished or goes_to),
        "script": static(script.file) if script else None,
        "fields": dict(action.fields) if action and script else None,
        "goes_to": goes_to,
        "is_unfinished": is_unfinished,
        "is_done": intent.status in _DONE,
        "is_waiting": intent.status == IntentStatus.PROCESSING,
        "is_live": intent.livemode,
        "merchant": name_of(intent.on_behalf_of or intent.account_id),
        "amount": str(Money(intent.amount, intent.currency)) if intent.amount else None,
        "onward": onward,
        "submit": static("payments/submit.js"),
        "way_back": way_back(intent) if intent.return_url else None,
        "nonce": secrets.token_urlsafe(16),
    }
    with translation.override(language_of(request)):
        current = translation.get_language()
        context["languages"] = [(c, name) for c, name in LANGUAGES.items() if c != current]
        answer = render(request, "payments/action.html", context)
    form = action if context["is_form"] else None
    return _guard(answer, context["nonce"], form, script, picture=picture)


def _picture(action: NextAction | None, onward: str) -> str:
    """Return where a code's picture is: ours of what it says, or else the processor's."""
    assert action is not None
    return f"{onward}/code.svg" if action.fields.get(CODE) else action.url


def _guard(
    answer: HttpResponse,
    nonce: str = "",
    action: NextAction | None = None,
    script: ActionScript | None = None,
    *,
    picture: str = "",
) -> HttpResponse:
    protect(answer, nonce)
    if picture:
        origin = "'self'" if picture.startswith("/") else origin_of(picture) or "'none'"
        answer["Content-Security-Policy"] = (
            f"default-src 'none'; img-src {origin}; style-src 'nonce-{nonce}'; form-action 'none'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
    if action is not None:
        # Browsers hold a form's policy against wherever the processor sends on, such as a bank.
        origin = origin_of(action.url) or "'none'"
        answer["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            f"form-action {origin} https:; base-uri 'none'; frame-ancestors 'none'"
        )
    if script is not None:
        there = " ".join(script.origins)
        answer["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{nonce}' {there}; connect-src {there}; "
            f"frame-src {there}; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
    # The client secret in the way back is for the merchant alone.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
