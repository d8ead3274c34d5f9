"""Payment method configurations."""

from datetime import datetime
from typing import Final

from core import request_context
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import JsonObject
from operations import locking, recovery
from payments import queries
from payments.models import PaymentMethodConfiguration
from payments.models.payment_method_configurations import METHODS

_DEFAULT_NAME: Final = "Default"


def ensure_default(*, tenant: Tenant, at: datetime) -> None:
    """Create a merchant's default configuration, unless there is one."""
    if not queries.payment_method_configurations(tenant).filter(is_default=True).exists():
        PaymentMethodConfiguration.objects.bulk_create(
            [
                PaymentMethodConfiguration(
                    id=new_id("pmc"),
                    account_id=tenant.account_id,
                    livemode=tenant.livemode,
                    name=_DEFAULT_NAME,
                    is_default=True,
                    created_at=at,
                )
            ],
            # Somebody else may be making it at this moment.
            ignore_conflicts=True,
        )


def create(
    *,
    tenant: Tenant,
    name: str = "Configuration",
    methods: JsonObject | None = None,
    at: datetime,
) -> PaymentMethodConfiguration:
    """Create a configuration.

    Args:
        tenant: The merchant.
        name: The name for people.
        methods: Method → `display_preference` → `preference`: `"on"`, `"off"` or `"none"`.
        at: The moment of the request.

    Raises:
        InvalidRequest: If a method is switched on that no rail can carry.
    """
    configuration_id = request_context.reserved_id("pmc")
    if done := recovery.resume(
        lambda: PaymentMethodConfiguration.objects.filter(id=configuration_id).first()
    ):
        return done
    preferences = _preferences(methods or {})
    ensure_default(tenant=tenant, at=at)
    return PaymentMethodConfiguration.objects.create(
        id=configuration_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        name=name,
        preferences=preferences,
        created_at=at,
    )


def update(
    *,
    tenant: Tenant,
    configuration_id: str,
    name: str | None = None,
    active: bool | None = None,
    methods: JsonObject | None = None,
) -> PaymentMethodConfiguration:
    """Change a configuration.

    Raises:
        Missing: If the merchant has no such configuration.
        InvalidRequest: If a method is switched on that no rail can carry, or the default
            configuration is to be switched off.
    """
    preferences = _preferences(methods or {})
    with atomic():
        rows = queries.payment_method_configurations(tenant)
        row = locking.lock(rows, tenant, configuration_id, kind="payment_method_configuration")
        if row.is_default and active is False:
            raise InvalidRequest("The default configuration cannot be deactivated.", param="active")
        row.name = row.name if name is None else name
        row.active = row.active if active is None else active
        row.preferences = row.preferences | preferences
        row.save()
    return row


def resolve(tenant: Tenant, configuration_id: str) -> JsonObject:
    """Return an active configuration's id, and the types that it shows to payers.

    Raises:
        Missing: If the merchant has no such configuration.
        InvalidRequest: If it is not active.
    """
    name = "payment_method_configuration"
    rows = queries.payment_method_configurations(tenant)
    row = rows.filter(id=configuration_id).first()
    if row is None:
        raise missing(name, configuration_id, param=name)
    if not row.active:
        raise InvalidRequest(
            f"{configuration_id} is not active. Activate it, or name another.", param=name
        )
    preferences = {
        type: usual if row.preferences.get(type, "none") == "none" else row.preferences[type]
        for type, usual in METHODS.items()
    }
    return {"id": row.id, "types": [type for type, value in preferences.items() if value == "on"]}


def _preferences(methods: JsonObject) -> dict[str, str]:
    preferences = {
        name: method["display_preference"]["preference"]
        for name, method in methods.items()
        if method.get("display_preference", {}).get("preference")
    }
    for name, preference in preferences.items():
        if preference == "on" and name not in METHODS:
            raise InvalidRequest(
                f"No rail of this Rialto can carry {name}. It has {', '.join(METHODS)}.",
                param=f"{name}[display_preference][preference]",
            )
    return {name: preference for name, preference in preferences.items() if name in METHODS}
