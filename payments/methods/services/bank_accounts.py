"""Payment methods from bank account numbers, and why they are refused."""

from datetime import datetime

from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from payments import method_types
from payments.method_types.base import Account, Method
from payments.methods.services import fingerprints
from payments.methods.services.instruments import processor_tokens
from payments.models import PaymentMethod
from processors import registry
from processors.protocols.instruments import BankAccount

_SOMEBODY = {"name": "Jenny Rosen", "email": "jenny@example.com"}


def draft(
    tenant: Tenant, method: Method, data: Fields, *, id: str | None = None, at: datetime
) -> PaymentMethod:
    """Build a payment method from a typed bank account, without saving it.

    Args:
        tenant: The merchant.
        method: The rules of its type.
        data: The wire's `payment_method_data`.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the number cannot be one, if a billing detail is missing, in live mode,
            and for a number that is not a published test number.
    """
    assert method.read is not None
    if method.type not in data:
        raise InvalidRequest(
            f"Missing required param: {method.type}.", code="parameter_missing", param=method.type
        )
    billing = dict(data.get("billing_details") or {})
    if "token" in data[method.type]:
        row = processor_tokens.draft(tenant, method.type, data[method.type], id=id, at=at)
        return _say(row, method, data, billing)
    vault = registry.vault(livemode=tenant.livemode)
    if vault is None:
        raise InvalidRequest(
            "Numbers of bank accounts are not taken in live mode. Send what your processor's own "
            f"browser library made of it, as {method.type}[token]=ACCOUNT:TOKEN.",
            param=method.type,
        )
    account = method.read(data[method.type])
    vaulted = vault.find_bank_account(method.type, account.number)
    if vaulted is None:
        raise InvalidRequest(
            "You must use a test bank account in test mode. The test accounts are listed in the "
            "documentation.",
            code="bank_account_unusable",
            param=method.type,
        )
    return _say(_new(tenant, vaulted, account, at=at, id=id), method, data, billing)


def _say(row: PaymentMethod, method: Method, data: Fields, billing: JsonObject) -> PaymentMethod:
    """Set on a new method what the merchant says besides its number."""
    check_billing(method, billing)
    row.billing_details = billing
    row.allow_redisplay = data.get("allow_redisplay", row.allow_redisplay)
    row.metadata = data.get("metadata") or {}
    row.verification = data.get("verification")
    return row


def of_token(tenant: Tenant, token: str, *, at: datetime) -> PaymentMethod | None:
    """Build a payment method from a test token such as `pm_usBankAccount_success`.

    Returns:
        None if there is no such token.
    """
    vault = registry.vault(livemode=tenant.livemode)
    vaulted = vault.find_bank_account_by_token(token) if vault else None
    if vaulted is None:
        return None
    row = of_vault(tenant, vaulted, at=at)
    row.billing_details = dict(_SOMEBODY)
    return row


def of_vault(tenant: Tenant, vaulted: BankAccount, *, at: datetime) -> PaymentMethod:
    """Build a payment method of an account that a vault, or a rail, knows, without saving it."""
    method = method_types.of(vaulted.type)
    assert method.read is not None
    account = method.read(
        {
            "iban": vaulted.number,
            "routing_number": vaulted.routing,
            "account_number": vaulted.number,
        }
    )
    return _new(tenant, vaulted, account, at=at, id=None)


def check_billing(method: Method, billing: Fields) -> None:
    """Refuse billing details that the debit's scheme does not accept.

    Raises:
        InvalidRequest: If the name or the address for mail is missing.
    """
    for name in method.billing:
        table, _, part = name.rpartition(".")
        given = billing.get(table) or {} if table else billing
        param = f"billing_details[{table}][{part}]" if table else f"billing_details[{name}]"
        if not given.get(part):
            raise InvalidRequest(
                f"Missing required param: {param}. A {method.type} cannot be debited without it.",
                code="parameter_missing",
                param=param,
            )


def _new(
    tenant: Tenant, vaulted: BankAccount, account: Account, *, at: datetime, id: str | None
) -> PaymentMethod:
    return PaymentMethod(
        id=id or new_id("pm"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        type=vaulted.type,
        instrument=vaulted.instrument,
        country=account.country,
        last4=account.last4,
        details=dict(account.details),
        fingerprint=fingerprints.of(tenant, vaulted.instrument),
        created_at=at,
    )
