from typing import Any

from django.contrib import admin

from core.admin import ReadOnly, ReadOnlyInline, link, money, search_link
from core.money import Money
from ledger import queries
from ledger.models import BalanceTransaction, JournalEntry, LedgerAccount, Posting


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = ("ledger_account", "debit", "credit", "available_on", "balance_after")
    readonly_fields = fields
    show_change_link = False
    ordering = ("pk",)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("account")

    @admin.display(description="account")
    def ledger_account(self, row: Posting) -> str:
        return str(row.account)

    @admin.display(description="debit")
    def debit(self, row: Posting) -> str:
        return str(Money(row.amount, row.currency)) if row.amount > 0 else ""

    @admin.display(description="credit")
    def credit(self, row: Posting) -> str:
        return str(Money(-row.amount, row.currency)) if row.amount < 0 else ""


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    list_display = (
        "id", "kind", "source", search_link("group", "ledger_journalentry", title="group"),
        "livemode", "posted_at",
    )  # fmt: skip
    search_help_text = "je_…, the source (ch_…, tr_…, re_…) or the group (pi_…)"
    searched_exactly = ("source", "group")
    exclude = ("fingerprint",)
    inlines = (PostingInline,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly):
    list_display = ("id", "code", "owner", "currency", "livemode", "is_guarded")
    search_help_text = "A number, or the owner: acct_… or a processor"
    searched_exactly = ("owner",)
    readonly_fields = ("balance",)

    @admin.display(description="balance now")
    def balance(self, row: LedgerAccount) -> str:
        amount = queries.account_balance(row.code, row.owner, row.currency, livemode=row.livemode)
        return str(Money(amount, row.currency))


@admin.register(BalanceTransaction)
class BalanceTransactionAdmin(ReadOnly):
    list_display = (
        "id", "type", money(), money("fee", title="fee"), money("net", title="net"), "source",
        link("account_id", "accounts_account", title="owner"), "available_on",
    )  # fmt: skip
    search_help_text = "txn_… or its source"
    searched_exactly = ("source",)
    readonly_fields = (link("entry_id", "ledger_journalentry", title="entry page"),)
