"""The operators' list of keys: which are in use, and how each is told from the others."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import ApiKey
from accounts.operator_pages import keys
from core.operator_pages.choices import ChoiceFilter
from core.operator_pages.columns import moment


class StateFilter(ChoiceFilter):
    """Keys in use, unless those are asked for that have ended."""

    title = "state"
    name = "state"
    options = {"": "in use", "ended": "ended", "all": "any"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the keys in the state."""
        at = timezone.now()
        if self.value == "all":
            return queryset
        if self.value == "ended":
            return queryset.filter(expires_at__lte=at)
        return queryset.filter(Q(expires_at=None) | Q(expires_at__gt=at))


@admin.display(description="key")
def key(row: ApiKey) -> str:
    """Show what its owner tells it by."""
    return row.hint


@admin.display(description="state")
def state(row: ApiKey) -> str:
    """Show whether it is in use, and until when."""
    return keys.state_of(row, at=timezone.now())[0]


@admin.display(description="last used")
def last_used(row: ApiKey) -> str:
    """Show when it was used last."""
    return moment(row.last_used_at) if row.last_used_at else gettext("never")
