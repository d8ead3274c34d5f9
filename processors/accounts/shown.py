"""What the command line shows of accounts at processors: nothing that opens them."""

from core.types import JsonObject
from processors.accounts import checks, health
from processors.models import ProcessorAccount


def all_accounts() -> list[JsonObject]:
    """Return every account, those for test payments first."""
    return [_render(row) for row in ProcessorAccount.objects.order_by("livemode", "name")]


def account(name: str) -> JsonObject | None:
    """Return an account; None if there is none."""
    row = ProcessorAccount.objects.filter(name=name).first()
    return None if row is None else _render(row)


def _render(row: ProcessorAccount) -> JsonObject:
    return {
        "name": row.name,
        "kind": row.kind,
        "livemode": row.livemode,
        "title": row.title,
        "status": str(row.status),
        "is_default": row.is_default,
        "health": health.describe(row).word,
        "base_url": row.base_url,
        "currencies": row.currencies,
        "methods": row.methods,
        "statement_descriptor": row.statement_descriptor,
        "fee_model": row.fee_model,
        "amount_limits": row.amount_limits,
        "settlement_schedule": row.settlement_schedule,
        "settlement_bank": row.settlement_bank,
        "notices": checks.address_of_notices(row.name),
        "checked_at": row.checked_at.isoformat() if row.checked_at else None,
        "created_at": row.created_at.isoformat(),
    }
