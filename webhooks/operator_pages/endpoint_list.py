"""The operators' list of endpoints, with how each takes its deliveries."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from core.operator_pages.choices import ChoiceFilter
from core.operator_pages.columns import moment
from core.operator_pages.lists import KeysetList
from webhooks.models import Endpoint
from webhooks.operator_pages import words
from webhooks.operator_pages.figures import RATED_ON_LISTS, Figures, count, figures
from webhooks.queries import failing_endpoints

_KNOWN: Final = "_figures"


class EndpointList(KeysetList):
    """The list, with the figures of its rows."""

    def get_results(self, request: HttpRequest) -> None:
        """Read a page, and the figures of all of its rows at once."""
        super().get_results(request)
        ids = [str(row.pk) for row in self.result_list]
        found = figures(ids, most_rated=RATED_ON_LISTS)
        for row in self.result_list:
            vars(row)[_KNOWN] = found[str(row.pk)]


class StateFilter(ChoiceFilter):
    """Enabled, disabled or deleted; what is deleted is shown only if it is asked for."""

    title = "state"
    name = "state"
    options = {
        "": "not deleted", "enabled": "enabled", "disabled": "disabled", "deleted": "deleted",
    }  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the endpoints in the state."""
        if self.value == "deleted":
            return queryset.exclude(deleted_at=None)
        rows = queryset.filter(deleted_at=None)
        if self.value in ("enabled", "disabled"):
            rows = rows.filter(is_enabled=self.value == "enabled")
        return rows


class FailingFilter(ChoiceFilter):
    """Endpoints that do not take what is sent to them, as the first page counts them."""

    title = "failing"
    name = "failing"
    options = {"": "any", "1": "failing now"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those that fail."""
        return failing_endpoints(queryset, at=timezone.now()) if self.value == "1" else queryset


def _of(row: Endpoint) -> Figures:
    """Return a row's figures; an export asks for each by itself."""
    known = vars(row).get(_KNOWN)
    if isinstance(known, Figures):
        return known
    return figures([row.id], most_rated=RATED_ON_LISTS)[row.id]


@admin.display(description="state")
def state(row: Endpoint) -> str:
    """Show the state in a word."""
    return words.state(row, at=timezone.now())[0]


@admin.display(description="accepted in 24 h")
def day(row: Endpoint) -> str:
    """Show the rate of a day."""
    return str(_of(row).day)


@admin.display(description="in 7 days")
def week(row: Endpoint) -> str:
    """Show the rate of a week."""
    return str(_of(row).week)


@admin.display(description="failing")
def failing(row: Endpoint) -> str:
    """Show how many wait for another try, and for their first one."""
    found = _of(row)
    if not found.pending:
        return count(found.failing)
    told = {"failing": count(found.failing), "pending": count(found.pending)}
    return gettext("%(failing)s, %(pending)s waiting") % told


@admin.display(description="last error")
def last_error(row: Endpoint) -> str:
    """Show what went wrong last of what is not accepted."""
    found = _of(row)
    if not found.error:
        return "—"
    return format_html("{}<br>{}", found.error, moment(found.error_at))
