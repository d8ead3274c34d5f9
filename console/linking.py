"""Links between pages, only where the person may follow them; and facts that lead on."""

from django.contrib import admin

from core.admin import page_of
from core.database.fields import IdField
from core.ids import prefix_of
from core.types import JsonObject


def opens(user: object, page: str) -> bool:
    """Tell whether somebody may open the pages of a table, such as `"payments_charge"`."""
    app, _, model = page.partition("_")
    has_perm = getattr(user, "has_perm", None)
    return bool(has_perm and has_perm(f"{app}.view_{model}"))


def link_to(user: object, page: str, id: str | None) -> str:
    """Return the address of an object's page; empty if there is none, or not for the person."""
    return page_of(page, id) if page and id and opens(user, page) else ""


def object_link(user: object, id: str | None) -> str:
    """Return the address of the page of an object whose kind its id says; empty if it has none."""
    prefix = prefix_of(id or "")
    for model in admin.site._registry:  # noqa: SLF001  there is no other list of the pages
        key = model._meta.pk
        if prefix and isinstance(key, IdField) and key.prefix == prefix:
            return link_to(user, f"{model._meta.app_label}_{model._meta.model_name}", id)
    return ""


def fact(title: str, text: object, page: str = "") -> JsonObject:
    """Return one line of what an object is, with the page that tells more."""
    return {"title": title, "text": str(text) if text else "", "page": page if text else ""}


def linked_fact(user: object, title: str, text: object, page: str, id: str | None) -> JsonObject:
    """Return one line of what an object is, with the page of what it names."""
    return fact(title, text, link_to(user, page, id))
