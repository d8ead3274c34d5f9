"""The operators' pages of this room."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from core.admin import ReadOnly, link, money
from core.security.roles import has_right
from processors.accounts import health
from processors.models import (
    BankFile,
    BankLine,
    BankPayment,
    BankStatement,
    InboundNotice,
    ProcessorAccount,
    SettlementLine,
)
from processors.operator_pages import account, new_account, secrets
from processors.protocols.settlements import LineKind


@admin.register(ProcessorAccount)
class ProcessorAccountAdmin(ReadOnly):
    """Accounts at processors, and how each does."""

    list_display = ("name", "title", "kind", "status", "is_default", "health", "checked_at")
    ordering = ("name",)
    search_help_text = "A whole name"

    @admin.display(description="health")
    def health(self, row: ProcessorAccount) -> str:
        """Show how it does, in a word."""
        return health.describe(row).word

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        """Tell whether the person may add one."""
        return has_right(request.user, "processor.change")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        """Add one, with what its rail asks for."""
        return new_account.new_account(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: object = None,
    ) -> HttpResponse:
        """Show one, and what can be done about it."""
        return account.account(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that replaces what opens one."""
        page = self.admin_site.admin_view(secrets.secrets)
        return [
            path("<str:name>/secrets/", page, name="processors_secrets"),
            *super().get_urls(),
        ]


@admin.register(InboundNotice)
class InboundNoticeAdmin(ReadOnly):
    """What processors told us, and what became of it."""

    list_display = (
        "id", "processor", "their_id", "received_at", "applied_at", "tries", "problem",
    )  # fmt: skip
    search_help_text = "inn_…"

    @admin.display(description="their ID")
    def their_id(self, row: InboundNotice) -> str:
        """Show what the processor calls it."""
        return row.outside_id


@admin.register(BankFile)
class BankFileAdmin(ReadOnly):
    """Files for banks and from them."""

    list_display = (
        "id", "kind", "status", "name", "payment_count", "execution_date", "made_by", "approved_by",
        "sent_by", "created_at",
    )  # fmt: skip
    list_filter = ("kind", "status")
    # Banks are sent, and send, files of payments in euros.
    currencies_of = {"total_amount": lambda _row: "eur"}
    search_help_text = "bfile_…"
    # It names payees in clear: who may see it downloads it on the page of bank files.
    exclude = ("content",)


@admin.register(BankPayment)
class BankPaymentAdmin(ReadOnly):
    """Payouts that go to a bank in a file."""

    list_display = (
        "key", money(), "status", "payee", link("file_id", "processors_bankfile", title="file"),
        "reason_code", "booked_on",
    )  # fmt: skip
    list_filter = ("status",)
    search_help_text = "poa_… or bfile_…"
    searched_exactly = ("file_id",)
    exclude = ("sealed_payee",)


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnly):
    """Statements of our account."""

    list_display = (
        "id", "name", "account", money("opening_amount", title="opening"),
        money("closing_amount", title="closing"), "closes_on",
        link("file_id", "processors_bankfile", title="file"),
    )  # fmt: skip
    search_help_text = "bstmt_…"


@admin.register(BankLine)
class BankLineAdmin(ReadOnly):
    """Lines of statements, and what they were matched with."""

    list_display = (
        "id", money(), "booked_on", "counterparty", "matched_by",
        link("payment_id", "processors_bankpayment", title="payment"),
        link("file_id", "processors_bankfile", title="file"),
    )  # fmt: skip
    list_filter = ("matched_by",)
    search_help_text = "bline_… or poa_…"
    searched_exactly = ("payment_id",)


@admin.register(SettlementLine)
class SettlementLineAdmin(ReadOnly):
    """What processors say moved, and whether the books say the same."""

    list_display = (
        "id", "processor", "kind", money(), money("fee_amount", title="fee"), "their_id",
        "moved_at", "problem",
    )  # fmt: skip
    list_filter = ("processor", "kind")
    search_help_text = "setline_… or ch_…, re_…"
    searched_exactly = ("key",)
    readonly_fields = ("decision",)

    @admin.display(description="who bears it")
    def decision(self, row: SettlementLine) -> str:
        """Lead to the page on which that is said, of what no payment is the reason of."""
        if row.kind != LineKind.OTHER or row.bearer:
            return row.bearer or "—"
        address = reverse("admin:payments_bear", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Decide who bears it"))

    @admin.display(description="their ID")
    def their_id(self, row: SettlementLine) -> str:
        """Show what the processor calls it."""
        return row.reference
