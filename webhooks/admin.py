from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join

from core.admin import ReadOnly, ReadOnlyInline, link
from core.operator_pages.lists import KeysetList
from core.security.roles import has_right
from core.security.visibility import account_ids_of
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.operator_pages import endpoint, endpoint_list, new_endpoint, resend, secret
from webhooks.queries import body_of, conservation

# What is added up each time the list is looked at.
_SHOWN_OF: Final = timedelta(hours=1)


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = (
        "id", "type", "object_id", link("account_id", "accounts_account", title="account"),
        "livemode", "created_at",
    )  # fmt: skip
    search_help_text = "evt_… or the object's id"
    searched_exactly = ("object_id",)


@admin.register(Endpoint)
class EndpointAdmin(ReadOnly):
    list_display = (
        "url", endpoint_list.state, endpoint_list.day, endpoint_list.week, endpoint_list.failing,
        endpoint_list.last_error, link("account_id", "accounts_account", title="account"),
        link("platform_id", "accounts_account", title="made by"), "id",
    )  # fmt: skip
    list_filter = (endpoint_list.StateFilter, endpoint_list.FailingFilter)
    search_help_text = "we_…"
    list_before_template = "admin/webhooks/conservation.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        # What is owed by somebody else's platform is nobody's business.
        kept = None
        if account_ids_of(request) is None:
            kept = conservation(since=timezone.now() - _SHOWN_OF)
        page: HttpResponse = super().changelist_view(
            request, {"kept": kept, **(extra_context or {})}
        )
        return page

    def get_changelist(self, request: HttpRequest, **_: object) -> type[KeysetList]:
        return endpoint_list.EndpointList

    def get_list_filter(self, request: HttpRequest) -> list[object]:
        # The state says it.
        return [
            one
            for one in super().get_list_filter(request)
            if getattr(getattr(one, "field", None), "name", "") != "is_enabled"
        ]

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return has_right(request.user, "endpoint.change")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        return new_endpoint.new_endpoint(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: object = None,
    ) -> HttpResponse:
        return endpoint.endpoint(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        """Add what rolls the secret, and what sends again."""
        pages = (
            ("roll", secret.roll, "webhooks_roll_secret"),
            ("resend", resend.resend_unaccepted, "webhooks_resend_unaccepted"),
        )
        return [
            *(
                path(f"<str:id>/{verb}/", self.admin_site.admin_view(page), name=name)
                for verb, page, name in pages
            ),
            *super().get_urls(),
        ]


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
    fields = (
        "id", "account", "livemode", "event", "endpoint", "status", "sent_body", "attempt_count",
        "attempts_before_resend", "next_attempt_at", "created_at", "ended_at",
    )  # fmt: skip
    readonly_fields = ("sent_body",)
    change_form_outer_before_template = "admin/webhooks/resend.html"

    @admin.display(description="body")
    def sent_body(self, row: Delivery) -> str:
        return body_of(row)

    def get_urls(self) -> list[URLPattern]:
        """Add what sends a delivery again."""
        send = self.admin_site.admin_view(resend.resend)
        return [
            path("<str:delivery_id>/resend/", send, name="webhooks_resend"),
            *super().get_urls(),
        ]
