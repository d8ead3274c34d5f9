"""The components of an account session, and which of them exist here. Tables only."""

from typing import Final

from core.types import Fields, JsonObject

_SIGN_IN: Final = "disable_stripe_user_authentication"
_BANK: Final = "external_account_collection"
_PAYMENTS: Final = (
    "capture_payments", "destination_on_behalf_of_charge_management", "dispute_management",
    "refund_management", "smart_disputes_management",
)  # fmt: skip
_PAYOUTS: Final = (
    _SIGN_IN, "edit_payout_schedule", _BANK, "instant_payouts", "standard_payouts",
)  # fmt: skip
_CARDS: Final = ("card_management", "card_spend_dispute_management", "cardholder_management")

# Part → what it can be told to offer or to leave out.
COMPONENTS: Final[dict[str, tuple[str, ...]]] = {
    "account_management": (_SIGN_IN, _BANK),
    "account_onboarding": (_SIGN_IN, _BANK),
    "balance_report": (),
    "balances": _PAYOUTS,
    "disputes_list": _PAYMENTS,
    "documents": (),
    "financial_account": (_SIGN_IN, _BANK, "send_money", "transfer_balance"),
    "financial_account_transactions": ("card_spend_dispute_management",),
    "instant_payouts_promotion": (_SIGN_IN, _BANK, "instant_payouts"),
    "issuing_card": (*_CARDS, "spend_control_management"),
    "issuing_cards_list": (*_CARDS, _SIGN_IN, "spend_control_management"),
    "notification_banner": (_SIGN_IN, _BANK),
    "payment_details": _PAYMENTS,
    "payment_disputes": _PAYMENTS[1:],
    "payment_method_settings": (_SIGN_IN,),
    "payments": _PAYMENTS,
    "payout_details": (),
    "payout_reconciliation_report": (),
    "payouts": _PAYOUTS,
    "payouts_list": (),
    "reporting_chart": (),
    "tax_registrations": (),
    "tax_settings": (),
    "terminal_hardware_orders": (),
    "terminal_hardware_shop": (),
}
# What Rialto's pages have. The others cannot be enabled.
SHOWN: Final = (
    "account_management", "account_onboarding", "balances", "disputes_list", "documents",
    "notification_banner",
    "payment_details", "payments", "payout_details", "payouts", "payouts_list",
)  # fmt: skip


def render(requested: Fields) -> JsonObject:
    """Render every component, enabled as requested."""
    return {
        name: {
            "enabled": bool(requested.get(name, {}).get("enabled")),
            "features": dict.fromkeys(features, False)
            | requested.get(name, {}).get("features", {}),
        }
        for name, features in COMPONENTS.items()
    }
