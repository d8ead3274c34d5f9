"""What the console puts above a list."""

import re
from typing import Any, Final

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from console.models import SavedFilter

register = template.Library()


# The library says hundreds of letters of style in each cell, which our stylesheet says once.
_CLASSES: Final = re.compile(r'^(\s*<t[dh]\b[^>]*?) class="[^"]*"')
_LABEL: Final = re.compile(r'data-label="([^"&]+)"')
_SPACE: Final = re.compile(r"\s*\n\s*")


@register.filter
def plain_cell(cell: SafeString) -> SafeString:
    """Take the styles out of a cell's own tag; what is in it was escaped by the admin."""
    plain = _LABEL.sub(lambda found: f'data-label="{escape(gettext(found[1]))}"', cell, count=1)
    return mark_safe(_SPACE.sub(" ", _CLASSES.sub(r"\1", plain)))  # noqa: S308  still escaped


@register.simple_tag
def saved_filters(changelist: Any, user: Any) -> list[SavedFilter]:
    """Return the filters that a person has saved for a list."""
    page = f"{changelist.opts.app_label}_{changelist.opts.model_name}"
    return list(SavedFilter.objects.filter(user_id=user.pk, page=page).order_by("name")[:20])
