"""Two worlds behind one door: programs speak the wire protocol, people use a browser."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

Handler = Callable[[HttpRequest], HttpResponse]

_PROGRAMS = (
    "/v1/", "/links/", "/inbound/", "/livez", "/readyz", "/oauth/token", "/oauth/deauthorize",
)  # fmt: skip


class BrowserOnly:
    """Run sessions, CSRF and the like for pages, and nothing of it for the API."""

    def __init__(self, get_response: Handler) -> None:
        self.api = get_response
        self.pages = get_response
        for path in reversed(settings.BROWSER_MIDDLEWARE):
            self.pages = import_string(path)(self.pages)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_PROGRAMS):
            return self.api(request)
        return self.pages(request)
