"""Security of pages for people: headers, and forms that belong to one person."""

from typing import Final

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.security.origins import origin_of

_SALT: Final = "rialto.person.form"
# The hidden field that says for whom a form was made.
FORM_OF: Final = "form_of"
# What a payment form adds to the address of a page that it shows in a frame of its own.
_FRAMED: Final = "framed"


def form_of(request: HttpRequest) -> str:
    """Sign a form for the person who is signed in."""
    return signing.dumps(str(request.user.pk), salt=_SALT)


def is_own_form(request: HttpRequest) -> bool:
    """Tell whether a form was signed for the person who is signed in."""
    try:
        person = signing.loads(request.POST.get(FORM_OF, ""), salt=_SALT)
    except signing.BadSignature:
        return False
    return bool(person == str(request.user.pk))


def is_framed(request: HttpRequest) -> bool:
    """Tell whether a shop's page asks for one of ours to show it in a frame."""
    return _FRAMED in request.GET


def protect(
    answer: HttpResponseBase,
    nonce: str,
    target: str = "",
    *,
    has_images: bool = False,
    has_script: bool = False,
    has_frames: bool = False,
    is_framed: bool = False,
) -> HttpResponseBase:
    """Allow the page its own style and its own form, and nothing else.

    Args:
        answer: The page.
        nonce: The nonce of its style.
        target: The address that its form leads to in the end, for browsers apply the rule to that
            as well; left out if it has no origin.
        has_images: True if it shows pictures of this server.
        has_script: True if it has a script, under the nonce of its style.
        has_frames: True if it shows other pages of this server in it.
        is_framed: True for a page that a shop may show in its own, for its address is the
            permission, and whoever could mislead a payer into it could use it as well.
    """
    origin = origin_of(target)
    targets = f"'self' {origin}" if origin else "'self'"
    images = "img-src 'self'; " if has_images else ""
    scripts = f"script-src 'nonce-{nonce}'; " if has_script else ""
    inside = "frame-src 'self'; " if has_frames else ""
    around = "*" if is_framed else "'none'"
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; {images}{scripts}{inside}style-src 'nonce-{nonce}'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors {around}"
    )
    if is_framed:
        # The older header, which the middleware would add, knows nothing of origins.
        answer.xframe_options_exempt = True  # type: ignore[attr-defined]
    answer["Cache-Control"] = "no-store"
    # Our own forms must say where they come from; nobody else is told.
    answer["Referrer-Policy"] = "same-origin"
    return answer
