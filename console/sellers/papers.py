"""Who is behind an account and what it brought: what was typed beside the documents."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from accounts.operator_pages import documents
from console.linking import fact, link_to
from core.types import Fields, JsonObject

# Of a person or a company, as the wire spells them → what people call them.
TYPED: Final[Mapping[str, str]] = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "dob": "Born",
    "nationality": "Nationality",
    "address": "Address",
    "registered_address": "Registered address",
    "email": "E-mail",
    "phone": "Phone",
    "structure": "Structure",
    "political_exposure": "Political exposure",
}


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
            *(fact(words, _say(details.get(name))) for name, words in TYPED.items()),
            fact("Is", ", ".join(roles).replace("_", " ")),
        ],
        "papers": [documents.render(one) for one in papers],
    }


def _say(value: object) -> str:
    if isinstance(value, dict):
        if set(value) >= {"year", "month", "day"}:
            return f"{value['year']}-{value['month']:02}-{value['day']:02}"
        return ", ".join(str(part) for part in value.values() if part)
    return str(value) if value else ""
