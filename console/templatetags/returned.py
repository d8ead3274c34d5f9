"""Show a form as it was typed, after its action was refused."""

from django import template
from django.template.context import Context

from core.types import JsonObject

register = template.Library()


@register.simple_tag(takes_context=True)
def returned_form(context: Context, **fields: object) -> JsonObject:
    """Return what was typed into the form with these hidden fields; nothing if it was another."""
    typed: JsonObject = context.get("returned") or {}
    is_it = bool(typed) and all(typed.get(name, "") == str(fields[name]) for name in fields)
    return typed if is_it else {}
