"""What answers may load and run: nothing, but for pages that say what."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse

from core.browsers.content_policies import NOTHING

_CONSOLE: Final = "/admin/"
# The library evaluates what its templates say, and they hold styles; neither is allowed elsewhere.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        # A paper beside what was typed.
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class ConsolePolicy:
    """Give every page of the console the policy of its programs, unless it has one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path_info.startswith(_CONSOLE):
            answer.headers.setdefault("Content-Security-Policy", _POLICY)
        return answer


class EveryAnswer:
    """Let an answer that says nothing of it load and run nothing, and be nothing but its type."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        # What a browser has kept, it keeps with its own policy.
        if answer.status_code != HTTPStatus.NOT_MODIFIED:
            answer.headers.setdefault("Content-Security-Policy", NOTHING)
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        return answer
