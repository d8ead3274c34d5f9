"""The base of sellers' pages: session, account and language."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views import View

from accounts.models import Account, Connection
from connect.hosted.services import links
from connect.models import AccountLink
from connect.pages import FORM_OF, protect
from connect.pages import is_framed as is_asked_by_frame
from core import request_context as context
from core.browsers import cookies
from core.request_context import RequestContext
from core.tenant import Tenant
from core.types import JsonObject

# One for each account and mode, and sent to their addresses only.
_COOKIE: Final = "rialto_seller_%s_%s"
_SALT: Final = "rialto.seller"
_FORM_SALT: Final = "rialto.seller.form"
_FRAMED_SALT: Final = "rialto.seller.framed"
_PATH: Final = "/sellers/"
# Pages in frames of a platform's own page. Browsers keep no cookies there, so their address, which
# only the frame knows, lets the seller in.
_FRAMED_PATH: Final = "/embedded/"
# Before the word that lets the seller in: the language that the platform's page wants.
_LANGUAGE_MARK: Final = "~"
# How long somebody who has come through a link may stay.
_HOME_SESSIONS: Final = {
    links.LOGIN: timedelta(hours=12),
    links.SESSION: timedelta(hours=12),
    links.LOOK: timedelta(minutes=30),
}
_SETUP_SESSION: Final = timedelta(hours=1)
LANGUAGES: Final = {"en": "English", "th": "ไทย"}
_LANGUAGE_COOKIE: Final = "rialto_language"
# When to try again what the database did not answer.
_RETRY_SECONDS: Final = 10


def is_visitor(request: HttpRequest) -> bool:
    """Return whether a browser has a genuine seller's cookie, of whatever account and age.

    That is enough to be listened to for longer than anybody else.
    """
    if request.path.startswith(_FRAMED_PATH):
        word = request.path.removeprefix(_FRAMED_PATH).partition("/")[0]
        return _is_genuine(word.rpartition(_LANGUAGE_MARK)[2], _FRAMED_SALT)
    ours = cookies.name_of("rialto_seller_")
    mine = (value for name, value in request.COOKIES.items() if name.startswith(ours))
    return any(_is_genuine(value, _SALT) for value in mine)


def _is_genuine(word: str, salt: str) -> bool:
    try:
        signing.loads(word, salt=salt)
    except signing.BadSignature:
        return False
    return True


class EnterView(View):
    """Start a seller's session by a link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Open the link.

        Programs that look at addresses before people do send HEAD: they use up nothing.
        """
        link, is_in = links.open_link(token, at=timezone.now())
        if link is not None and is_in and link.type == links.SESSION and is_asked_by_frame(request):
            word = signing.dumps(link.id, salt=_FRAMED_SALT)
            return HttpResponseRedirect(f"{_FRAMED_PATH}{word}/home?part=notification-banner")
        if link is not None and is_in:
            base = base_of(link)
            is_home = link.type in _HOME_SESSIONS
            answer = HttpResponseRedirect(f"{base}home" if is_home else f"{base}setup/")
            answer.set_cookie(
                cookies.name_of(_COOKIE % (link.account_id, _mode(link))),
                signing.dumps(link.id, salt=_SALT),
                path=base,
                httponly=True,
                samesite="Lax",
                secure=cookies.is_secure(),
                max_age=int(_session_length(link).total_seconds()),
            )
            answer["Referrer-Policy"] = "no-referrer"
            answer["Cache-Control"] = "no-store"
            return answer
        if link is not None and link.refresh_url and not link.ended_at:
            return HttpResponseRedirect(link.refresh_url)
        asked = is_asked_by_frame(request)
        return render_gone(request, 404 if link is None else 410, is_framed=asked)

    def head(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return HttpResponse()


class SellerView(View):
    """A page of an account, for a session that was started by a link to it.

    A browser may hold sessions of several accounts. What a form does, it does to the account that
    it was made for.

    Attributes:
        types: Of the links that lead here; empty for all.
    """

    types: ClassVar[tuple[str, ...]] = ()

    link: AccountLink
    account: Account
    tenant: Tenant
    platform: Tenant
    # What the addresses of the account's pages begin with.
    base: str
    # True in a frame of the platform's page.
    is_framed: bool = False
    # Whom the form that was sent is about, such as `person_...`; empty for the account itself.
    subject: str = ""

    def dispatch(
        self,
        request: HttpRequest,
        account_id: str = "",
        mode: str = "",
        word: str = "",
        **kwargs: object,
    ) -> HttpResponseBase:
        self.is_framed = bool(word)
        with translation.override(language_of(request)):
            if not self._enter(request, account_id, mode, word):
                return render_gone(request, 401, is_framed=self.is_framed)
            if self.link.type != links.LOOK:
                self._remember_language(request)
            elif request.method not in ("GET", "HEAD"):
                return self._refuse_look(request)
            if request.method == "POST" and not self._is_own_form(request):
                return render_page(request, "foreign", {"base": self.base}, status=409)
            with context.working_for(RequestContext(actor_id=self._actor())):
                answer = super().dispatch(request, **kwargs)
        if request.GET.get("lang") in LANGUAGES:
            answer.set_cookie(
                cookies.name_of(_LANGUAGE_COOKIE),
                request.GET["lang"],
                path=_PATH,
                httponly=True,
                samesite="Lax",
                secure=cookies.is_secure(),
                max_age=31_536_000,
            )
        return answer

    def page(
        self,
        request: HttpRequest,
        template: str,
        context: JsonObject,
        *,
        target: str = "",
        subject: str = "",
    ) -> HttpResponse:
        """Render a page of the account.

        Args:
            request: The request.
            template: The name of a template in `connect/seller/`.
            context: The template's context.
            target: The external address that its form may lead to.
            subject: The person that its form is about, if not the account itself.
        """
        form_of = signing.dumps([self.base, subject], salt=_FORM_SALT)
        platform = Account.objects.get(id=self.link.platform_id)
        common = {
            "account": self.account,
            "link": self.link,
            "base": self.base,
            "form_of": form_of,
            "is_looking": self.link.type == links.LOOK,
            "platform_name": platform.name or platform.id,
            "framed_page": template,
        }
        return render_page(
            request, template, {**common, **context}, target=target, is_framed=self.is_framed
        )

    def _refuse_look(self, request: HttpRequest) -> HttpResponse:
        seen = {"base": self.base, "account": self.account, "link": self.link, "is_looking": True}
        return render_page(request, "looking", seen, status=403)

    @property
    def is_at_home(self) -> bool:
        """Return whether the session is for the dashboard, not for onboarding."""
        return self.link.type in _HOME_SESSIONS

    def _actor(self) -> str | None:
        """Return the application whose link was used; None if it opened the account."""
        platform_id = self.link.platform_id
        return None if platform_id == self.account.opened_by_id else platform_id

    def _remember_language(self, request: HttpRequest) -> None:
        """Store the account's language, for its letters."""
        language = _requested_language(request)
        if language and language != self.account.language:
            Account.objects.filter(id=self.account.id).update(language=language)
            self.account.language = language

    def _is_own_form(self, request: HttpRequest) -> bool:
        """Return whether a form was rendered for this account."""
        try:
            base, subject = signing.loads(request.POST.get(FORM_OF, ""), salt=_FORM_SALT)
        except signing.BadSignature:
            return False
        self.subject = subject
        return bool(base == self.base)

    def _enter(self, request: HttpRequest, account_id: str, mode: str, word: str) -> bool:
        kept = request.COOKIES.get(cookies.name_of(_COOKIE % (account_id, mode)), "")
        try:
            signed = word.rpartition(_LANGUAGE_MARK)[2] or kept
            link_id = signing.loads(signed, salt=_FRAMED_SALT if word else _SALT)
        except signing.BadSignature:
            return False
        link = AccountLink.objects.select_related("account").filter(id=link_id).first()
        now = timezone.now()
        if link is None or link.used_at is None or link.ended_at:
            return False
        if self.types and link.type not in self.types:
            return False
        self.base = f"{_FRAMED_PATH}{word}/" if word else base_of(link)
        if not word and self.base != f"{_PATH}{account_id}/{mode}/":
            return False
        connected = Connection.objects.filter(
            platform_id=link.platform_id,
            account=link.account,
            livemode=link.livemode,
            ended_at=None,
        )
        if (
            link.used_at + (_SETUP_SESSION if word else _session_length(link)) <= now
            or link.account.closed_at
            or not connected.exists()
        ):
            return False
        self.link, self.account, self.now = link, link.account, now
        self.tenant = Tenant(link.account_id, link.livemode)
        self.platform = Tenant(link.platform_id, link.livemode)
        return True


