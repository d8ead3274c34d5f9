"""Opening and changing sellers' accounts."""

from datetime import datetime
from typing import Any

from accounts.audit import trail
from accounts.models import Account, Connection
from connect.models import AccountRequirements, Capability
from connect.onboarding import account_events, account_queries, file_uses
from connect.onboarding.account_queries import AccountProfile
from connect.onboarding.countries import rules
from connect.onboarding.services import people, verification
from connect.payouts import calendar
from connect.payouts.services import schedules
from core import request_context
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import deep_merge, differences, merge
from operations import recovery
from operations.unit_of_work import UnitOfWork

# What an account of each type looks like from its controller's side.
_CONTROLLERS: dict[str, JsonObject] = {
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
# What a platform leaves open of a controller that it describes itself.
# Source: the parameters of the official package, `AccountCreateParamsController`.
_CONTROLLERS["none"] = _CONTROLLERS["standard"]

# Whoever has a page of ours may ask for these without its platform: dashboard → capabilities.
# Source: the official package, `AccountCreateParams.capabilities`, required with no dashboard only.
_DEFAULT_CAPABILITIES: dict[str, tuple[str, ...]] = {
    "full": ("card_payments", "transfers"), "express": ("card_payments", "transfers"),
}  # fmt: skip


def create(
    *,
    tenant: Tenant,
    type: str | None = None,
    capabilities: dict[str, dict[str, bool]] | None = None,
    individual: JsonObject | None = None,
    company: JsonObject | None = None,
    at: datetime,
    **details: Any,
) -> Account:
    """Open an account for a seller.

    Args:
        tenant: The platform.
        type: `"standard"`, `"express"`, `"custom"` or `"none"`.
        capabilities: Name → `{"requested": bool}`; the defaults of its dashboard if there are none.
        individual: Parameters of its individual.
        company: Parameters of its company.
        at: The moment of the request.
        details: Columns of the account.

    Raises:
        InvalidRequest: If accounts cannot be opened in the country, or a parameter is invalid.
    """
    account_id = request_context.reserved_id("acct")
    if done := recovery.resume(lambda: Account.objects.filter(id=account_id).first()):
        return done
    kind = type or ("none" if details.get("controller") else "standard")
    controller = deep_merge(_CONTROLLERS[kind], details.pop("controller", {}))
    if kind == "none":
        _check_controller(controller)
    account = Account(
        id=account_id,
        opened_by_id=tenant.account_id,
        type=kind,
        controller={"type": "application", "is_controller": True} | controller,
        created_at=at,
        **_with_currency(_with_name(details)) | {"metadata": merge({}, details.get("metadata"))},
    )
    given = _default_capabilities(kind, controller, capabilities, country=account.country)
    wanted = given | _requested_capabilities(capabilities, country=account.country)
    connection = Connection(
        platform_id=tenant.account_id, account=account, livemode=tenant.livemode, created_at=at
    )
    with UnitOfWork(tenant, at=at) as work:
        account.save(force_insert=True)
        connection.save(force_insert=True)
        opened = AccountProfile(
            Capability.objects.bulk_create(
                _build_capability(account, tenant, name, at)
                for name in sorted(wanted)
                if wanted[name]
            )
        )
        if account.settings:
            _check_delay(account, account.settings)
            file_uses.check_pictures(account, tenant, account.settings)
            schedules.sync_schedule(Tenant(account.id, tenant.livemode), account, at=at)
        _set_parties(account, tenant, individual, company, at, opened=opened)
        verification.evaluate(work, account, livemode=tenant.livemode, at=at, opened=opened)
        account_events.tell(work, account, opened)
    return account


def update(
    *,
    tenant: Tenant,
    account_id: str,
    capabilities: dict[str, dict[str, bool]] | None = None,
    at: datetime,
    **changes: Any,
) -> Account:
    """Change a seller's details or requested capabilities.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If a parameter is invalid.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = lock(tenant, account_id)
        before = render(account, tenant)
        individual, company = changes.pop("individual", None), changes.pop("company", None)
        columns = _with_name(changes)
        kept = {name: getattr(account, name) for name in columns}
        for name, value in columns.items():
            setattr(account, name, _merge_value(account, name, value))
        _set_parties(account, tenant, individual, company, at)
        for name, asked in _requested_capabilities(capabilities, country=account.country).items():
            _request_capability(account, tenant, name, asked=asked, at=at)
        account.save()
        if "settings" in changes:
            _check_delay(account, changes["settings"])
            file_uses.check_pictures(account, tenant, changes["settings"] or {})
            schedules.sync_schedule(Tenant(account_id, tenant.livemode), account, at=at)
        evaluate_and_emit(work, account, tenant, before)
        now = {name: getattr(account, name) for name in kept}
        trail.record_operator("account.changed", account, changes=differences(kept, now))
    return account


def evaluate_and_emit(
    work: UnitOfWork, account: Account, tenant: Tenant, before: JsonObject
) -> None:
    """Evaluate an account, and emit what has changed."""
    profile = verification.evaluate(work, account, livemode=tenant.livemode, at=work.at)
    account_events.tell(work, account, profile, before)


def render(account: Account, tenant: Tenant) -> JsonObject:
    """Render an account as its platform sees it now."""
    return account_events.render(account, livemode=tenant.livemode)


def _check_controller(controller: Fields) -> None:
    """Refuse a controller that contradicts itself.

    Raises:
        InvalidRequest: If it does.
    """
    bears = controller["losses"]["payments"] == "application"
    collects = controller["requirement_collection"] == "application"
    dashboard = controller["stripe_dashboard"]["type"]
    if bears and controller["fees"]["payer"] != "application":
        wanted, of = "controller[fees][payer]=application", "controller[losses][payments]"
    elif collects and not bears:
        wanted, of = (
            "controller[losses][payments]=application",
            "controller[requirement_collection]",
        )
    elif collects and dashboard != "none":
        wanted, of = "controller[stripe_dashboard][type]=none", "controller[requirement_collection]"
    else:
        return
    raise InvalidRequest(f"This {of} requires {wanted}.", param=of)


def _set_parties(
    account: Account,
    tenant: Tenant,
    individual: JsonObject | None,
    company: JsonObject | None,
    at: datetime,
    *,
    opened: AccountProfile | None = None,
) -> None:
    """Set the account's individual or its company, also in what an account is opened with."""
    if individual and account.business_type not in (None, "individual"):
        raise InvalidRequest(
            f"This account's business_type is {account.business_type}, and only an individual has "
            "an `individual`. Add its people with POST /v1/accounts/{account}/persons.",
            param="individual",
        )
    if individual:
        person = people.assign_individual(account, individual, tenant, at=at, is_new=bool(opened))
        if opened:
            opened.individual = person
    if company:
        mine = AccountRequirements.objects.filter(account=account, livemode=tenant.livemode)
        row = None if opened else mine.first()
        row = row or AccountRequirements(account=account, livemode=tenant.livemode)
        account.company = people.assign_company(row, company, account.company, tenant=tenant)
        row.save()
        account.save(update_fields=["company"])
        if opened:
            opened.account_requirements = row


def _with_currency(details: JsonObject) -> JsonObject:
    """Add the default currency of the account's country.

    Raises:
        InvalidRequest: If accounts cannot be opened in its country.
    """
    country = details.get("country")
    if country is None:
        return details
    currency = rules.currency_of(country)
    if currency is None:
        raise InvalidRequest(
            f"Accounts cannot be opened in '{country}'. GET /v1/country_specs lists the countries "
            "in which they can.",
            code="country_unsupported",
            param="country",
        )
    return {"default_currency": currency, **details}


def lock(tenant: Tenant, account_id: str) -> Account:
    """Lock a seller's account until the transaction ends.

    Raises:
        Missing: If the platform has no such account.
    """
    account = account_queries.lock(tenant, account_id)
    if account_id == tenant.account_id:
        raise missing("account", account_id, param="account")
    return account


def _requested_capabilities(
    capabilities: dict[str, dict[str, bool]] | None, *, country: str
) -> dict[str, bool]:
    """Return capability → whether it is requested.

    Raises:
        InvalidRequest: If accounts of the country cannot have one of them.
    """
    asked = {name: choice.get("requested", False) for name, choice in (capabilities or {}).items()}
    for name, home in rules.AT_HOME.items():
        if asked.get(name) and country != home:
            raise InvalidRequest(
                f"Accounts in {country} cannot have the capability {name}: it is for accounts in "
                f"{home}. Leave it out.",
                param=f"capabilities[{name}]",
            )
    return asked


def _with_name(details: JsonObject) -> JsonObject:
    profile = details.get("business_profile") or {}
    named = dict(details)
    if profile.get("name"):
        named["name"] = profile["name"]
    return named


def _merge_value(account: Account, name: str, value: Any) -> Any:
    if name == "metadata":
        return merge(account.metadata, value)
    if name == "settings" and (given := (value or {}).get("payouts", {}).get("schedule")):
        schedule = {"schedule": calendar.normalize_schedule(given)}
        value = {**value, "payouts": {**value["payouts"], **schedule}}
    old = getattr(account, name)
    return deep_merge(old, value) if isinstance(old, dict) and value else value


def _check_delay(account: Account, settings: Fields | None) -> None:
    calendar.check_delay(
        ((settings or {}).get("payouts") or {}).get("schedule") or {},
        least=account.settlement_delay_days,
        param="settings[payouts][schedule][delay_days]",
    )


def _default_capabilities(
    kind: str,
    controller: Fields,
    capabilities: dict[str, dict[str, bool]] | None,
    *,
    country: str,
) -> dict[str, bool]:
    """Return the capabilities that an account requests by default.

    A standard account takes payments on its own, whatever else is asked; where nobody processes
    cards for sellers, it is only paid.
    """
    if capabilities and kind != "standard":
        return {}
    able = rules.abilities_of(country)
    of_kind = _DEFAULT_CAPABILITIES.get(controller["stripe_dashboard"]["type"], ())
    return {name: True for name in of_kind if name in able}


def _build_capability(account: Account, tenant: Tenant, name: str, at: datetime) -> Capability:
    return Capability(
        account=account,
        livemode=tenant.livemode,
        name=name,
        is_requested=True,
        requested_at=at,
    )


def _request_capability(
    account: Account, tenant: Tenant, name: str, *, asked: bool, at: datetime
) -> None:
    row = Capability.objects.filter(
        account=account, livemode=tenant.livemode, name=name
    ).first() or Capability(account=account, livemode=tenant.livemode, name=name)
    if asked != row.is_requested:
        row.is_requested = asked
        row.requested_at = at if asked else None
        row.save()
