"""Two worlds behind one door: programs speak the wire protocol, people use a browser."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from api.answers import errors
from connect.hosted.views.pages import Why, render_unavailable
from core.database import liveness, time_limits
from core.database.time_limits import Work
from core.errors import Missing
from core.security.card_numbers import find_parameter
from core.types import Fields

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

_PROGRAMS = (
    "/v1/", "/links/", "/inbound/", "/livez", "/readyz", "/health", "/metrics", "/oauth/token",
    "/oauth/deauthorize",
    "/oauth2/par", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke",
    "/.well-known/oauth-authorization-server",
)  # fmt: skip


def _check_form(request: HttpRequest) -> None:
    """Refuse a form that holds the number of a card: one page asks for those of test cards.

    Raises:
        BadRequest: It never says the number.
    """
    if request.method != "POST":
        return
    # Forms name what is inside of something with dots.
    fields = ({name.rpartition(".")[2]: values} for name, values in request.POST.lists())
    if any(find_parameter(field) is not None for field in fields):
        raise BadRequest("The form holds what looks like the number of a card. Leave it out.")


class _ChecksViews(Protocol):
    def process_view(
        self, request: HttpRequest, view: Handler, args: Sequence[object], kwargs: Fields
    ) -> HttpResponse | None: ...


def _unavailable(request: HttpRequest, error: DatabaseFailure) -> HttpResponse | None:
    """Explain a database that made a page wait, or is away; None if it is something else."""
    told = errors.of_database(error)
    if told is None:
        return None
    _, status = told
    why = Why.BUSY if status == 409 else Why.AWAY
    logger.error("The page %s had no answer of the database: %s", request.path, error)
    why = Why.OVER_TIME if time_limits.is_over(error) else why
    return render_unavailable(request, why, status=status)


class BrowserOnly:
    """Run sessions, CSRF and the like for pages, and nothing of it for the API."""

    def __init__(self, get_response: Handler) -> None:
        self.api = get_response
        self.pages = get_response
        self.before_views: list[_ChecksViews] = []
        for path in reversed(settings.BROWSER_MIDDLEWARE):
            self.pages = import_string(path)(self.pages)
            if hasattr(self.pages, "process_view"):
                self.before_views.insert(0, self.pages)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        liveness.drop_lost()
        # The API says it with the key, and whoever asks whether we live asks no database.
        if not request.path_info.startswith(("/v1/", "/livez")):
            time_limits.begin(Work.PAGE)
        if request.path_info.startswith(_PROGRAMS):
            return self.api(request)
        try:
            return self.pages(request)
        except DatabaseFailure as error:
            # A session is kept after the view has ended.
            if (page := _unavailable(request, error)) is None:
                raise
            return page

    def process_view(
        self, request: HttpRequest, view: Handler, args: Sequence[object], kwargs: Fields
    ) -> HttpResponse | None:
        """Check forms for forgery: Django asks only those whom it has itself put in the chain."""
        if request.path_info.startswith("/v1/"):
            return None
        # No text in the database holds a NUL, so no address with one leads anywhere.
        if "\0" in request.path_info:
            raise Http404
        if request.path_info.startswith(_PROGRAMS):
            return None
        answers = (one.process_view(request, view, args, kwargs) for one in self.before_views)
        answer = next((answer for answer in answers if answer is not None), None)
        # The page to pay on takes test cards, and looks at live forms itself.
        takes_them = getattr(getattr(view, "view_class", None), "takes_card_numbers", False)
        if answer is None and settings.CARD_NUMBERS_REFUSED and not takes_them:
            _check_form(request)
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render errors of pages: what is missing, not there now, or cannot be kept.

        Raises:
            Http404: If an object is missing that the address or the form names.
            BadRequest: If a value holds a NUL.
        """
        if request.path_info.startswith("/v1/"):
            return None
        if isinstance(error, Missing):
            raise Http404(error.message) from error
        if isinstance(error, DataError | ValueError) and "NUL" in str(error):
            raise BadRequest("A value holds a NUL character.") from error
        if isinstance(error, DatabaseFailure) and not request.path_info.startswith(_PROGRAMS):
            return _unavailable(request, error)
        return None
