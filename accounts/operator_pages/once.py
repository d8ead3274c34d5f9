"""Forms that make something once, however often they are sent."""

from typing import Final

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext

from core.errors import InvalidRequest
from core.ids import new_suffix

_SALT: Final = "forms of the console that make something once"


def token_for(about: str) -> str:
    """Return what a form about something holds: the end of the id of what it will make."""
    return signing.dumps([about, new_suffix()], salt=_SALT)


def suffix_of(request: HttpRequest, about: str) -> str:
    """Return the end of the id of what the form that was sent makes.

    Args:
        request: With the form.
        about: What the form must be about.

    Raises:
        InvalidRequest: If it is another form.
    """
    try:
        named, suffix = signing.loads(request.POST.get("token", ""), salt=_SALT)
    except (signing.BadSignature, ValueError):
        named, suffix = "", ""
    if named != about:
        raise InvalidRequest(
            gettext("This form is not of this page. Fill it in again here, and send it.")
        )
    return str(suffix)
