"""Every route of the API, and how to ask for it."""

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from api.absent.views import AbsentView

METHODS = ("GET", "POST", "DELETE")


def routes(dialect: str = "v1") -> Iterator[tuple[str, type]]:
    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, type]]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "view_class"):
                yield here, pattern.callback.view_class

    for route, view in walk(get_resolver().url_patterns, ""):
        if route.startswith(f"{dialect}/"):
            yield route.removeprefix(f"{dialect}/"), view


# Names in URLs that stand for words which everybody knows.
WORDS = {"capability": "transfers", "country": "US"}


def names_in(route: str) -> set[str]:
    """Return the names in a route that stand for somebody's object."""
    return set(re.findall(r"<str:(\w+)>", route)) - WORDS.keys()


WITH_ID = [
    (route, method)
    for route, view in routes()
    for method in METHODS
    # Of a family that is not here there is nobody's object.
    if not issubclass(view, AbsentView)
    if names_in(route) and hasattr(view, method.lower())
]


def ask(key: str, method: str, path: str, account: str | None = None, /, **params: Any) -> Any:
    send = getattr(Client(), method.lower())
    headers = {"Authorization": f"Bearer {key}"}
    headers |= {"Stripe-Account": account} if account else {}
    if method == "POST":
        return send(f"/v1/{path}", params, content_type="application/json", headers=headers)
    return send(f"/v1/{path}", query_params=params, headers=headers)


def filled(route: str, ids: dict[str, str]) -> str:
    def id_of(match: re.Match[str]) -> str:
        name = match[1]
        if name in WORDS:
            return WORDS[name]
        return ids.get(f"{route.split('/')[0]}/{name}", ids[name])

    return re.sub(r"<str:(\w+)>", id_of, route)
