from typing import Any

from django.contrib import admin
from django.db.models import Field, QuerySet
from django.forms import ChoiceField
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.people.step_up import StepsUpToChange
from core.admin import ReadOnly, link, money, search_link
from payments.charges.operator_pages.fee_schedules import (
    METHODS,
    FeeScheduleForm,
    card_countries,
)
from payments.disputes.operator_pages import disputes
from payments.inbound.operator_pages import bearing, unknown
from payments.intents.operator_pages import authorizations
from payments.intents.operator_pages.filters import MethodFilter
from payments.models import (
    Authentication,
    Charge,
    Customer,
    Dispute,
    EarlyFraudWarning,
    FeeSchedule,
    FeeTrueUp,
    Mandate,
    PaymentIntent,
    PaymentMethod,
    Receipt,
    Refund,
    SetupAttempt,
    SetupIntent,
    UnappliedPayment,
)
from payments.refunds.operator_pages import making, refunds
from payments.three_d_secure.services import evidence
from payments.unapplied.operator_pages import deciding, queue

_ACCOUNT = link("account_id", "accounts_account", title="account")
_ENTRIES = search_link("id", "ledger_journalentry", title="ledger entries")
_EVENTS = search_link("id", "webhooks_event", title="events")


@admin.register(PaymentIntent)
class PaymentIntentAdmin(ReadOnly):
    list_display = ("id", money(), "status", _ACCOUNT, "livemode", "created_at")
    list_filter = (MethodFilter,)
    search_help_text = "pi_… or its cus_…"
    searched_exactly = ("customer_id",)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that capture and cancel."""
        wrap = self.admin_site.admin_view
        return [
            path("<str:id>/capture/", wrap(authorizations.capture), name="payments_capture"),
            path("<str:id>/cancel/", wrap(authorizations.cancel), name="payments_cancel"),
            *super().get_urls(),
        ]


@admin.register(Charge)
class ChargeAdmin(ReadOnly):
    list_display = (
        "id", money(), money("amount_refunded", title="refunded"), "status",
        link("payment_intent_id", "payments_paymentintent", title="intent"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "ch_… or its pi_…"
    searched_exactly = ("payment_intent_id",)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of what a refund would do, and of what nobody knows."""
        wrap = self.admin_site.admin_view
        return [
            path("unknown/", wrap(unknown.unknown), name="payments_unknown"),
            path("statements/<str:id>/bear/", wrap(bearing.bear), name="payments_bear"),
            path("<str:id>/preview/", wrap(refunds.preview), name="payments_preview"),
            path("<str:id>/refund/", wrap(making.refund), name="payments_refund_now"),
            *super().get_urls(),
        ]


