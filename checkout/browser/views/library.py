"""The library that payment pages load."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from checkout.browser.services import library


@require_safe
@condition(etag_func=lambda request: f'"{library.integrity()}"')
def script(request: HttpRequest) -> HttpResponse:
    """Serve the library to pages of any origin."""
    answer = HttpResponse(library.text(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=300"
    # With `integrity` a browser asks as if the script were data.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
