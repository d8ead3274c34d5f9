"""What the endpoints of connect take: types and shapes only."""

from api.wire.email import Email
from api.wire.params import (
    Boolean,
    Choice,
    Currency,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from connect.onboarding.person_params import COMPANY, EMAIL, INDIVIDUAL, PatternText
from connect.payouts.params import EXTERNAL_ACCOUNT
from connect.states import REJECTIONS

CAPABILITIES = Table(
    {
        name: Table({"requested": Boolean(required=True)})
        for name in (
            "card_payments", "transfers", "legacy_payments", "us_bank_account_ach_payments",
            "sepa_debit_payments", "link_payments", "bancontact_payments", "ideal_payments",
            "promptpay_payments", "afterpay_clearpay_payments", "blik_payments", "eps_payments",
            "grabpay_payments", "klarna_payments", "p24_payments", "konbini_payments",
            "paynow_payments", "pix_payments", "swish_payments",
        )
    }
)  # fmt: skip
_LINE = Text(nullable=True)
_URL = PatternText(
    r"(https?://)?[^\s/.]+\.\S+", "an address on the web", code="url_invalid", nullable=True
)
_COLOR = PatternText(r"#[0-9A-Fa-f]{6}", "a colour, such as #0a7f5a", most=7, nullable=True)
_ADDRESS = Table(
    dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"), _LINE)
)
_REVENUE = {"amount": Integer(required=True), "currency": Currency(required=True)}
BUSINESS_PROFILE = Table(
    {
        "annual_revenue": Table(_REVENUE | {"fiscal_year_end": Text(most=10, required=True)}),
        "estimated_worker_count": Integer(),
        "mcc": PatternText(r"[0-9]{4}", "a category of four digits", nullable=True),
        "minority_owned_business_designation": Many(
            Choice(
                "lgbtqi_owned_business",
                "minority_owned_business",
                "none_of_these_apply",
                "prefer_not_to_answer",
                "women_owned_business",
            )
        ),
        "monthly_estimated_revenue": Table(_REVENUE),
        "name": _LINE,
        "product_description": Text(most=40_000, nullable=True),
        "support_address": _ADDRESS,
        "support_email": EMAIL,
        "support_phone": _LINE,
        "support_url": _URL,
        "specified_commercial_transactions_act_url": _URL,
        "url": _URL,
    }
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DESCRIPTORS = {
    "statement_descriptor": Text(most=22, nullable=True),
    "statement_descriptor_kana": Text(most=22, nullable=True),
    "statement_descriptor_kanji": Text(most=17, nullable=True),
}
SETTINGS = Table(
    {
        "bacs_debit_payments": Table({"display_name": _LINE}),
        "branding": Table(
            {
                "icon": Id(nullable=True),
                "logo": Id(nullable=True),
                "primary_color": _COLOR,
                "secondary_color": _COLOR,
            }
        ),
        "card_payments": Table(
            {
                "decline_on": Table({"avs_failure": Boolean(), "cvc_failure": Boolean()}),
                "statement_descriptor_prefix": Text(most=10, nullable=True),
                "statement_descriptor_prefix_kana": Text(most=10, nullable=True),
                "statement_descriptor_prefix_kanji": Text(most=10, nullable=True),
            }
        ),
        "invoices": Table(
            {
                "default_account_tax_ids": Many(Id(), nullable=True),
                "hosted_payment_method_save": Choice("always", "never", "offer"),
            }
        ),
        "payments": Table(_DESCRIPTORS),
        "payouts": Table(
            {
                "debit_negative_balances": Boolean(),
                "schedule": Table(
                    {
                        "delay_days": Integer(most=31, word="minimum"),
                        "interval": Choice("daily", "manual", "monthly", "weekly"),
                        "monthly_anchor": Integer(least=1, most=31),
                        "monthly_payout_days": Many(Integer(least=1, most=31)),
                        "weekly_anchor": Choice(*_DAYS),
                        "weekly_payout_days": Many(Choice(*_DAYS)),
                    }
                ),
                "statement_descriptor": Text(most=22, nullable=True),
            }
        ),
    }
)
BUSINESS_TYPE = Choice("company", "government_entity", "individual", "non_profit")


class AccountParams(Params):
    account_token = Id()
    business_profile = BUSINESS_PROFILE
    business_type = BUSINESS_TYPE
    capabilities = CAPABILITIES
    company = COMPANY
    default_currency = Currency()
    email = Email(most=254)
    external_account = EXTERNAL_ACCOUNT
    individual = Table(INDIVIDUAL)
    metadata = Metadata()
    settings = SETTINGS
    tos_acceptance = Table(
        {
            "date": Moment(),
            "ip": Text(most=45),
            "service_agreement": Choice("full", "recipient"),
            "user_agent": Text(most=500),
        }
    )


class CreateAccountParams(AccountParams):
    metadata = NewMetadata()
    controller = Table(
        {
            "fees": Table({"payer": Choice("account", "application")}),
            "losses": Table({"payments": Choice("application", "stripe")}),
            "requirement_collection": Choice("application", "stripe"),
            "stripe_dashboard": Table({"type": Choice("express", "full", "none")}),
        }
    )
    country = Text(most=2)
    type_ = Choice("custom", "express", "standard")


class RejectAccountParams(Params):
    payouts_action = Choice("none", "pause")
    reason = Choice(*REJECTIONS, required=True)


class ListAccountsParams(ListParams):
    created = Range()
