"""The library that platforms load to show pages of ours to their sellers."""

from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_FILE: Final = Path(__file__).parents[2] / "static" / "connect" / "library" / "connect.js"


@cache
def _text() -> bytes:
    return _FILE.read_bytes()


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Serve the library to pages of any origin."""
    answer = HttpResponse(_text(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=300"
    # With `integrity` a browser asks as if the script were data.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
