"""Pages for proving who one is: a page of their own, which runs no program but ours."""

import secrets
from typing import Final
from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.types import Fields

HOME: Final = "/admin/"


def page(
    request: HttpRequest, template: str, context: Fields, *, title: str, status: int = 200
) -> HttpResponse:
    """Render a page with the operators' look and a policy of its own."""
    nonce = secrets.token_urlsafe(16)
    whole = admin.site.each_context(request) | {"title": title, "nonce": nonce} | dict(context)
    answer = render(request, f"people/{template}.html", whole, status=status)
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def next_of(request: HttpRequest) -> str:
    """Return where somebody wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else HOME


def can_have_passkeys(request: HttpRequest) -> bool:
    """Tell whether browsers make passkeys for this host: it must have a name, and TLS."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    is_address = host.replace(".", "").isdigit() or ":" in host
    return is_local or (request.is_secure() and not is_address)
