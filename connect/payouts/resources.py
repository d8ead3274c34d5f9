"""Wire objects of payouts and external accounts: plain functions, no queries."""

from datetime import UTC, date, datetime, time
from typing import Final

from accounts.models import Account
from connect.models import ExternalAccount, Payout, PayoutSchedule, SealedToken
from connect.states import PayoutStatus
from core.types import JsonObject

_NOTHING_DUE: Final[JsonObject] = {
    "currently_due": [], "errors": [], "past_due": [], "pending_verification": [],
}  # fmt: skip


def external_account(row: ExternalAccount) -> JsonObject:
    """Render a bank account or a debit card that an account is paid out to."""
    return _card(row) if row.is_card else _bank_account(row)


def _bank_account(row: ExternalAccount) -> JsonObject:
    return {
        "id": row.id,
        "object": "bank_account",
        "account": row.account_id,
        "account_holder_name": row.holder_name,
        "account_holder_type": row.holder_type,
        "account_type": row.account_type,
        "available_payout_methods": _methods(row),
        "bank_name": row.bank_name,
        "country": row.country,
        "currency": row.currency,
        "default_for_currency": row.is_default,
        "fingerprint": row.fingerprint,
        "future_requirements": _NOTHING_DUE,
        "last4": row.last4,
        "metadata": row.metadata,
        "requirements": _due(row),
        "routing_number": row.routing_number,
        "status": row.status,
    }


def _card(row: ExternalAccount) -> JsonObject:
    lines = ("city", "country", "line1", "line2", "state", "zip")
    address = {f"address_{name}": row.address.get(f"address_{name}") for name in lines}
    return {
        "id": row.id,
        "object": "card",
        "account": row.account_id,
        **address,
        "address_line1_check": "unchecked" if address["address_line1"] else None,
        "address_zip_check": "unchecked" if address["address_zip"] else None,
        "available_payout_methods": _methods(row),
        "brand": row.brand,
        "country": row.country,
        "currency": row.currency,
        "cvc_check": None,
        "default_for_currency": row.is_default,
        "dynamic_last4": None,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "fingerprint": row.fingerprint,
        "funding": "debit",
        "last4": row.last4,
        "metadata": row.metadata,
        "name": row.holder_name,
        "networks": {"preferred": None},
        "regulated_status": None,
        "status": row.status,
        "tokenization_method": None,
    }


def _methods(row: ExternalAccount) -> list[str]:
    return ["standard", "instant"] if row.takes_instant else ["standard"]


def _due(row: ExternalAccount) -> JsonObject:
    """Render why payouts to it are held, as requirements."""
    if row.left_at is not None:
        reason = (
            "An application that is shut out now has added it. The account's owner keeps or "
            "removes it on the page of what is shared."
        )
    elif row.held_until is not None:
        reason = (
            "Payouts went elsewhere before. They are held until "
            f"{row.held_until:%Y-%m-%d %H:%M} UTC."
        )
    else:
        return _NOTHING_DUE
    error = {"code": "external_request", "reason": reason, "requirement": "external_account"}
    return {**_NOTHING_DUE, "errors": [error], "pending_verification": ["external_account"]}


def payout(row: Payout) -> JsonObject:
    """Render a payout.

    Args:
        row: A payout with its destination.
    """
    return {
        "id": row.id,
        "object": "payout",
        "amount": row.amount,
        "application_fee": row.application_fee_id,
        "application_fee_amount": row.application_fee_amount,
        "arrival_date": _midnight(row.arrival_date),
        "automatic": row.is_automatic,
        "balance_transaction": row.balance_transaction_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "description": row.description,
        "destination": row.destination_id,
        "failure_balance_transaction": row.failure_balance_transaction_id,
        "failure_code": row.failure_code,
        "failure_message": row.failure_message,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "method": row.method,
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": row.statement_descriptor,
        "status": row.status,
        "trace_id": _trace(row),
        "type": row.destination.kind,
    }


def _trace(row: Payout) -> JsonObject:
    if row.status in (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT):
        return {"status": "pending", "value": None}
    if row.processor_reference:
        return {"status": "supported", "value": row.processor_reference}
    return {"status": "unsupported", "value": None}


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def balance_settings(account: Account, schedule: PayoutSchedule) -> JsonObject:
    """Render an account's balance settings."""
    settings: JsonObject = account.settings.get("payouts") or {}
    days: JsonObject = {"interval": schedule.interval}
    if schedule.interval == "weekly":
        days["weekly_payout_days"] = schedule.weekly_days
    if schedule.interval == "monthly":
        days["monthly_payout_days"] = schedule.monthly_days
    is_enabled = account.opened_by_id is None or account.payouts_enabled
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": settings.get(
                "debit_negative_balances", account.type == "standard"
            ),
            "payouts": {
                "automatic_transfer_rules_by_currency": {},
                "minimum_balance_by_currency": schedule.minimum_amounts or None,
                "schedule": days,
                "statement_descriptor": settings.get("statement_descriptor"),
                "status": "enabled" if is_enabled else "disabled",
            },
            "settlement_timing": _settlement_timing(account, schedule),
        },
    }


def _settlement_timing(account: Account, schedule: PayoutSchedule) -> JsonObject:
    chosen = schedule.delay_days
    if chosen is None:
        return {"delay_days": account.settlement_delay_days, "start_of_day": None}
    return {"delay_days": chosen, "delay_days_override": chosen, "start_of_day": None}


def sealed_token(row: SealedToken, account: ExternalAccount | None) -> JsonObject:
    """Render a token, with its bank account if it stands for one.

    Args:
        row: The token.
        account: The token's bank account, which is not saved.
    """
    wire: JsonObject = {
        "id": row.id,
        "object": "token",
        "client_ip": row.client_ip,
        "created": int(row.created_at.timestamp()),
        "livemode": row.livemode,
        "type": row.kind,
        "used": row.used_at is not None,
    }
    if account is not None:
        wire["bank_account"] = {
            **external_account(account),
            "id": f"ba_{row.id.partition('_')[2]}",
            "account": None,
            "available_payout_methods": None,
            "default_for_currency": None,
        }
    return wire
