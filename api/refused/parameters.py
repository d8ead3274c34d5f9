"""Parameters of the wire that change what happens elsewhere and cannot here: each with a reason.

What gets declared leaves this table; a test holds it against the parameters that the official
package knows.
"""

from dataclasses import dataclass
from typing import Final

_METHOD_TYPES: Final = (
    "acss_debit", "affirm", "alma", "amazon_pay", "au_becs_debit", "bacs_debit", "billie",
    "bizum", "boleto", "cashapp", "crypto", "customer_balance", "fpx", "giropay",
    "interac_present", "kakao_pay", "kr_card", "link", "mb_way", "mobilepay", "multibanco",
    "naver_pay", "nz_bank_account", "oxxo", "pay_by_bank", "payco", "paypal", "paypay",
    "payto", "revolut_pay", "samsung_pay", "satispay", "scalapay", "sequra", "sofort",
    "sunbit", "twint", "upi", "wechat_pay", "zip",
)  # fmt: skip
_PAYMENT_CAPABILITIES: Final = (
    "acss_debit", "affirm", "alma", "amazon_pay", "au_becs_debit", "bacs_debit",
    "bank_transfer", "billie", "bizum", "blik_recurring", "boleto", "cartes_bancaires",
    "cashapp", "crypto", "fpx", "gb_bank_transfer", "giropay", "india_international", "jcb",
    "jp_bank_transfer", "kakao_pay", "kr_card", "mb_way", "mobilepay", "multibanco",
    "mx_bank_transfer", "naver_pay", "nz_bank_account_becs_debit", "oxxo", "pay_by_bank",
    "payco", "paypay", "payto", "revolut_pay", "samsung_pay", "satispay", "scalapay",
    "sepa_bank_transfer", "sequra", "sofort", "sunbit", "twint", "upi", "us_bank_transfer",
    "wero", "zip",
)  # fmt: skip

