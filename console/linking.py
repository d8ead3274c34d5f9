"""Links between pages, only where the person may follow them; and facts that lead on."""

from core.admin import page_of
from core.types import JsonObject


def opens(user: object, page: str) -> bool:
    """Tell whether somebody may open the pages of a table, such as `"payments_charge"`."""
    app, _, model = page.partition("_")
    has_perm = getattr(user, "has_perm", None)
    return bool(has_perm and has_perm(f"{app}.view_{model}"))


def link_to(user: object, page: str, id: str | None) -> str:
    """Return the address of an object's page; empty if there is none, or not for the person."""
    return page_of(page, id) if page and id and opens(user, page) else ""


def fact(title: str, text: object, page: str = "") -> JsonObject:
    """Return one line of what an object is, with the page that tells more."""
    return {"title": title, "text": str(text) if text else "", "page": page if text else ""}
