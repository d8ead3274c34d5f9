"""Bank accounts as customers' sources: verified by two micro-deposits, then debited."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from connect.onboarding.services import sealed_tokens
from core.database.locking import lock_rows
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.models import Mandate, PaymentMethod
from payments.states import VerificationStatus
from processors import registry
from processors.protocols.instruments import Card, PayoutAccount

# Source: Stripe's pages on testing micro-deposits. The second pair has been typed in too often.
DEPOSITS: Final = (32, 45)
_TOO_OFTEN: Final = (10, 11)
MOST_FAILURES: Final = 10
_V = VerificationStatus
_NEEDED: Final = ("account_holder_name", "account_number", "routing_number")
_TYPED: Final = ("account_holder_type", "account_number", "account_type", "routing_number")
_PREFIXES: Final = ("ba_", "btok_")


def is_bank(source: str | Fields) -> bool:
    """Tell whether a source is a bank account, by its id or by what was typed in."""
    if isinstance(source, str):
        return source.startswith(_PREFIXES)
    return bool(source["object"] == "bank_account")


def method_data(
    tenant: Tenant, source: str | Fields, metadata: Mapping[str, str], *, at: datetime
) -> JsonObject:
    """Return a bank account as the newer endpoints' payment method data.

    Args:
        tenant: The merchant.
        source: `btok_...`, which is used up, or what was typed in.
        metadata: The merchant's own data.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such token.
        InvalidRequest: If something is missing, or the bank is one that cannot be debited so.
    """
    status, holder = _V.NEW, None
    if isinstance(source, Mapping):
        account: Fields = source
    elif isinstance(payee := _test_account(tenant, source), PayoutAccount):
        holder = "Jenny Rosen"
        account = {
            "account_number": payee.number,
            "country": payee.country,
            "routing_number": payee.routing,
        }
        status = _V.VERIFIED if source.startswith("btok_us_verified") else _V.NEW
    else:
        account = sealed_tokens.consume_bank_account(tenant, source, param="source", at=at)
    if (account.get("country") or "US").upper() != "US":
        raise InvalidRequest(
            "Only bank accounts in the United States can be sources of customers: no others are "
            "verified by small payments. Make a payment method, such as a sepa_debit, and confirm "
            "it with mandate_data.",
            code="feature_not_supported",
            param="source[country]",
        )
    account = {"account_holder_name": holder} | dict(account)
    for name in _NEEDED:
        if not account.get(name):
            raise InvalidRequest(
                f"Missing required param: source[{name}].",
                code="parameter_missing",
                param=f"source[{name}]",
            )
    return {
        "type": "us_bank_account",
        "us_bank_account": {name: account[name] for name in _TYPED if account.get(name)},
        "billing_details": {"name": account["account_holder_name"]},
        "metadata": dict(metadata),
        "verification": status.value,
    }


def _test_account(tenant: Tenant, token: str) -> Card | PayoutAccount | None:
    vault = registry.vault(livemode=tenant.livemode)
    return vault.find_payee_by_token(token) if vault else None


def rename_param(error: InvalidRequest) -> InvalidRequest:
    """Name the parameter as it was sent to the older endpoint."""
    kind, inside, name = (error.param or "").partition("[")
    if kind in ("payment_method", "us_bank_account"):
        error.param = f"source[{name}" if inside else "source"
    return error


def permit(work: UnitOfWork, row: PaymentMethod) -> None:
    """Add the mandate of a verified bank account to a unit of work."""
    if row.verification == _V.VERIFIED:
        work.insert(
            Mandate(
                id=new_id("mandate"),
                account_id=row.account_id,
                livemode=row.livemode,
                payment_method=row,
                intent_id=row.id,
                customer_acceptance={"type": "offline"},
                created_at=work.at,
            )
        )


def check_chargeable(row: PaymentMethod) -> None:
    """Refuse a bank account that is not verified.

    Raises:
        InvalidRequest: `bank_account_unverified`.
    """
    if row.verification in (_V.NEW, _V.VERIFICATION_FAILED):
        raise InvalidRequest(
            "This bank account cannot be debited: it is not verified. Ask the payer for the two "
            "amounts that came to it, and send them to the source's verify.",
            code="bank_account_unverified",
            param="source",
        )


def verify(
    *, tenant: Tenant, customer_id: str, source_id: str, amounts: Sequence[int], at: datetime
) -> PaymentMethod:
    """Verify a bank account by the amounts of its micro-deposits.

    Args:
        tenant: The merchant.
        customer_id: `cus_...`.
        source_id: `ba_...`.
        amounts: The two amounts, in any order.
        at: The moment of the request.

    Raises:
        Missing: If the customer has no such source.
        InvalidRequest: If it is no bank account, needs no verification, was tried too often, or
            other amounts were sent. A wrong answer is counted.
    """
    if len(amounts) != 2:
        raise InvalidRequest("Two amounts came to the bank account: send both.", param="amounts")
    with UnitOfWork(tenant, at=at) as work:
        row = _lock(tenant, customer_id, source_id)
        # What everybody can read is no proof where money is real.
        has_passed = not tenant.livemode and sorted(amounts) == sorted(DEPOSITS)
        if has_passed and row.verification == _V.VERIFIED and recovery.is_under_way():
            return row
        _check_waits(row)
        if has_passed:
            row.verify_to(_V.VERIFIED)
            permit(work, row)
        else:
            row.failed_verifications += 1
            is_over = row.failed_verifications >= MOST_FAILURES
            if is_over or sorted(amounts) == sorted(_TOO_OFTEN):
                row.verify_to(_V.VERIFICATION_FAILED)
        work.update(row, "verification", "failed_verifications")
        if row.verification != _V.NEW:
            work.emit(
                "customer.source.updated", tenant, resources.source(row), {"status": _V.NEW.value}
            )
    if not has_passed:
        raise _verification_error(row)
    return row


def _lock(tenant: Tenant, customer_id: str, source_id: str) -> PaymentMethod:
    queries.customer(tenant, customer_id)
    rows = lock_rows(queries.sources(tenant, customer_id))
    row = rows.filter(id=resources.method_id_of(source_id)).first()
    if row is None:
        raise missing("source", source_id)
    return row


def _check_waits(row: PaymentMethod) -> None:
    if row.type != "us_bank_account":
        raise InvalidRequest("Only bank accounts are verified by small payments.", param="id")
    if row.verification == _V.VERIFICATION_FAILED:
        raise _verification_error(row)
    if row.verification != _V.NEW:
        raise InvalidRequest("This bank account has already been verified.", param="id")


def _verification_error(row: PaymentMethod) -> InvalidRequest:
    if row.verification == _V.VERIFICATION_FAILED:
        return InvalidRequest(
            "This bank account cannot be verified any more: wrong amounts were sent too often. "
            "Remove it, and ask the payer for another one.",
            code="bank_account_verification_failed",
            param="amounts",
        )
    return InvalidRequest(
        "The amounts are not those that were sent to the bank account. "
        f"{MOST_FAILURES - row.failed_verifications} tries are left.",
        code="bank_account_verification_failed",
        param="amounts",
    )