def base_of(link: AccountLink) -> str:
    """Return the base path of an account's pages, in a link's mode."""
    return f"{_PATH}{link.account_id}/{_mode(link)}/"


def _mode(link: AccountLink) -> str:
    return "live" if link.livemode else "test"


def _session_length(link: AccountLink) -> timedelta:
    return _HOME_SESSIONS.get(link.type, _SETUP_SESSION)


def render_page(
    request: HttpRequest,
    template: str,
    context: JsonObject,
    *,
    status: int = 200,
    target: str = "",
    is_framed: bool = False,
) -> HttpResponse:
    """Render a page for sellers; in a frame, with the script that tells what becomes of it."""
    nonce = secrets.token_urlsafe(16)
    current = translation.get_language().partition("-")[0]
    others = [(code, name) for code, name in LANGUAGES.items() if code != current]
    # Another language is shown of the same page.
    query = request.GET.copy()
    query.pop("lang", None)
    common = {
        "nonce": nonce,
        "languages": others,
        "query": f"{query.urlencode()}&" if query else "",
        "is_framed": is_framed,
    }
    answer = render(
        request, f"connect/seller/{template}.html", {**context, **common}, status=status
    )
    protect(answer, nonce, target, is_framed=is_framed)
    if is_framed:
        policy = answer["Content-Security-Policy"]
        answer["Content-Security-Policy"] = f"script-src 'self'; {policy}"
        # The address is the seller's alone.
        answer["Referrer-Policy"] = "no-referrer"
    return answer


