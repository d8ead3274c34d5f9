"""The language that somebody reads the console in: what they chose, or English."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from core.browsers import cookies

_COOKIE: Final = "rialto_console_language"
_SECONDS: Final = 365 * 24 * 3600
_PAGES: Final = "/admin/"


class ChosenLanguage:
    """Answer the console's pages in the language that was chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(cookies.name_of(_COOKIE), "")
        if chosen not in dict(settings.LANGUAGES) or not request.path.startswith(_PAGES):
            return self.get_response(request)
        with translation.override(chosen):
            return self.get_response(request)


def choose(request: HttpRequest) -> HttpResponse:
    """Read the console in another language from here on, in this browser."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    answer = redirect(back if is_ours else "admin:index")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            cookies.name_of(_COOKIE),
            chosen,
            max_age=_SECONDS,
            path=_PAGES,
            secure=cookies.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
