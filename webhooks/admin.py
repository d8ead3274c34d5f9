import json
from collections.abc import Mapping

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join

from core.admin import ReadOnly, ReadOnlyInline, link
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.operator_pages import resend


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = ("id", "endpoint", "status", "attempt_count", "next_attempt_at")
    readonly_fields = fields
    ordering = ("-pk",)


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = (
        "id", "type", "object_id", link("account_id", "accounts_account", title="account"),
        "livemode", "created_at",
    )  # fmt: skip
    search_help_text = "evt_… or the object's id"
    searched_exactly = ("object_id",)
    exclude = ("data",)
    readonly_fields = ("payload",)
    inlines = (DeliveryInline,)

    @admin.display(description="data")
    def payload(self, row: Event) -> str:
        text = json.dumps(json.loads(row.data), indent=2)
        return format_html('<pre style="white-space: pre-wrap">{}</pre>', text)


@admin.register(Endpoint)
class EndpointAdmin(ReadOnly):
    list_display = (
        "id", "url", "is_connect", "is_enabled", "is_slow", "paused_until",
        link("account_id", "accounts_account", title="account"),
        link("platform_id", "accounts_account", title="made by"), "created_at", "deleted_at",
    )  # fmt: skip
    search_help_text = "we_…"


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = (
        "number", "status_code", "latency_ms", "error", "sent", "answered", "response_body",
        "created_at",
    )  # fmt: skip
    readonly_fields = fields
    show_change_link = False
    ordering = ("-number",)

    @admin.display(description="headers sent")
    def sent(self, row: Attempt) -> str:
        return _headers(row.request_headers)

    @admin.display(description="headers answered")
    def answered(self, row: Attempt) -> str:
        return _headers(row.response_headers)


def _headers(headers: Mapping[str, str]) -> str:
    """Write headers below one another, as they were."""
    return format_html_join("", "<div>{}: {}</div>", sorted(headers.items())) or "—"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = (
        "id", "status", link("event_id", "webhooks_event", title="event"),
        link("endpoint_id", "webhooks_endpoint", title="endpoint"), "attempt_count",
        "next_attempt_at", "created_at",
    )  # fmt: skip
    search_help_text = "dlv_…, its evt_… or its we_…"
    searched_exactly = ("event_id", "endpoint_id")
    inlines = (AttemptInline,)
    change_form_outer_before_template = "admin/webhooks/resend.html"

    def get_urls(self) -> list[URLPattern]:
        """Add what sends a delivery again."""
        send = self.admin_site.admin_view(resend.resend)
        return [
            path("<str:delivery_id>/resend/", send, name="webhooks_resend"),
            *super().get_urls(),
        ]
