"""Pages of accounts, transfers, fees and payouts."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext

from accounts.models import Account
from accounts.people.step_up import StepsUpToChange
from connect.hosted.operator_pages import links as account_links
from connect.hosted.operator_pages import looks as account_looks
from connect.models import (
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
from core.admin import ReadOnly, ReadOnlyInline, link, money, search_link
from core.money import Money

_PLATFORM = link("account_id", "accounts_account", title="platform")
_ENTRIES = search_link("id", "ledger_journalentry", title="ledger entries")
_EVENTS = search_link("id", "webhooks_event", title="events")


@admin.register(Account)
class AccountAdmin(StepsUpToChange, ReadOnly):
    """The list of accounts, and the form of what the operator decides; the page is the console's.

    It lives here and not beside its model for the pages below it.
    """

    list_display = (
        "id", "name", "type", "country", link("opened_by_id", "accounts_account", title="platform"),
        "charges_enabled", "payouts_enabled", "created_at",
    )  # fmt: skip
    change_form_outer_before_template = "admin/connect/account_links.html"
    search_help_text = "acct_… or a whole e-mail address"
    searched_exactly = ("email",)
    fields = ("name", "language", "fee_bps", "fee_fixed_amount", "settlement_delay_days")

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_account"))

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
            path("<str:id>/link/", wrap(account_links.make), name="connect_account_link"),
            path("<str:id>/look/", wrap(account_looks.look), name="connect_account_look"),
            path("<str:id>/pay-out/", wrap(paying.pay_now), name="connect_pay_now"),
            *super().get_urls(),
        ]


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
        return ", ".join(str(amount) for amount in amounts) or gettext("nothing")


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
