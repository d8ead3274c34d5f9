"""Forms that come back: what somebody typed is there again after their action was refused.

A page that leads on after a refusal keeps the form; the next page that the person sees takes it,
and puts it where it was typed with the tag `returned_form`.
"""

from typing import Final

from django.http import HttpRequest

from core.types import JsonObject

_KEY: Final = "returned_form"


def keep(request: HttpRequest) -> None:
    """Keep the form that was sent, for the page to which its sender is led."""
    fields = {
        name: value
        for name, value in request.POST.items()
        if isinstance(value, str) and name != "csrfmiddlewaretoken"
    }
    request.session[_KEY] = fields


def take(request: HttpRequest) -> JsonObject:
    """Return the fields of the form that was kept, once; none if there is no such form."""
    session = getattr(request, "session", None)
    if request.method != "GET" or session is None or _KEY not in session:
        return {}
    fields: JsonObject = session.pop(_KEY)
    return fields
