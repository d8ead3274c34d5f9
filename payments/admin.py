from django.contrib import admin

from core.admin import ReadOnly, ReadOnlyInline, link, money, search_link
from payments.models import Authentication, Charge, Customer, PaymentIntent, PaymentMethod, Refund
from payments.services import authentications

_ACCOUNT = link("account_id", "accounts_account", title="account")
_ENTRIES = search_link("id", "ledger_journalentry", title="ledger entries")
_EVENTS = search_link("id", "webhooks_event", title="events")


class ChargeInline(ReadOnlyInline):
    model = Charge
    fields = ("id", "status", "amount", "amount_refunded", "currency", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)


class RefundInline(ReadOnlyInline):
    model = Refund
    fk_name = "charge"
    fields = ("id", "status", "amount", "currency", "reason", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)


@admin.register(PaymentIntent)
class PaymentIntentAdmin(ReadOnly):
    list_display = ("id", money(), "status", _ACCOUNT, "livemode", "created_at")
    search_help_text = "pi_…"
    readonly_fields = (_ENTRIES, _EVENTS)
    exclude = ("client_secret",)
    inlines = (ChargeInline,)


@admin.register(Charge)
class ChargeAdmin(ReadOnly):
    list_display = (
        "id", money(), money("amount_refunded", title="refunded"), "status",
        link("payment_intent_id", "payments_paymentintent", title="intent"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "ch_… or its pi_…"
    searched_exactly = ("payment_intent_id",)
    readonly_fields = (
        link("transfer_id", "connect_transfer", title="transfer page"),
        search_link("payment_intent_id", "ledger_journalentry", title="ledger entries"),
        _EVENTS,
    )
    inlines = (RefundInline,)


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    list_display = (
        "id", money(), "status", link("charge_id", "payments_charge", title="charge"), _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "re_… or its ch_…"
    searched_exactly = ("charge_id",)
    readonly_fields = (_ENTRIES, _EVENTS)


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
            return "not signed yet"
        return "is what was signed" if authentications.holds(row) else "was changed afterwards"


@admin.register(Customer)
class CustomerAdmin(ReadOnly):
    list_display = ("id", "name", "email", _ACCOUNT, "created_at")
    search_help_text = "cus_…"


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnly):
    list_display = ("id", "brand", "last4", "customer_id", _ACCOUNT, "created_at")
    search_help_text = "pm_… or its cus_…"
    searched_exactly = ("customer_id",)