_SESSION: Final = ("POST /v1/checkout/sessions", "POST /v1/checkout/sessions/{}")
_LINK: Final = ("POST /v1/payment_links", "POST /v1/payment_links/{}")
_INTENT: Final = ("POST /v1/payment_intents", "POST /v1/payment_intents/{}")
_CONFIRM: Final = "POST /v1/payment_intents/{}/confirm"
_CAPTURE: Final = "POST /v1/payment_intents/{}/capture"
_SETUP: Final = ("POST /v1/setup_intents", "POST /v1/setup_intents/{}")
_WITH_METHOD_DATA: Final = (
    *_INTENT, _CONFIRM, *_SETUP, "POST /v1/setup_intents/{}/confirm",
    "POST /v1/test_helpers/confirmation_tokens",
)  # fmt: skip
_METHODS: Final = "POST /v1/payment_methods"
_ACCOUNT: Final = ("POST /v1/accounts", "POST /v1/accounts/{}")
_PERSON: Final = ("POST /v1/accounts/{}/persons", "POST /v1/accounts/{}/persons/{}")
_CUSTOMER: Final = ("POST /v1/customers", "POST /v1/customers/{}")
_CONFIGURATION: Final = (
    "POST /v1/payment_method_configurations", "POST /v1/payment_method_configurations/{}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason for refusing parameters of some calls.

    Args:
        calls: The calls, such as `"POST /v1/customers/{}"`.
        params: The parameters, in bracket form; `[]` stands for an item of a list.
        why: What is not there, and what to do instead, in sentences.
    """

    calls: tuple[str, ...]
    params: tuple[str, ...]
    why: str


_NO_RAIL: Final = (
    "No rail of this Rialto carries this kind of payment method. Take a card, or one of "
    "sepa_debit and us_bank_account."
)
_NO_LINES: Final = (
    "What is bought is said before it is confirmed, and passed to no card network. Send it with "
    "POST /v1/payment_intents/{id}."
)
_NO_CASH: Final = (
    "Customers have no cash balance here: no rail of this Rialto takes bank transfers. Charge a "
    "payment method instead."
)
_NO_CUSTOMER_ACCOUNTS: Final = (
    "Accounts are no customers here. Make a customer for whoever pays, and send its id as "
    "`customer`."
)
_NO_CLOCKS: Final = (
    "Nothing here goes by a test clock: only subscriptions would. Leave it out, and let real time "
    "pass."
)
_PAPERS: Final = (
    "Papers come as files of persons, in verification[document], or of a company, in "
    "company[verification][document]: send them there."
)
_CARDS_ONLY: Final = (
    "Sources are made of cards here, which ask for none of this. For other ways to pay make a "
    "PaymentMethod, and confirm a PaymentIntent with it."
)
_NO_LENDER: Final = "Rialto lends to nobody, so it must not know this of a person. Leave it out."
NO_SUBSCRIPTIONS: Final = (
    "No subscriptions are made here. Save the payer's method with mode=setup, and charge it with "
    "PaymentIntents whenever a payment is due, or let an outside billing engine do that."
)
_NO_PART: Final = (
    "What it belongs to is not there: no tax is computed from addresses, no invoices are made, and "
    "no tax ids are asked for. Leave it out."
)
NO_TIERS: Final = (
    "A price has one amount per unit here. Make a price for each step, and send the one that fits "
    "the quantity."
)
NO_METERS: Final = (
    "Nothing here counts what is used. Leave the usage type `licensed`, and charge for what was "
    "used with a PaymentIntent."
)
_WITH_TRANSFER: Final = (
    "The transfer out of a payment is made without words of its own. Add them afterwards, with "
    "POST /v1/transfers/{id}."
)

REFUSALS: Final = (
    # Payments
    Refusal(
        _WITH_METHOD_DATA, tuple(f"payment_method_data[{name}]" for name in _METHOD_TYPES), _NO_RAIL
    ),
    Refusal((_METHODS,), (*_METHOD_TYPES, "custom"), _NO_RAIL),
    Refusal(
        _WITH_METHOD_DATA,
        ("payment_method_data[us_bank_account][financial_connections_account]",),
        "No bank is asked for its accounts here. Send account_number and routing_number.",
    ),
    Refusal(
        (_METHODS,),
        ("us_bank_account[financial_connections_account]",),
        "No bank is asked for its accounts here. Send account_number and routing_number.",
    ),
    Refusal(
        ("POST /v1/payment_methods/{}",),
        ("us_bank_account",),
        "A bank account does not change. Make another payment method, and detach this one.",
    ),
    Refusal(
        ("POST /v1/payment_methods/{}",),
        ("card[networks]",),
        "A card goes by the one network that it belongs to; there is none to prefer.",
    ),
    Refusal(
        ("POST /v1/tokens",),
        ("customer",),
        "A saved card is no token. Copy it to the connected account with POST /v1/payment_methods: "
        "customer, payment_method, and the account in the Stripe-Account header.",
    ),
    Refusal((_CAPTURE,), ("amount_details", "payment_details"), _NO_LINES),
    Refusal(
        (*_INTENT, _CONFIRM, _CAPTURE),
        ("hooks",),
        "Nothing computes taxes for a payment here, so there is nothing to hook in. Add the tax "
        "to the amount.",
    ),
    Refusal(
        _INTENT,
        ("transfer_data[description]", "transfer_data[metadata]", "transfer_data[payment_data]"),
        _WITH_TRANSFER,
    ),
    Refusal(("POST /v1/charges",), ("transfer_data[description]",), _WITH_TRANSFER),
    Refusal(
        ("POST /v1/disputes/{}",),
        ("evidence[appeal]",),
        "A dispute that is lost stays lost: no rail of this Rialto takes an appeal.",
    ),
    Refusal(("POST /v1/refunds",), ("currency", "customer", "origin"), _NO_CASH),
    Refusal(
        _CONFIGURATION,
        ("apple_pay_later", "fr_meal_voucher_conecs"),
        "No rail of this Rialto carries this kind of payment method, so it can be neither shown "
        "nor hidden.",
    ),
    Refusal(
        _CONFIGURATION[:1],
        ("parent",),
        "A configuration belongs to one merchant and takes nothing from another's.",
    ),
    Refusal(
        ("POST /v1/tokens",),
        ("cvc_update",),
        "Nothing is charged by a code alone. Make a token of the whole card.",
    ),
    Refusal(
        ("POST /v1/tokens",),
        ("bank_account[payment_method]",),
        "A token of a bank account is made of its numbers. Send those.",
    ),
    Refusal(("POST /v1/tokens",), ("person[documents]",), _PAPERS),
    Refusal(("POST /v1/tokens",), ("person[us_cfpb_data]",), _NO_LENDER),
    Refusal(
        ("POST /v1/sources",),
        ("customer", "original_source"),
        "A saved card is no source of another account. Copy it with POST /v1/payment_methods: "
        "customer, payment_method, and the account in the Stripe-Account header.",
    ),
    Refusal(
        ("POST /v1/sources",),
        ("mandate", "receiver", "redirect", "source_order"),
        _CARDS_ONLY,
    ),
    Refusal(("POST /v1/sources/{}",), ("mandate", "source_order"), _CARDS_ONLY),
    # Customers
    Refusal(
        (
            "GET /v1/payment_intents",
            "GET /v1/payment_methods",
            "GET /v1/promotion_codes",
            "GET /v1/setup_intents",
            "POST /v1/customer_sessions",
            "POST /v1/payment_methods/{}/attach",
            "POST /v1/promotion_codes",
            *_INTENT,
            *_SETUP,
        ),
        ("customer_account",),
        _NO_CUSTOMER_ACCOUNTS,
    ),
    Refusal(
        ("GET /v1/tax_ids", "POST /v1/tax_ids"),
        ("owner[customer_account]",),
        _NO_CUSTOMER_ACCOUNTS,
    ),
    Refusal(
        ("GET /v1/tax_ids", "POST /v1/tax_ids"),
        ("owner[account]",),
        "Tax ids of a connected account are its own: send its id in the Stripe-Account header.",
    ),
    Refusal(("GET /v1/customers", "POST /v1/customers"), ("test_clock",), _NO_CLOCKS),
    Refusal(_CUSTOMER, ("cash_balance",), _NO_CASH),
    Refusal(
        ("POST /v1/ephemeral_keys",),
        ("issuing_card", "nonce", "verification_session"),
        "A short-lived key reaches one customer, and neither cards that are issued nor checks of "
        "identity. Send `customer`.",
    ),
    # What is sold
    Refusal(("POST /v1/prices",), ("tiers", "tiers_mode"), NO_TIERS),
    Refusal(("POST /v1/prices", "GET /v1/prices"), ("recurring[meter]",), NO_METERS),
    # Checkout sessions
    Refusal(
        _SESSION[:1],
        ("subscription_data", "payment_method_collection"),
        NO_SUBSCRIPTIONS,
    ),
    Refusal(_SESSION, ("line_items[][price_data][recurring]",), NO_SUBSCRIPTIONS),
    Refusal(
        ("POST /v1/checkout/sessions", "GET /v1/checkout/sessions"),
        ("customer_account",),
        _NO_CUSTOMER_ACCOUNTS,
    ),
    Refusal(
        _SESSION[:1],
        (
            "automatic_tax[liability]",
            "invoice_creation[invoice_data]",
            "tax_id_collection[required]",
        ),
        _NO_PART,
    ),
    Refusal(
        _SESSION,
        ("shipping_options[][shipping_rate_data][fixed_amount][currency_options]",),
        "A way of shipping that is described for one session has the currency of that session.",
    ),
    # Payment links
    Refusal(
        _LINK,
        ("subscription_data", "payment_method_collection", "application_fee_percent"),
        NO_SUBSCRIPTIONS,
    ),
    Refusal(_LINK[:1], ("line_items[][price_data][recurring]",), NO_SUBSCRIPTIONS),
    Refusal(
        _LINK,
        (
            "automatic_tax[liability]",
            "invoice_creation[invoice_data]",
            "tax_id_collection[required]",
        ),
        _NO_PART,
    ),
    Refusal(
        _LINK,
        ("payment_method_options",),
        "No brand of card is blocked for one link. Leave it out, or name the methods that are "
        "taken with payment_method_types.",
    ),
    # Accounts
    Refusal(
        _ACCOUNT,
        tuple(f"capabilities[{name}_payments]" for name in _PAYMENT_CAPABILITIES),
        "No rail of this Rialto carries this kind of payment. Ask for card_payments, transfers, or "
        "those of the payment methods that it has, such as ideal_payments or promptpay_payments.",
    ),
    Refusal(
        _ACCOUNT,
        ("capabilities[app_distribution]", "capabilities[card_issuing]", "capabilities[treasury]"),
        "Rialto has neither apps, nor cards to issue, nor bank accounts to open.",
    ),
    Refusal(
        _ACCOUNT,
        ("capabilities[tax_reporting_us_1099_k]", "capabilities[tax_reporting_us_1099_misc]"),
        "Rialto sends no form to a tax office. Report from the account's statements, and leave "
        "this capability out.",
    ),
    Refusal(
        _ACCOUNT,
        ("settings[card_issuing]", "settings[treasury]"),
        "Rialto has neither cards to issue nor bank accounts to open.",
    ),
    Refusal(_ACCOUNT, ("settings[paypay_payments]",), _NO_RAIL),
    Refusal(
        _ACCOUNT,
        ("settings[sepa_debit_payments]",),
        "Direct debits are collected under the creditor id of the operator.",
    ),
    Refusal(
        _ACCOUNT,
        ("groups",),
        "Accounts form no groups: what they pay is set by the operator, account by account.",
    ),
    Refusal((*_ACCOUNT, *_PERSON), ("documents",), _PAPERS),
    Refusal(
        ("POST /v1/accounts/{}/external_accounts/{}",),
        ("documents",),
        "Papers about a bank account go to the operator, not through the API.",
    ),
    Refusal(
        _PERSON,
        ("us_cfpb_data",),
        _NO_LENDER,
    ),
    Refusal(
        ("POST /v1/balance_settings",),
        ("payments[payouts][automatic_transfer_rules_by_currency]",),
        "Payouts go to bank accounts and debit cards only. Name one for each currency.",
    ),
    Refusal(
        ("POST /v1/balance_settings",),
        ("payments[settlement_timing][start_of_day]",),
        "A day of the books begins at midnight UTC for everybody.",
    ),
    Refusal(
        ("POST /v1/payouts",),
        ("payout_method",),
        "Payouts go to bank accounts and debit cards only. Name one as `destination`.",
    ),
)
