"""What the command line shows of accounts at processors: nothing that opens them."""

from core.types import JsonObject
from processors.accounts import checks, health, sealing
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount


def all_accounts() -> list[JsonObject]:
    """Return every account, those for test payments first."""
    return [_render(row) for row in ProcessorAccount.objects.order_by("livemode", "name")]


def account(name: str) -> JsonObject | None:
    """Return an account; None if there is none."""
    row = ProcessorAccount.objects.filter(name=name).first()
    return None if row is None else _render(row)


def _credentials(row: ProcessorAccount) -> dict[str, str]:
    """Return what is no secret of what opens an account, by name; empty for what is missing."""
    kind = KINDS.get(row.kind)
    known = sealing.open_credentials(row.name, row.sealed_credentials)
    asked = kind.credentials if kind else ()
    return {one.name: known.get(one.name, "") for one in asked if not one.is_secret}


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
        "credentials": _credentials(row),
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
