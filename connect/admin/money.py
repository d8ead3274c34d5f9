"""Pages of accounts, transfers, fees and payouts."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from accounts.models import Account, TenantModel
from accounts.people.step_up import StepsUpToChange
from connect.models import (
    AccountBlock,
    AccountRequirements,
    ApplicationFee,
    ApplicationFeeRefund,
    Capability,
    ConnectReserveChange,
    ExternalAccount,
    Payout,
    PayoutRun,
    PayoutSchedule,
    SellerPayment,
    Transfer,
    TransferReversal,
)
from connect.onboarding.operator_pages import account_settings, platforms
from connect.payouts.operator_pages import (
    acting,
    bank_files,
    negative_balances,
    owner_letters,
    paying,
    runs,
)
from connect.payouts.operator_pages import payouts as payout_pages
from core.admin import ReadOnly, ReadOnlyInline, link, money, page_of, search_link
from core.money import Money
from core.operator_pages.shown import once
from ledger import queries

_PAYOUTS_SHOWN = 5
_PLATFORM = link("account_id", "accounts_account", title="platform")
_ENTRIES = search_link("id", "ledger_journalentry", title="ledger entries")
_EVENTS = search_link("id", "webhooks_event", title="events")


@admin.register(Account)
class AccountAdmin(StepsUpToChange, ReadOnly):
    """An account with its balances, for which it lives here and not beside its model."""

    list_display = (
        "id", "name", "type", "country", link("opened_by_id", "accounts_account", title="platform"),
        "charges_enabled", "payouts_enabled", "created_at",
    )  # fmt: skip
    change_form_outer_before_template = "admin/connect/account_links.html"
    search_help_text = "acct_… or a whole e-mail address"
    searched_exactly = ("email",)
    fields = (
        "id", "name", "email", "type", "country", "language", "default_currency", "fee_bps",
        "fee_fixed_amount", "settlement_delay_days", "charges_enabled", "payouts_enabled",
        "capabilities", "due", "stopped", "test_balance", "live_balance", "entries", "paid_to",
        "payouts", "people", "metadata", "created_at", "closed_at",
    )  # fmt: skip
    readonly_fields = (
        "capabilities", "due", "stopped", "test_balance", "live_balance", "entries", "paid_to",
        "payouts", "people",
    )  # fmt: skip

    # The operator's own decisions, made here.
    editable = ("name", "language", "fee_bps", "fee_fixed_amount", "settlement_delay_days")

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_account"))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in self.editable)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which a platform is opened, and an account paid out."""
        wrap = self.admin_site.admin_view
        return [
            path("open/", wrap(platforms.open_platform), name="connect_open_platform"),
            path("settings/", wrap(account_settings.platforms), name="connect_settings"),
            path(
                "<str:id>/settings/",
                wrap(account_settings.account_settings),
                name="connect_account_settings",
            ),
            path("<str:id>/pay-out/", wrap(paying.pay_now), name="connect_pay_now"),
            *super().get_urls(),
        ]

    @admin.display(description="balance in test mode")
    @once
    def test_balance(self, row: Account) -> str:
        return _balance(row, livemode=False)

    @admin.display(description="balance in live mode")
    @once
    def live_balance(self, row: Account) -> str:
        return _balance(row, livemode=True)

    @admin.display(description="ledger accounts")
    def entries(self, row: Account) -> str:
        return _all("ledger_ledgeraccount", row, "All ledger accounts")

    @admin.display(description="payouts")
    @once
    def payouts(self, row: Account) -> str:
        """Show the latest payouts with their status."""
        lines = [
            (
                page_of("connect_payout", one.id),
                Money(one.amount, one.currency),
                one.status.replace("_", " "),
                one.arrival_date,
                _mode(one),
            )
            for one in Payout.objects.filter(account=row).order_by("-created_at", "-pk")[
                :_PAYOUTS_SHOWN
            ]
        ]
        shown = format_html_join("", '<div><a href="{}">{}</a> {}, {}, {} mode</div>', lines)
        return shown + _all("connect_payout", row, "All payouts") if lines else "none"

    @admin.display(description="bank accounts and cards")
    @once
    def paid_to(self, row: Account) -> str:
        lines = [
            (
                page_of("connect_externalaccount", one.id),
                one,
                one.currency.upper(),
                ", the default" if one.is_default else "",
                one.status,
                _mode(one),
            )
            for one in ExternalAccount.objects.filter(account=row, deleted_at=None)
        ]
        shown = '<div><a href="{}">{}</a> for {}{}: {}, {} mode</div>'
        return format_html_join("", shown, lines) or "none"

    @admin.display(description="capabilities")
    @once
    def capabilities(self, row: Account) -> str:
        lines = [
            (one.name, one.status, _mode(one))
            for one in Capability.objects.filter(account=row).order_by("livemode", "name")
        ]
        return format_html_join("", "<div>{}: {}, {} mode</div>", lines) or "none"

    @admin.display(description="people")
    def people(self, row: Account) -> str:
        return _all("connect_person", row, "All people")

    @admin.display(description="requirements")
    @once
    def due(self, row: Account) -> str:
        """Show the requirements that are due, and what they disable."""
        lines = [
            (f"{'live' if found.livemode else 'test'} mode", what, ", ".join(names))
            for found in AccountRequirements.objects.filter(account=row)
            for what, names in (
                ("due", found.requirements.get("currently_due", [])),
                ("overdue", found.requirements.get("past_due", [])),
                ("being checked", found.requirements.get("pending_verification", [])),
                ("disabled", [found.requirements.get("disabled_reason") or ""]),
            )
            if any(names)
        ]
        return format_html_join("", "<div>{}, {}: {}</div>", lines) or "nothing is due"

    @admin.display(description="blocks")
    @once
    def stopped(self, row: Account) -> str:
        lines = [
            (page_of("connect_accountblock", one.id), one.kind, one.message or one.reason)
            for one in AccountBlock.objects.filter(account=row, released_at=None)
        ]
        return format_html_join("", '<div><a href="{}">{}</a>: {}</div>', lines) or "none"