class UndecidedFilter(admin.SimpleListFilter):
    """Refunds made at the processor whose bearers are not decided."""

    title = gettext_lazy("who bears it")
    parameter_name = "undecided"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Refund]"
    ) -> list[tuple[str, str]]:
        return [("1", gettext("made outside, not decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        return queryset.filter(is_outside=True, shared_at=None) if self.value() else queryset


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    list_display = (
        "id", money(), "status", link("charge_id", "payments_charge", title="charge"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "re_… or its ch_…"
    searched_exactly = ("charge_id",)
    list_filter = (UndecidedFilter,)
    readonly_fields = (_ENTRIES, _EVENTS, "decision")

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which somebody says who bears a refund made outside."""
        page = self.admin_site.admin_view(refunds.share)
        return [path("<str:id>/share/", page, name="payments_share"), *super().get_urls()]

    @admin.display(description="who bears it")
    def decision(self, row: Refund) -> str:
        if not row.is_outside or row.shared_at or row.status != "succeeded":
            return "—"
        address = reverse("admin:payments_share", args=[row.pk])
        return format_html(
            '<a href="{}">{}</a>', address, gettext("Made outside: decide who bears it")
        )


@admin.register(UnappliedPayment)
class UnappliedPaymentAdmin(ReadOnly):
    list_display = (
        "id", money(), "status", link("charge_id", "payments_charge", title="charge"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "unp_… or its ch_…"
    searched_exactly = ("charge_id",)
    readonly_fields = (_ENTRIES, _EVENTS)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of those that nobody has decided on, and those that decide."""
        wrap = self.admin_site.admin_view
        give_back, apply = wrap(deciding.give_back), wrap(deciding.apply)
        void = wrap(deciding.void)
        return [
            path("undecided/", wrap(queue.unapplied), name="payments_unapplied"),
            path("<str:id>/return/", give_back, name="payments_unapplied_return"),
            path("<str:id>/apply/", apply, name="payments_unapplied_apply"),
            path("<str:id>/void/", void, name="payments_unapplied_void"),
            *super().get_urls(),
        ]


@admin.register(Authentication)
class AuthenticationAdmin(ReadOnly):
    list_display = (
        "id", "status", "flow", "result", money(),
        link("intent_id", "payments_paymentintent", title="intent"), _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "tds_… or its pi_…"
    searched_exactly = ("intent_id",)
    exclude = ("nonce",)
    readonly_fields = ("evidence",)

    @admin.display(description="evidence")
    def evidence(self, row: Authentication) -> str:
        if row.signature is None:
            return gettext("not signed yet")
        return (
            gettext("is what was signed")
            if evidence.is_intact(row)
            else gettext("was changed afterwards")
        )


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly):
    list_display = (
        "id", "email", "tries", "sent_at", link("charge_id", "payments_charge", title="charge"),
        _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "rcpt_… or its ch_…"
    searched_exactly = ("charge_id",)


class DueFilter(admin.SimpleListFilter):
    """Disputes that can still be answered."""

    title = gettext_lazy("answer")
    parameter_name = "due"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Dispute]"
    ) -> list[tuple[str, str]]:
        return [("1", gettext("can be answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        return queryset.filter(status__endswith="needs_response") if self.value() else queryset


@admin.register(Dispute)
class DisputeAdmin(ReadOnly):
    list_display = (
        "id", money(), "reason", "status", "due_at", "excess_amount",
        link("charge_id", "payments_charge", title="charge"), _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "du_… or its ch_…"
    searched_exactly = ("charge_id",)
    list_filter = (DueFilter,)
    readonly_fields = (_ENTRIES, _EVENTS)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the page on which a dispute is answered."""
        return disputes.dispute(request, object_id)


@admin.register(EarlyFraudWarning)
class EarlyFraudWarningAdmin(ReadOnly):
    list_display = (
        "id", "fraud_type", link("charge_id", "payments_charge", title="charge"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "issfr_… or its ch_…"
    searched_exactly = ("charge_id",)


@admin.register(SetupIntent)
class SetupIntentAdmin(ReadOnly):
    list_display = (
        "id", "status", "usage", link("customer_id", "payments_customer", title="customer"),
        _ACCOUNT, "livemode", "created_at",
    )  # fmt: skip
    search_help_text = "seti_… or its cus_…"
    searched_exactly = ("customer_id",)
    readonly_fields = (_EVENTS,)
    exclude = ("client_secret",)


@admin.register(SetupAttempt)
class SetupAttemptAdmin(ReadOnly):
    list_display = (
        "id", "status", link("setup_intent_id", "payments_setupintent", title="setup intent"),
        _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "setatt_… or its seti_…"
    searched_exactly = ("setup_intent_id",)


@admin.register(Mandate)
class MandateAdmin(ReadOnly):
    list_display = (
        "id", "status",
        link("payment_method_id", "payments_paymentmethod", title="payment method"), "intent_id",
        _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "mandate_… or its pm_…"
    searched_exactly = ("payment_method_id",)


@admin.register(Customer)
class CustomerAdmin(ReadOnly):
    list_display = ("id", "name", "email", _ACCOUNT, "created_at")
    search_help_text = "cus_…"


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnly):
    list_display = (
        "id", "type", "brand", "last4", link("customer_id", "payments_customer", title="customer"),
        _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "pm_… or its cus_…"
    searched_exactly = ("customer_id",)


@admin.register(FeeSchedule)
class FeeScheduleAdmin(StepsUpToChange, ReadOnly):
    """The operator's prices. One that was used is ended and not deleted."""

    form = FeeScheduleForm
    list_display = (
        "id", link("account_id", "accounts_account", title="account"), "method", "card_country",
        "currency", "bps", "fixed_amount", "least_amount", "most_amount", "returns", "starts_at",
        "ends_at",
    )  # fmt: skip
    search_help_text = "feesched_… or its acct_…"
    searched_exactly = ("account_id",)
    raw_id_fields = ("account",)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("payments.add_feeschedule"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("payments.change_feeschedule"))

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **options: Any
    ) -> FormField | None:
        """Let what a price is for be chosen from lists."""
        choices: Any = {"method": METHODS, "card_country": card_countries}.get(db_field.name)
        if choices is None:
            found: FormField | None = super().formfield_for_dbfield(db_field, request, **options)
            return found
        return ChoiceField(
            choices=choices,
            required=False,
            label=capfirst(db_field.verbose_name),
            help_text=db_field.help_text,
            widget=UnfoldAdminSelectWidget,
        )


@admin.register(FeeTrueUp)
class FeeTrueUpAdmin(ReadOnly):
    list_display = (
        "id", link("charge_id", "payments_charge", title="charge"),
        money("estimated_amount", title="estimated"), money("actual_amount", title="actual"),
        "reference", _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "feetrue_… or its ch_…"
    searched_exactly = ("charge_id",)
    readonly_fields = (_ENTRIES,)
