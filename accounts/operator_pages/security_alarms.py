"""The operators' pages of security alarms: what was seen and why, and closing or undoing it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.detection import alarms
from accounts.detection.detectors import DETECTORS, DONE, Answer
from accounts.models import SecurityAlarm, User
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import ReadOnly, link, offer_other_mode, page_of
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.choices import ChoiceFilter
from core.operator_pages.columns import moment
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import find_visible, is_in_other_mode
from core.types import JsonObject

_RIGHT: Final = "alarm.decide"


class OpenFilter(ChoiceFilter):
    """Alarms that nobody has acknowledged, unless others are asked for."""

    title = "state"
    name = "state"
    options = {"": "open", "acknowledged": "acknowledged", "all": "any"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the choice."""
        if self.value == "all":
            return queryset
        return queryset.filter(acknowledged_at__isnull=self.value != "acknowledged")


@admin.register(SecurityAlarm)
class SecurityAlarmAdmin(ReadOnly):
    list_display = (
        "created_at", "what", "subject", "count", "done", "measure_until",
        link("account_id", "accounts_account", title="account"), "last_at",
    )  # fmt: skip
    list_display_links = ("created_at",)
    list_filter = (OpenFilter,)
    search_help_text = "alarm_… or acct_…"
    searched_exactly = ("account_id",)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: object = None,
    ) -> HttpResponse:
        """Show one alarm."""
        return alarm(request, object_id)

    @admin.display(description="what")
    def what(self, row: SecurityAlarm) -> str:
        return title_of(row)

    @admin.display(description="what was done")
    def done(self, row: SecurityAlarm) -> str:
        return str(DONE[Answer(row.answer)])


@require_http_methods(["GET", "HEAD", "POST"])
@step_up(only_posts=True)
def alarm(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show an alarm, acknowledge it, or undo what is done about it."""
    if not request.user.has_perm("accounts.view_securityalarm"):
        raise PermissionDenied
    id = unquote(object_id)
    if "\0" in id:
        raise Http404
    if request.method != "POST" and is_in_other_mode(request, SecurityAlarm, id):
        return offer_other_mode(request, id)
    row = find_visible(request, SecurityAlarm.objects.all(), id)
    if request.method != "POST":
        return _page(request, row)
    if not has_right(request.user, _RIGHT):
        raise PermissionDenied
    try:
        do = _VERBS.get(request.POST.get("do", ""), _nothing)
        do(request, row, timezone.now())
    except RialtoError as error:
        return _page(request, row, problem=explain(error))
    return redirect(page_of("accounts_securityalarm", row.id))


def title_of(row: SecurityAlarm) -> str:
    """Return what a detector is called."""
    detector = DETECTORS.get(row.detector)
    return str(detector.title) if detector else row.detector


def _nothing(request: HttpRequest, row: SecurityAlarm, at: datetime) -> None:
    raise InvalidRequest(gettext("Choose what is to be done with this alarm."))


def _acknowledge(request: HttpRequest, row: SecurityAlarm, at: datetime) -> None:
    reason_of(request)
    alarms.acknowledge(alarm_id=row.id, by=cast(User, request.user), at=at)
    messages.success(request, gettext("It is closed. The same raises no alarm within the hour."))


def _undo(request: HttpRequest, row: SecurityAlarm, at: datetime) -> None:
    reason_of(request)
    alarms.undo(alarm_id=row.id, at=at)
    messages.success(request, gettext("It is undone, from the next request on."))


_VERBS: Final[dict[str, Callable[[HttpRequest, SecurityAlarm, datetime], None]]] = {
    "acknowledge": _acknowledge,
    "undo": _undo,
}


def _page(request: HttpRequest, row: SecurityAlarm, *, problem: str = "") -> HttpResponse:
    may = has_right(request.user, _RIGHT)
    is_measured = row.measure_until is not None and row.measure_until > timezone.now()
    context = admin.site.each_context(request) | {
        "title": title_of(row),
        "problem": problem,
        "alarm": row,
        "page": page_of("accounts_securityalarm", row.id),
        "sentence": alarms.sentence_of(row),
        "facts": _facts(row),
        "may_acknowledge": may and row.acknowledged_at is None,
        "may_undo": may and is_measured,
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/accounts/security_alarm.html", context)


def _facts(row: SecurityAlarm) -> list[JsonObject]:
    kind, _, value = row.subject.partition(":")
    key = page_of("accounts_apikey", value) if kind == "key" else ""
    account = page_of("accounts_account", row.account_id) if row.account_id else ""
    until = moment(row.measure_until) if row.measure_until else ""
    shown = [
        (gettext("What was done"), str(DONE[Answer(row.answer)]), ""),
        (gettext("That ends"), until, ""),
        (gettext("About"), alarms.name_of(row.subject), key),
        (gettext("Account"), row.account_id or "", account),
        (gettext("Seen"), str(row.count), ""),
        (gettext("Told of from"), str(row.threshold), ""),
        (gettext("First seen"), moment(row.created_at), ""),
        (gettext("Last seen"), moment(row.last_at), ""),
        (
            gettext("Acknowledged by"),
            f"{row.acknowledged_by}, {moment(row.acknowledged_at)}" if row.acknowledged_at else "",
            "",
        ),
    ]
    return [{"title": title, "text": text, "page": page} for title, text, page in shown if text]
