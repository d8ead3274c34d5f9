"""The icon that browsers ask every site for."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.launcher.places import ROOT


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Answer with the icon."""
    return HttpResponse(_icon(), content_type="image/vnd.microsoft.icon")


@cache
def _icon() -> bytes:
    return (ROOT / "config" / "static" / "favicon.ico").read_bytes()
