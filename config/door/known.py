"""Whether somebody is known, asked before more of a body is read than anybody may send."""

import io
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.utils.module_loading import import_string

from core.errors import RialtoError
from core.types import JsonObject

Environ = JsonObject


def _has_key(request: WSGIRequest) -> bool:
    try:
        import_string(settings.API_AUTHENTICATION)(request)
    except RialtoError:
        return False
    return True


def _is_visitor(request: WSGIRequest) -> bool:
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    is_visitor = import_string("connect.hosted.views.pages.is_visitor")
    return "_auth_user_id" in session or bool(is_visitor(request))


_CHECKS: Final[dict[str, Callable[[WSGIRequest], bool]]] = {
    "key": _has_key,
    "visitor": _is_visitor,
}


def is_known(environ: Environ, by: str) -> bool:
    """Look up a caller by the request's headers."""
    return _CHECKS[by](WSGIRequest(environ | {"wsgi.input": io.BytesIO()}))
