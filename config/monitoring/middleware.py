"""Each answer is counted by its route, and written down where that is switched on."""

import logging
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.measuring import counters

logger = logging.getLogger("rialto.requests")

# What leads nowhere is one route, whatever was sent.
_NOWHERE: Final = "(none)"


class Measured:
    """Count answers and how long they took; the first that a request meets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        counters.note_request(_route(request), request.method, response.status_code, seconds)
        if settings.ACCESS_LOG:
            _write(request, response, seconds)
        return response


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match is not None else _NOWHERE


def _write(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Write a line without what was asked for in the address, and without any body."""
    logger.info(
        "%s %s %d",
        request.method,
        request.path[:300],
        response.status_code,
        extra={
            "route": _route(request),
            "milliseconds": round(seconds * 1000, 1),
            "address": request.META.get("REMOTE_ADDR", ""),
            "request_id": response.headers.get("Request-Id"),
        },
    )
