"""Who speaks, over what, and to whom: before anything else of a request is believed."""

from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.types import JsonObject

Handler = Callable[[HttpRequest], HttpResponse]
Meta = JsonObject

_SECRET: Final = "HTTP_X_RIALTO_PROXY"  # noqa: S105  a header's name
_ADDRESSES: Final = "HTTP_X_FORWARDED_FOR"
# What proxies say of a client, and clients of themselves.
_SET_BY_PROXIES: Final = (
    _SECRET, _ADDRESSES, "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SSL", "HTTP_X_REAL_IP", "HTTP_FORWARDED",
)  # fmt: skip
# Whoever watches over a process asks it by its address.
_OF_WATCHERS: Final = frozenset({"/livez", "/readyz", "/health", "/metrics"})


class Arrival:
    """Believe proxies that are ours, answer to our own names, and ask for TLS from then on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.promise = _promise()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _check_proxies(request.META)
        if request.path_info not in _OF_WATCHERS:
            try:
                request.get_host()
            except DisallowedHost:
                return _not_here(request)
        response = self.get_response(request)
        if self.promise and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", self.promise)
        return response


def _check_proxies(meta: Meta) -> None:
    """Read the client's address from the proxies' headers, or drop these headers."""
    client = client_of(meta)
    if client is not None:
        meta["REMOTE_ADDR"] = client
        return
    for name in _SET_BY_PROXIES:
        meta.pop(name, None)


def client_of(meta: Meta) -> str | None:
    """Return whom the outermost of our proxies spoke to; None if no proxy of ours has spoken."""
    count: int = settings.TRUSTED_PROXIES
    secret: str = settings.PROXY_SECRET
    if not count:
        return None
    if secret and not compare_digest(str(meta.get(_SECRET, "")).encode(), secret.encode()):
        return None
    # Each adds whom it was asked by; what stands before was written by the client.
    addresses = str(meta.get(_ADDRESSES, "")).split(",")
    try:
        return str(ip_address(addresses[-count].strip()))
    except (IndexError, ValueError):
        return None


def _promise() -> str:
    if not settings.SECURE_HSTS_SECONDS:
        return ""
    inside = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{inside}"


def _not_here(request: HttpRequest) -> HttpResponse:
    message = (
        "This host is not served here. Use the address that you were given, or have the operator "
        "add it to ALLOWED_HOSTS."
    )
    if request.path_info.startswith("/v1/"):
        error = {"type": "invalid_request_error", "message": message}
        return JsonResponse({"error": error}, status=400)
    return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
