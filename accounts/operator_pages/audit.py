"""The operators' page of the audit trail: who did what to what, and why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.audit import exports, trail
from accounts.audit.actions import ACTIONS, LEGACY
from accounts.models import AuditEvent, AuditSeal
from accounts.people.step_up import step_up
from core.admin import ReadOnly, link
from core.security.actor import ActorKind
from core.types import JsonObject

_WHO: Final = {
    ActorKind.COMMAND_LINE: gettext_lazy("Command line"),
    ActorKind.API: "API",
    ActorKind.SYSTEM: "Rialto",
    ActorKind.ANONYMOUS: gettext_lazy("Nobody who is logged in"),
}
_DAYS: Final = {
    "1": gettext_lazy("today"),
    "7": gettext_lazy("the last 7 days"),
    "30": gettext_lazy("the last 30 days"),
    "90": gettext_lazy("90 days"),
}
# Words of an action that are written with capitals.
_SPELT: Final = {"api": "API", "oauth": "OAuth"}
# More than a page can stream in time: the command line exports all.
_MOST_EXPORTED: Final = 100_000


class ActionFilter(admin.SimpleListFilter):
    """Events of one action."""

    title = gettext_lazy("action")
    parameter_name = "action"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[AuditEvent]"
    ) -> Sequence[tuple[str, str]]:
        return sorted((name, describe(name)) for name in ACTIONS)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class DaysFilter(admin.SimpleListFilter):
    """Events of the last days."""

    title = gettext_lazy("when")
    parameter_name = "days"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[AuditEvent]"
    ) -> Sequence[tuple[str, str]]:
        return [(days, str(words)) for days, words in _DAYS.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        days = self.value() or ""
        if days not in _DAYS:
            return queryset
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(created_at__gte=midnight - timedelta(days=int(days) - 1))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = (
        "created_at", "who", "what", "target",
        link("account_id", "accounts_account", title="account"), "mode", "reason",
    )  # fmt: skip
    list_filter = (ActionFilter, DaysFilter)
    list_display_links = ("created_at",)
    list_before_template = "admin/accounts/audit_export.html"
    search_help_text = (
        "A person's e-mail address or id, the id of what was changed, acct_… or req_…"
    )
    searched_exactly = ("target_id", "actor_email", "actor_id", "account_id", "request_id")
    fieldsets = (
        (None, {"fields": ("created_at", "what", "target", "account_id", "mode", "old_and_new")}),
        (gettext_lazy("Who"), {"fields": ("who", "actor_id", "address", "session", "request_id")}),
        (gettext_lazy("Why"), {"fields": ("reason", "step_up", "approval_id")}),
        (gettext_lazy("Seal"), {"fields": ("id", "xid")}),
    )
    readonly_fields = ("what", "target", "mode", "old_and_new", "who", "step_up", "xid")

    def get_urls(self) -> list[URLPattern]:
        """Add the export of what is listed."""
        page = self.admin_site.admin_view(require_POST(step_up()(self.export)))
        return [path("export/", page, name="accounts_audit_export"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: JsonObject | None = None
    ) -> HttpResponse:
        """List events; what is listed can be exported."""
        context = {"listed": request.GET.urlencode()} | (extra_context or {})
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Export the events that the filters let through, and record who has them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        with transaction.atomic():
            trail.record(
                "audit.exported", changes={"filters": (None, request.GET.urlencode() or "none")}
            )
        lines = exports.as_csv(rows.order_by("-id")[:_MOST_EXPORTED])
        name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers=headers | {"Cache-Control": "no-store"},
        )

    @admin.display(description="who")
    def who(self, row: AuditEvent) -> str:
        kind = str(_WHO.get(ActorKind(row.actor_kind), ""))
        named = row.actor_email or row.actor_name or (row.actor_id or "" if kind else "")
        return " · ".join(filter(None, (kind, named))) or "—"

    @admin.display(description="what")
    def what(self, row: AuditEvent) -> str:
        return describe(row.action)

    @admin.display(description="to what")
    def target(self, row: AuditEvent) -> str:
        kind = spelled(row.target_type) if row.target_type else ""
        return f"{kind} {row.target_id}".strip() or "—"

    @admin.display(description="mode")
    def mode(self, row: AuditEvent) -> str:
        return "—" if row.livemode is None else gettext("live") if row.livemode else gettext("test")

    @admin.display(description="second factor")
    def step_up(self, row: AuditEvent) -> str:
        seconds = row.step_up_seconds
        return (
            gettext("none was shown")
            if seconds is None
            else gettext("shown %(seconds)s seconds before") % {"seconds": seconds}
        )

    @admin.display(description="old → new")
    def old_and_new(self, row: AuditEvent) -> str:
        pairs = [
            (gettext(name.replace("_", " ")), _word(old), _word(new))
            for name, (old, new) in row.changes.items()
        ]
        return format_html_join("", "<div>{}: {} → {}</div>", pairs) or "—"


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnly):
    list_display = ("number", "event_count", "sealed_at", "shown_head")
    search_fields = ("number",)
    search_help_text = "The number of a seal"
    fields = ("number", "event_count", "sealed_at", "shown_head", "shown_signature", "shown_key")
    readonly_fields = fields

    @admin.display(description="head")
    def shown_head(self, row: AuditSeal) -> str:
        return _hex(row.head)

    @admin.display(description="signature (Ed25519)")
    def shown_signature(self, row: AuditSeal) -> str:
        return _hex(row.signature)

    @admin.display(description="public key")
    def shown_key(self, row: AuditSeal) -> str:
        return _hex(row.public_key)


def describe(action: str) -> str:
    """Return an action in words for people, such as `Bank file: approved`."""
    if action == LEGACY:
        return gettext("Admin: see old → new")
    kind, _, verb = action.partition(".")
    return f"{capfirst(spelled(kind))}: {spelled(verb)}"


def spelled(code: str) -> str:
    """Return a part of an action in the reader's language, such as `API key`."""
    return gettext(" ".join(_SPELT.get(word, word) for word in code.split("_")))


def _word(value: object) -> str:
    return gettext("nothing") if value in (None, "") else str(value)


def _hex(digest: bytes | memoryview) -> str:
    return format_html('<code class="break-all">{}</code>', bytes(digest).hex())