def render_gone(request: HttpRequest, status: int, *, is_framed: bool = False) -> HttpResponse:
    """Render the page of a link that does not work."""
    context: JsonObject = {"never_was": status == 404, "framed_page": "gone"}
    with translation.override(language_of(request)):
        return render_page(request, "gone", context, status=status, is_framed=is_framed)


def render_outdated(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Render the page of a form whose CSRF token is wrong."""
    with translation.override(language_of(request)):
        return render_page(request, "outdated", {}, status=403)


class Why(StrEnum):
    """Why a page cannot be shown now."""

    # It asked for more than the database finds in time.
    OVER_TIME = "over_time"
    # Somebody else holds what it would change.
    BUSY = "busy"
    AWAY = "away"


def render_unavailable(request: HttpRequest, why: Why, *, status: int) -> HttpResponse:
    """Render the page for one that cannot be shown now, without the database."""
    again = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    with translation.override(language_of(request)):
        context: JsonObject = {"why": why.value, "again": again}
        answer = render_page(request, "unavailable", context, status=status)
    answer["Retry-After"] = str(_RETRY_SECONDS)
    return answer


def language_of(request: HttpRequest) -> str:
    """Return the language of the page: the chosen one, or the browser's."""
    return _requested_language(request) or "en"


def _requested_language(request: HttpRequest) -> str:
    kept = request.COOKIES.get(cookies.name_of(_LANGUAGE_COOKIE))
    for chosen in (request.GET.get("lang"), _framed_language(request), kept):
        if chosen in LANGUAGES:
            return chosen
    accepted = request.headers.get("Accept-Language", "").lower()
    found = {code: accepted.find(code) for code in LANGUAGES if code in accepted}
    return min(found, key=lambda code: found[code]) if found else ""


def _framed_language(request: HttpRequest) -> str:
    """Return the language that a platform's page wants of the pages in its frames."""
    if not request.path.startswith(_FRAMED_PATH):
        return ""
    word = request.path.removeprefix(_FRAMED_PATH).partition("/")[0]
    return word.rpartition(_LANGUAGE_MARK)[0]
