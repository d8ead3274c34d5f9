"""Wire objects of connect: plain functions from row to dict, ids unexpanded, no queries."""

from accounts.models import Account
from connect.onboarding import capability_resources, person_resources
from connect.onboarding.account_queries import AccountProfile
from connect.onboarding.requirements import empty_requirements
from connect.payouts import resources
from connect.transfers.resources import _sublist
from core.types import JsonObject
from core.updates import deep_merge


def account(row: Account, profile: AccountProfile) -> JsonObject:
    """Render an account as its platform, or it itself, sees it.

    Args:
        row: The account.
        profile: Its profile.
    """
    is_own = row.opened_by_id is None
    shown = sorted(profile.capabilities, key=lambda one: one.name)
    due = (
        profile.account_requirements.requirements
        if profile.account_requirements
        else empty_requirements()
    )
    return {
        "id": row.id,
        "object": "account",
        "business_profile": _business_profile(row),
        "business_type": row.business_type,
        "capabilities": {c.name: capability_resources.status(c) for c in shown},
        "charges_enabled": row.charges_enabled,
        "controller": {"type": "account"} if is_own else row.controller,
        "country": row.country,
        "created": int(row.created_at.timestamp()),
        "default_currency": row.default_currency,
        "details_submitted": row.details_submitted,
        "email": row.email,
        "external_accounts": _sublist(
            [resources.external_account(one) for one in profile.external_accounts],
            f"/v1/accounts/{row.id}/external_accounts",
        ),
        "future_requirements": empty_requirements(),
        "metadata": row.metadata,
        "payouts_enabled": row.payouts_enabled,
        "requirements": due,
        "settings": _settings(row),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None} | row.tos_acceptance,
        "type": row.type,
        **({"company": company} if (company := _company(row, profile)) else {}),
    } | (
        {"individual": person_resources.person(profile.individual, profile.account_requirements)}
        if profile.individual and row.business_type in (None, "individual")
        else {}
    )


def _company(row: Account, profile: AccountProfile) -> JsonObject | None:
    """Render a company, and which of its numbers were given."""
    given = profile.account_requirements.numbers_given if profile.account_requirements else []
    company: JsonObject = {**(row.company or {}), **{f"{name}_provided": True for name in given}}
    for name in person_resources.OF_COMPANIES:
        if company.get(name) is not None:
            company[name] = {**dict.fromkeys(person_resources.ADDRESS), **company[name]}
    return company or None


def _business_profile(row: Account) -> JsonObject:
    names: tuple[str, ...] = (
        "annual_revenue",
        "estimated_worker_count",
        "mcc",
        "minority_owned_business_designation",
        "name",
        "product_description",
        "specified_commercial_transactions_act_url",
        "support_address",
        "support_email",
        "support_phone",
        "support_url",
        "url",
    )
    return {**dict.fromkeys(names), "name": row.name or None, **row.business_profile}


def _settings(row: Account) -> JsonObject:
    name = row.name or None
    defaults: JsonObject = {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": name, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "never"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": row.type == "standard",
            "schedule": {"delay_days": row.settlement_delay_days, "interval": "daily"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }
    return _with_days(deep_merge(defaults, row.settings), row)


def _with_days(settings: JsonObject, row: Account) -> JsonObject:
    """Render only those days of a schedule that apply."""
    schedule = settings["payouts"]["schedule"]
    if schedule["delay_days"] is None:
        schedule["delay_days"] = row.settlement_delay_days
    for name in ("weekly", "monthly"):
        if schedule["interval"] != name:
            schedule.pop(f"{name}_anchor", None)
            schedule.pop(f"{name}_payout_days", None)
    return settings
