"""Rows inside another's page: as many as somebody reads."""

from functools import cached_property
from typing import Any, Final

from django.forms.models import BaseInlineFormSet

_MOST: Final = 20


class Newest(BaseInlineFormSet):  # type: ignore[type-arg]
    """The first rows of another's, and whether there are more."""

    def get_queryset(self) -> Any:
        """Return the rows that are shown."""
        return self._found[:_MOST]

    @property
    def is_cut(self) -> bool:
        """Return whether there are more."""
        return len(self._found) > _MOST

    @cached_property
    def _found(self) -> list[Any]:
        return list(super().get_queryset()[: _MOST + 1])