def _mode(row: TenantModel) -> str:
    return "live" if row.livemode else "test"


def _all(page: str, row: Account, words: str) -> str:
    """Link to the list of an account's objects."""
    address = reverse(f"admin:{page}_changelist")
    return format_html('<a href="{}?q={}">{}</a>', address, row.id, words)


def _balance(row: Account, *, livemode: bool) -> str:
    found = queries.balance(owner=row.id, livemode=livemode)
    buckets = {
        "available": found.available,
        "pending": found.pending,
        "refunds in transit": found.refunds_in_transit,
        "payouts in transit": found.payouts_in_transit,
        "set aside for sellers": found.connect_reserved,
    }
    lines = [
        (Money(amount, currency), name)
        for name, amounts in buckets.items()
        for currency, amount in amounts.items()
    ]
    return format_html_join("", "<div>{} {}</div>", lines) or "—"


class ReversalInline(ReadOnlyInline):
    model = TransferReversal
    fields = ("id", "amount", "currency", "source_refund_id", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)


@admin.register(Transfer)
class TransferAdmin(ReadOnly):
    list_display = (
        "id", money(), money("amount_reversed", title="reversed"), _PLATFORM,
        link("destination_id", "accounts_account", title="seller"),
        link("source_transaction", "payments_charge", title="source"), "created_at",
    )  # fmt: skip
    search_help_text = "tr_… or its ch_…"
    searched_exactly = ("source_transaction",)
    readonly_fields = (_ENTRIES, _EVENTS)
    inlines = (ReversalInline,)


@admin.register(TransferReversal)
class TransferReversalAdmin(ReadOnly):
    list_display = (
        "id", money(), link("transfer_id", "connect_transfer", title="transfer"), _PLATFORM,
        "created_at",
    )  # fmt: skip
    search_help_text = "trr_… or its tr_…"
    searched_exactly = ("transfer_id",)
    readonly_fields = (_ENTRIES,)


@admin.register(SellerPayment)
class SellerPaymentAdmin(ReadOnly):
    list_display = (
        "id", money(), link("account_id", "accounts_account", title="seller"),
        link("transfer_id", "connect_transfer", title="transfer"), "created_at",
    )  # fmt: skip
    search_help_text = "py_… or its tr_…"
    searched_exactly = ("transfer_id",)


class FeeRefundInline(ReadOnlyInline):
    model = ApplicationFeeRefund
    fields = ("id", "amount", "currency", "source_refund_id", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)


