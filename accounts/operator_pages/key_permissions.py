"""What a restricted key may be allowed: the permissions that the API's endpoints ask for."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.text import capfirst
from django.utils.translation import gettext

from api.access.permissions import CONNECTED_ACCOUNTS
from api.views import ApiView
from core.types import JsonObject

LEVELS: Final = ("none", "read", "write")
_FIELD: Final = "may-"
_REST: Final = "*"


@cache
def names() -> tuple[str, ...]:
    """Return every permission that an endpoint asks for."""
    asked = {view.resource for view in _views(get_resolver().url_patterns) if view.resource}
    return tuple(sorted(asked | {CONNECTED_ACCOUNTS}))


def read(form: QueryDict) -> dict[str, str]:
    """Return the permissions that a form allows: name → level, without those of none."""
    chosen = {name: form.get(f"{_FIELD}{name}", "none") for name in names()}
    return {name: level for name, level in chosen.items() if level != "none"}


def fields(allowed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form that allows this: the reverse of `read`."""
    return {f"{_FIELD}{name}": level for name, level in allowed.items()}


def table(allowed: Mapping[str, str]) -> list[JsonObject]:
    """Return the rows of the table that a form shows, with what is allowed."""
    return [
        {
            "name": name,
            "title": title_of(name),
            "field": f"{_FIELD}{name}",
            "levels": [(level, level == allowed.get(name, "none")) for level in LEVELS],
        }
        for name in names()
    ]


def shown(allowed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a key is allowed, for people."""
    return [
        (
            gettext("Everything else") if name == _REST else title_of(name),
            gettext(level),
        )
        for name, level in sorted(allowed.items())
        if level != "none"
    ]


def title_of(name: str) -> str:
    """Return what a permission is about."""
    return capfirst(gettext(name.replace("_", " ")))


def _views(patterns: list[Any]) -> Iterator[type[ApiView]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "cls", None)
            if isinstance(view, type) and issubclass(view, ApiView):
                yield view
