"""The address of a payment link: whoever goes on from it has a session, and pays on its page.

Looking at it writes nothing, for programs look at whatever address is posted anywhere. A browser
goes on by itself, by sending a form; without JavaScript the payer presses a button.
"""

import secrets
from typing import Final

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from checkout import pages, queries
from checkout.hosted import link_summary, turns
from checkout.links.services import opening
from checkout.models import CheckoutSession, PaymentLink
from checkout.sessions.services import validation
from connect.hosted.views.pages import LANGUAGES, language_of
from connect.pages import protect
from core.browsers import cookies
from core.errors import InvalidRequest
from core.ids import new_id
from core.types import JsonObject

# The payer's open session. Each link has a path of its own, and so one of these.
_COOKIE: Final = "rialto_link"
_SALT: Final = "checkout.link.payer"


@method_decorator(csrf_exempt, name="dispatch")
class LinkPageView(View):
    """Show what is sold, and open a session for whoever goes on."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link, visit = _find(token), opening.read(request.GET.dict())
        if session := _open_session(request, link, visit):
            return _go(request, session)
        if not link.is_open:
            return _page(request, link, visit, link_summary.closed(link), status=410)
        context = link_summary.order(link) | {
            "template": "checkout/link.html",
            "submit": static("payments/submit.js"),
        }
        return _page(request, link, visit, context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link, visit = _find(token), opening.read(request.GET.dict())
        if session := _open_session(request, link, visit):
            return _go(request, session)
        if not link.is_open:
            return _page(request, link, visit, link_summary.closed(link), status=410)
        if refusal := turns.open_session(request.META["REMOTE_ADDR"]):
            answer = _page(request, link, visit, _busy("many"), status=429)
            answer["Retry-After"] = str(refusal.seconds)
            return answer
        try:
            session = opening.open_session(link, visit, at=timezone.now())
        except InvalidRequest:
            # The seller may take no payments any more, for one: whoever sells it is told by us.
            return _page(request, link, visit, _busy("unpayable"), status=409)
        answer = _go(request, session)
        answer.set_cookie(
            cookies.name_of(_COOKIE),
            signing.dumps(session.id, salt=_SALT),
            path=f"/l/{link.token}",
            httponly=True,
            samesite="Lax",
            secure=cookies.is_secure(),
            max_age=int(validation.LATEST.total_seconds()),
        )
        return answer


def _find(token: str) -> PaymentLink:
    link = queries.link_at(token)
    if link is None:
        raise Http404
    return link


def _open_session(
    request: HttpRequest, link: PaymentLink, visit: opening.Visit
) -> CheckoutSession | None:
    """Return the session with which this browser goes on; None if it needs a new one."""
    try:
        session_id = signing.loads(request.COOKIES.get(cookies.name_of(_COOKIE), ""), salt=_SALT)
    except signing.BadSignature:
        return None
    session = queries.session_at(str(session_id))
    if session is None or not opening.is_same(session, link, visit, at=timezone.now()):
        return None
    return session


def _go(request: HttpRequest, session: CheckoutSession) -> HttpResponse:
    lang = request.GET.get("lang")
    more = f"?lang={lang}" if lang in LANGUAGES else ""
    answer = HttpResponseRedirect(f"{pages.address(session.id)}{more}", status=303)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def _busy(why: str) -> JsonObject:
    return {"template": "checkout/closed.html", "why": why}


def _page(
    request: HttpRequest,
    link: PaymentLink,
    visit: opening.Visit,
    context: JsonObject,
    *,
    status: int = 200,
) -> HttpResponse:
    nonce, request_id = secrets.token_urlsafe(16), new_id("req")
    query = request.GET.copy()
    query.pop("lang", None)
    with translation.override(_language(request, visit)):
        current = translation.get_language()
        context |= link_summary.context(link) | {
            "nonce": nonce,
            "request_id": request_id,
            "languages": [(c, name) for c, name in LANGUAGES.items() if c != current],
            "query": f"{query.urlencode()}&" if query else "",
        }
        answer = render(request, context["template"], context, status=status)
    protect(
        answer,
        nonce,
        has_images=bool(context["brand"].picture),
        has_script="submit" in context,
    )
    answer["X-Robots-Tag"] = "noindex"
    answer["Request-Id"] = request_id
    return answer


def _language(request: HttpRequest, visit: opening.Visit) -> str:
    is_chosen = request.GET.get("lang") in LANGUAGES
    wanted = visit.locale
    return wanted if wanted in LANGUAGES and not is_chosen else language_of(request)
