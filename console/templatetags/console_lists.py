"""What the console puts above a list."""

import re
from typing import Any, Final

from django import template
from django.utils.safestring import SafeString, mark_safe

from console.models import SavedFilter

register = template.Library()


# The library says hundreds of letters of style in each cell, which our stylesheet says once.
_CLASSES: Final = re.compile(r'^(\s*<t[dh]\b[^>]*?) class="[^"]*"')
_SPACE: Final = re.compile(r"\s*\n\s*")


@register.filter
def plain_cell(cell: SafeString) -> SafeString:
    """Take the styles out of a cell's own tag; what is in it was escaped by the admin."""
    return mark_safe(_SPACE.sub(" ", _CLASSES.sub(r"\1", cell)))  # noqa: S308  still escaped


@register.simple_tag
def saved_filters(changelist: Any, user: Any) -> list[SavedFilter]:
    """Return the filters that a person has saved for a list."""
    page = f"{changelist.opts.app_label}_{changelist.opts.model_name}"
    return list(SavedFilter.objects.filter(user_id=user.pk, page=page).order_by("name")[:20])
