"""Opening, changing and closing sellers' accounts."""

from datetime import datetime
from typing import Any

from accounts.models import Account, Connection
from connect import capability_resources, payout_queries, queries, resources
from connect.models import Capability
from connect.services import payout_schedules
from connect.services.movements import Movement
from connect.states import CAPABILITY, CapabilityStatus
from core import context
from core.changes import deeply_merged, merged
from core.db import atomic
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from ledger import queries as ledger_queries

# What an account of each type looks like from its controller's side.
_CONTROLLERS: dict[str, dict[str, Any]] = {
    "standard": {
        "fees": {"payer": "account"},
        "losses": {"payments": "stripe"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "full"},
    },
    "express": {
        "fees": {"payer": "application_express"},
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "express"},
    },
    "custom": {
        "fees": {"payer": "application_custom"},
        "losses": {"payments": "application"},
        "requirement_collection": "application",
        "stripe_dashboard": {"type": "none"},
    },
}
_CONTROLLERS["none"] = _CONTROLLERS["custom"] | {"fees": {"payer": "application"}}

# A standard account takes payments on its own; the platform need not ask for it.
_GIVEN: dict[str, tuple[str, ...]] = {"standard": ("card_payments", "transfers")}


def create(
    *,
    tenant: Tenant,
    type: str | None = None,
    capabilities: dict[str, dict[str, bool]] | None = None,
    at: datetime,
    **details: Any,
) -> Account:
    """Open an account for a seller. What it asks to be able to do is active at once.

    Args:
        tenant: The platform.
        type: `"standard"`, `"express"`, `"custom"` or `"none"`.
        capabilities: Name → `{"requested": bool}`.
        at: The moment of the request.
        details: Columns of the account.
    """
    account_id = context.reserved_id("acct")
    if context.current().is_recovery:
        if done := Account.objects.filter(id=account_id).first():
            return done
    kind = type or ("none" if details.get("controller") else "standard")
    controller = deeply_merged(_CONTROLLERS[kind], details.pop("controller", {}))
    account = Account(
        id=account_id,
        opened_by_id=tenant.account_id,
        type=kind,
        controller={"type": "application", "is_controller": True} | controller,
        created_at=at,
        **_named(details) | {"metadata": merged({}, details.get("metadata"))},
    )
    wanted = dict.fromkeys(_GIVEN.get(kind, ()), True) | _requested(capabilities)
    rows = [_capability(account, tenant, name, at) for name, asked in wanted.items() if asked]
    _enable(account, rows)
    connection = Connection(
        platform_id=tenant.account_id, account=account, livemode=tenant.livemode, created_at=at
    )
    with atomic():
        account.save(force_insert=True)
        connection.save(force_insert=True)
        Capability.objects.bulk_create(rows)
        if account.settings:
            payout_schedules.follow(Tenant(account.id, tenant.livemode), account, at=at)
        movement = Movement(tenant.livemode, at)
        seller = Tenant(account.id, tenant.livemode)
        movement.tell("account.updated", seller, resources.account(account, rows))
        movement.commit()
    return account


def update(
    *,
    tenant: Tenant,
    account_id: str,
    capabilities: dict[str, dict[str, bool]] | None = None,
    at: datetime,
    **changes: Any,
) -> Account:
    """Change a seller's details, or what it asks to be able to do.

    Raises:
        Missing: If the platform has no such account.
    """
    with atomic():
        account = _locked(tenant, account_id)
        before = {name: getattr(account, name) for name in _named(changes)}
        for name, value in _named(changes).items():
            setattr(account, name, _changed(account, name, value))
        rows = {c.name: c for c in queries.capabilities(account_id, livemode=tenant.livemode)}
        stood = {name: row.status for name, row in rows.items()}
        for name, asked in _requested(capabilities).items():
            rows[name] = _ask(rows.get(name), account, tenant, name, asked=asked, at=at)
        _enable(account, list(rows.values()))
        account.save()
        if "settings" in changes:
            payout_schedules.follow(Tenant(account_id, tenant.livemode), account, at=at)
        paid_to = payout_queries.external_accounts_of([account_id], livemode=tenant.livemode)
        movement = Movement(tenant.livemode, at)
        movement.tell(
            "account.updated",
            Tenant(account.id, tenant.livemode),
            resources.account(account, rows.values(), paid_to[account_id]),
            _before(account, before),
        )
        for name, row in rows.items():
            if row.status != stood.get(name, CapabilityStatus.INACTIVE):
                movement.tell(
                    "capability.updated",
                    Tenant(account.id, tenant.livemode),
                    capability_resources.capability(row),
                )
        movement.commit()
    return account


