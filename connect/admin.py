from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join

from accounts.models import Account
from connect.models import (
    ApplicationFee,
    ApplicationFeeRefund,
    Capability,
    SellerPayment,
    Transfer,
    TransferReversal,
)
from core.admin import ReadOnly, ReadOnlyInline, link, money, search_link
from core.money import Money
from ledger import queries

_PLATFORM = link("account_id", "accounts_account", title="platform")
_ENTRIES = search_link("id", "ledger_journalentry", title="ledger entries")
_EVENTS = search_link("id", "webhooks_event", title="events")


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Lives here and not beside its model: a balance is the ledger's to tell."""

    list_display = (
        "id", "name", "type", "country", link("opened_by_id", "accounts_account", title="platform"),
        "charges_enabled", "created_at",
    )  # fmt: skip
    search_help_text = "acct_… or a whole e-mail address"
    searched_exactly = ("email",)
    fields = (
        "id", "name", "email", "type", "country", "default_currency", "fee_bps",
        "fee_fixed_amount", "settlement_delay_days", "charges_enabled", "payouts_enabled",
        "test_balance", "live_balance", "entries", "metadata", "created_at", "closed_at",
    )  # fmt: skip
    readonly_fields = ("test_balance", "live_balance", "entries")

    # The operator's own decisions, made here.
    editable = ("name", "fee_bps", "fee_fixed_amount", "settlement_delay_days")

    def has_change_permission(self, request: Any, *_: Any) -> bool:
        return bool(request.user.has_perm("accounts.change_account"))

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in self.editable)

    @admin.display(description="balance in test mode")
    def test_balance(self, row: Account) -> str:
        return _balance(row, livemode=False)

    @admin.display(description="balance in live mode")
    def live_balance(self, row: Account) -> str:
        return _balance(row, livemode=True)

    @admin.display(description="ledger accounts")
    def entries(self, row: Account) -> Any:
        return search_link("id", "ledger_ledgeraccount", title="")(row)


def _balance(row: Account, *, livemode: bool) -> str:
    found = queries.balance(owner=row.id, livemode=livemode)
    buckets = {
        "available": found.available,
        "pending": found.pending,
        "refunds in transit": found.refunds_in_transit,
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
    search_help_text = "fee_… or its py_…"
    searched_exactly = ("charge_id",)
    readonly_fields = (_ENTRIES, _EVENTS)
    inlines = (FeeRefundInline,)


@admin.register(ApplicationFeeRefund)
class ApplicationFeeRefundAdmin(ReadOnly):
    list_display = ("id", money(), "fee_id", _PLATFORM, "created_at")
    search_help_text = "fr_… or its fee_…"
    searched_exactly = ("fee_id",)
    readonly_fields = (_ENTRIES,)


@admin.register(Capability)
class CapabilityAdmin(ReadOnly):
    list_display = ("id", "account_id", "name", "status", "requested_at")
    search_help_text = "acct_…"
    searched_exactly = ("account_id",)