@admin.register(ApplicationFee)
class ApplicationFeeAdmin(ReadOnly):
    list_display = (
        "id", money(), money("amount_refunded", title="refunded"), _PLATFORM,
        link("seller_id", "accounts_account", title="seller"), "created_at",
    )  # fmt: skip
    search_help_text = "fee_… or its py_… or po_…"
    searched_exactly = ("charge_id",)
    readonly_fields = (_ENTRIES, _EVENTS)
    inlines = (FeeRefundInline,)


@admin.register(ApplicationFeeRefund)
class ApplicationFeeRefundAdmin(ReadOnly):
    list_display = (
        "id", money(), link("fee_id", "connect_applicationfee", title="fee"), _PLATFORM,
        "created_at",
    )  # fmt: skip
    search_help_text = "fr_… or its fee_…"
    currencies_of = {"payment_amount": lambda row: row.fee.payment_currency or row.currency}
    searched_exactly = ("fee_id",)
    readonly_fields = (_ENTRIES,)


@admin.register(Capability)
class CapabilityAdmin(ReadOnly):
    list_display = (
        "id", link("account_id", "accounts_account", title="account"), "name", "status",
        "requested_at",
    )  # fmt: skip
    search_help_text = "acct_…"
    searched_exactly = ("account_id",)


@admin.register(ExternalAccount)
class ExternalAccountAdmin(ReadOnly):
    list_display = (
        "id", "__str__", "currency", "is_default", "status", "held_until", "left_at",
        link("platform_id", "accounts_account", title="added by"),
        link("account_id", "accounts_account", title="account"), "created_at", "deleted_at",
    )  # fmt: skip
    search_help_text = "ba_…, card_… or acct_…"
    searched_exactly = ("account_id",)
    exclude = ("sealed_number",)


@admin.register(Payout)
class PayoutAdmin(ReadOnly):
    list_display = (
        "id", money(), "status", "failure_code", "is_automatic",
        link("account_id", "accounts_account", title="account"),
        link("destination_id", "connect_externalaccount", title="to"), "arrival_date",
    )  # fmt: skip
    list_filter = ("status", "is_automatic")
    search_help_text = "po_… or acct_…"
    searched_exactly = ("account_id",)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of payouts that need attention, of bank files, and of what is done."""
        wrap = self.admin_site.admin_view
        return [
            path("to-look-at/", wrap(payout_pages.attention), name="connect_payouts_to_look_at"),
            path("bank-files/", wrap(bank_files.files), name="connect_bank_files"),
            path("bank-files/<str:file_id>.xml", wrap(bank_files.download)),
            path("<str:id>/cancel/", wrap(acting.cancel), name="connect_payout_cancel"),
            path("<str:id>/again/", wrap(acting.send_again), name="connect_payout_again"),
            path("<str:id>/ask/", wrap(owner_letters.ask), name="connect_payout_ask"),
            *super().get_urls(),
        ]


@admin.register(PayoutRun)
class PayoutRunAdmin(ReadOnly):
    list_display = (
        "day", "livemode", "account_count", "payout_count", "started_at", "finished_at",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the next run's forecast."""
        wrap = self.admin_site.admin_view
        return [
            path("next/", wrap(runs.preview), name="connect_next_payouts"),
            *super().get_urls(),
        ]


@admin.register(PayoutSchedule)
class PayoutScheduleAdmin(ReadOnly):
    list_display = (
        "id", link("account_id", "accounts_account", title="account"), "interval", "next_on",
        "paused_at", "pause_reason",
    )  # fmt: skip
    search_help_text = "acct_…"
    searched_exactly = ("account_id",)
    exclude = ("minimum_amounts",)
    readonly_fields = ("stays",)

    @admin.display(description="what stays")
    def stays(self, row: PayoutSchedule) -> str:
        amounts = (Money(amount, code) for code, amount in sorted(row.minimum_amounts.items()))
        return ", ".join(str(amount) for amount in amounts) or "nothing"


@admin.register(ConnectReserveChange)
class ConnectReserveChangeAdmin(ReadOnly):
    list_display = ("id", money(), _PLATFORM, "created_at")
    search_help_text = "crsv_… or acct_…"
    searched_exactly = ("account_id",)
    readonly_fields = (_ENTRIES,)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of negative balances."""
        wrap = self.admin_site.admin_view
        return [
            path("negative/", wrap(negative_balances.negative), name="connect_negative_balances"),
            *super().get_urls(),
        ]