def delete(*, tenant: Tenant, account_id: str, at: datetime) -> None:
    """Close a seller's account, which must be empty.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If there is money in it, or money that it owes.
    """
    with atomic():
        account = _locked(tenant, account_id)
        totals = ledger_queries.totals(owners=[account_id], livemode=tenant.livemode)
        if any(totals.values()):
            raise InvalidRequest(
                "This account cannot be deleted while its balance is not zero. Pay it out or "
                "reverse its transfers first.",
                code="account_invalid",
                param="account",
            )
        Connection.objects.filter(
            platform_id=tenant.account_id, account=account, livemode=tenant.livemode
        ).update(ended_at=at)
        account.closed_at = at
        account.charges_enabled = account.payouts_enabled = False
        account.save()


def _before(account: Account, before: dict[str, Any]) -> dict[str, Any]:
    """Return what changed fields were, as they were shown."""
    changed = {name: was for name, was in before.items() if was != getattr(account, name)}
    return {
        name: resources.without_numbers(was) if name in ("company", "individual") else was
        for name, was in changed.items()
    }


def _locked(tenant: Tenant, account_id: str) -> Account:
    account = (
        Account.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            id=account_id,
            closed_at=None,
            connected_to__platform_id=tenant.account_id,
            connected_to__livemode=tenant.livemode,
            connected_to__ended_at=None,
        )
        .first()
    )
    if account is None:
        raise missing("account", account_id, param="account")
    return account


def _requested(capabilities: dict[str, dict[str, bool]] | None) -> dict[str, bool]:
    return {name: said.get("requested", False) for name, said in (capabilities or {}).items()}


def _named(details: dict[str, Any]) -> dict[str, Any]:
    profile = details.get("business_profile") or {}
    named = dict(details)
    if profile.get("name"):
        named["name"] = profile["name"]
    return named


def _changed(account: Account, name: str, value: Any) -> Any:
    if name == "metadata":
        return merged(account.metadata, value)
    old = getattr(account, name)
    return deeply_merged(old, value) if isinstance(old, dict) and value else value


def _capability(account: Account, tenant: Tenant, name: str, at: datetime) -> Capability:
    return Capability(
        account=account,
        livemode=tenant.livemode,
        name=name,
        status=CapabilityStatus.ACTIVE,
        is_requested=True,
        requested_at=at,
    )


def _ask(
    row: Capability | None,
    account: Account,
    tenant: Tenant,
    name: str,
    *,
    asked: bool,
    at: datetime,
) -> Capability:
    row = row or Capability(account=account, livemode=tenant.livemode, name=name)
    status = CapabilityStatus.ACTIVE if asked else CapabilityStatus.INACTIVE
    if row.status != status:
        CAPABILITY.check(CapabilityStatus(row.status), status)
        row.status = status
    row.is_requested = asked
    row.requested_at = at if asked else None
    row.save()
    return row


def _enable(account: Account, rows: list[Capability]) -> None:
    active = {row.name for row in rows if row.status == CapabilityStatus.ACTIVE}
    account.charges_enabled = "card_payments" in active
    account.payouts_enabled = bool(active)
    account.details_submitted = True
