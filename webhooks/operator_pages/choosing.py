"""Choosing the events of an endpoint from a list."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from core.types import JsonObject
from webhooks.catalog import EVENT_TYPES

NEVER_SENT: Final = gettext_noop("Rialto never sends it.")


def chosen(request: HttpRequest) -> list[str]:
    """Return the types that a form chooses; `*` stands for all."""
    types = request.POST.getlist("events")
    return ["*"] if "*" in types else types


def events(kept: list[str], typed: list[str]) -> list[JsonObject]:
    """Return the types to choose from, and those that are chosen and never sent.

    Args:
        kept: What the endpoint has.
        typed: What is chosen on the page.
    """
    others = sorted({*kept, *typed} - {"*", *EVENT_TYPES})
    known = [*EVENT_TYPES.items(), *((type, NEVER_SENT) for type in others)]
    return [
        {"type": type, "meaning": gettext(meaning), "is_chosen": type in typed}
        for type, meaning in known
    ]
