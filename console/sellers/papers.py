"""Who is behind an account and what it brought: what was typed beside the documents."""

from collections.abc import Iterable
from typing import Any

from accounts.operator_pages import documents
from connect.onboarding.operator_pages import typed
from console.linking import fact, link_to
from core.types import Fields, JsonObject


def card(
    user: object,
    title: str,
    details: Fields,
    papers: Iterable[Any],
    *,
    state: str,
    roles: Iterable[str] = (),
    page: tuple[str, str] = ("", ""),
) -> JsonObject:
    """Return a person or a company, with what it typed and the documents beside it.

    Args:
        user: Who asks.
        title: Whom it is about.
        details: As the wire has them.
        papers: The files that it names.
        state: Of its verification.
        roles: Of a person in the company.
        page: The admin's name of its page, and its id.
    """
    return {
        "title": title,
        "page": link_to(user, *page),
        "state": state.replace("_", " "),
        "facts": [
            *(fact(title, text) for title, text in typed.lines(details)),
            fact("Is", ", ".join(roles).replace("_", " ")),
        ],
        "papers": [documents.render(one) for one in papers],
    }
