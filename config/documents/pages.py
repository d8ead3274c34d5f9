"""The API's reference in the browser, for reading and for trying: nothing comes from outside."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from core.error_codes import CODES
from core.types import JsonObject

# Both viewers set styles as they go; Redoc searches in a worker that it makes from its own text.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    """Show Swagger UI, which can send requests too."""
    return _page(request, "docs/swagger.html")


@require_safe
def redoc(request: HttpRequest) -> HttpResponse:
    """Show Redoc, which is for reading."""
    return _page(request, "docs/redoc.html")


@require_safe
def error_codes(request: HttpRequest) -> HttpResponse:
    """Show what each code of an error means: each error's `doc_url` leads to its line."""
    return _page(request, "docs/errors.html", {"codes": sorted(CODES.items())})


def _page(request: HttpRequest, template: str, shown: JsonObject | None = None) -> HttpResponse:
    response = render(request, template, shown)
    response["Content-Security-Policy"] = _POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@cache
def _document() -> bytes:
    return (Path(__file__).parent / "openapi.json").read_bytes()


@cache
def _etag() -> str:
    return f'"{hashlib.sha256(_document()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=lambda request: _etag())
def document(request: HttpRequest) -> HttpResponse:
    """Serve the document that `make docs` wrote."""
    return HttpResponse(_document(), content_type="application/json")
