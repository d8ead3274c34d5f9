"""External accounts for payouts: adding, choosing, changing and removing them."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from accounts.models import Account
from accounts.services import consents
from connect.models import ExternalAccount
from connect.onboarding import account_queries
from connect.onboarding.countries import banks
from connect.onboarding.services import verification
from connect.payouts import account_numbers, queries, resources
from connect.payouts.services import destination_holds, schedules
from connect.payouts.services.payouts import cancel_pending
from connect.states import ExternalAccountStatus
from core import request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.protocols.instruments import Card, PayoutAccount, display_brand


def create(
    *,
    tenant: Tenant,
    account: Account,
    params: str | Fields,
    is_default: bool = False,
    replaces: bool = False,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> ExternalAccount:
    """Add a bank account or a debit card that an account is paid out to.

    Args:
        tenant: The account that is paid.
        account: The same.
        params: Details as the wire spells them, or the token of a test account.
        is_default: True to make it the currency's default, as the first one is anyway.
        replaces: True to remove the currency's default in its favour.
        metadata: The caller's own words.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the numbers are invalid.
    """
    external_id = request_context.reserved_id("ba")
    if recovery.is_under_way():
        known = ExternalAccount.objects.filter(id__in=(external_id, _card_id(external_id)))
        if done := known.first():
            return done
    row = _build(external_id, tenant, account, params, at)
    row.metadata = metadata or _metadata_in(params)
    with UnitOfWork(tenant, at=at) as work:
        locked = account_queries.lock(tenant, account.id)
        schedule = schedules.lock(tenant, at=at)
        others = queries.external_accounts(tenant).filter(currency=row.currency)
        before = others.filter(is_default=True).first()
        row.is_default = is_default or replaces or before is None
        row.platform_id = consents.maker_for(tenant)
        if destination_holds.has_prior_destination(tenant):
            destination_holds.begin(row, at=at)
        if before and replaces:
            _remove(work, before)
        elif before and row.is_default:
            others.filter(id=before.id).update(is_default=False)
        schedules.resume(schedule, account, at=at)
        row.save(force_insert=True)
        work.emit("account.external_account.created", tenant, resources.external_account(row))
        verification.evaluate_quietly(work, locked, livemode=tenant.livemode, at=at)
    return row


def check(params: str | Fields, *, livemode: bool, at: datetime) -> None:
    """Validate the numbers of an external account, without adding it.

    Raises:
        InvalidRequest: As `create` would.
    """
    nobody = Tenant("acct_", livemode)
    _build("ba_", nobody, Account(id="acct_"), params, at)


def draft(
    tenant: Tenant, account: Account, params: str | Fields, *, at: datetime
) -> ExternalAccount:
    """Build an external account that is not saved.

    Raises:
        InvalidRequest: As `create` would.
    """
    return _build("ba_", tenant, account, params, at)


def replace_default(
    *, tenant: Tenant, account: Account, params: str | Fields, at: datetime
) -> ExternalAccount:
    """Replace the default external account of a currency.

    Raises:
        InvalidRequest: If the numbers are invalid.
    """
    return create(tenant=tenant, account=account, params=params, replaces=True, at=at)


def update(
    *, tenant: Tenant, account: Account, external_id: str, changes: JsonObject, at: datetime
) -> ExternalAccount:
    """Change the details of an external account, or make it the default.

    Its numbers never change: another account is another one.

    Raises:
        Missing: If the account has none with this id.
        InvalidRequest: If the default of a currency is to have no successor, or a card is to
            have expired.
    """
    with UnitOfWork(tenant, at=at) as work:
        schedule = schedules.lock(tenant, at=at)
        row = _lock(tenant, external_id)
        was_default = row.is_default
        apply(row, changes)
        if row.exp_month and row.exp_year and {"exp_month", "exp_year"} & changes.keys():
            _check_expiry(row.exp_month, row.exp_year, at, "exp_year")
        if was_default and not row.is_default:
            raise InvalidRequest(
                "A currency's default external account stays it until another one is made the "
                "default: set default_for_currency on that one.",
                param="default_for_currency",
            )
        if row.is_default and not was_default:
            queries.external_accounts(tenant).filter(currency=row.currency, is_default=True).update(
                is_default=False
            )
            destination_holds.begin(row, at=at)
        if row.status == ExternalAccountStatus.ERRORED:
            # Somebody has looked at it: it may be tried again.
            row.status = ExternalAccountStatus.NEW
        schedules.resume(schedule, account, at=at)
        work.update(row, *sorted({*changes, "status", "held_until", "hold_told_at"}))
        work.emit("account.external_account.updated", tenant, resources.external_account(row))
    return row


def delete(*, tenant: Tenant, external_id: str, falls_back: bool = False, at: datetime) -> None:
    """Remove an external account, and cancel the payouts that wait to be sent there.

    Args:
        tenant: The account that is paid.
        external_id: `ba_...` or `card_...`.
        falls_back: True to make the newest other one the default, if it is the default.
        at: The moment.

    Raises:
        Missing: If the account has none with this id.
        InvalidRequest: If it is the default of its currency, and there are others.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = account_queries.lock(tenant, tenant.account_id)
        schedules.lock(tenant, at=at)
        row = _lock(tenant, external_id)
        others = queries.external_accounts(tenant).filter(currency=row.currency)
        next_one = others.exclude(id=row.id).filter(left_at=None).order_by("-id").first()
        if row.is_default and others.exclude(id=row.id).exists() and not falls_back:
            raise InvalidRequest(
                "You cannot delete the default external account for your currency. Make another "
                "one the default first.",
                param="id",
            )
        was_default = row.is_default
        _remove(work, row)
        if was_default and next_one is not None:
            next_one.is_default = True
            destination_holds.begin(next_one, at=at)
            next_one.save(update_fields=["is_default", "held_until", "hold_told_at"])
            work.emit(
                "account.external_account.updated", tenant, resources.external_account(next_one)
            )
        verification.evaluate_quietly(work, account, livemode=tenant.livemode, at=at)


def _remove(work: UnitOfWork, row: ExternalAccount) -> None:
    row.deleted_at = work.at
    row.is_default = False
    cancel_pending(work, row)
    row.save(update_fields=["deleted_at", "is_default"])
    work.emit("account.external_account.deleted", row.tenant, resources.external_account(row))


def _metadata_in(params: str | Fields) -> dict[str, str]:
    return {} if isinstance(params, str) else dict(params.get("metadata") or {})


def _lock(tenant: Tenant, external_id: str) -> ExternalAccount:
    rows = queries.external_accounts(tenant)
    return locking.lock(rows, tenant, external_id, kind="external_account")


def _build(
    external_id: str, tenant: Tenant, account: Account, params: str | Fields, at: datetime
) -> ExternalAccount:
    given: Fields = {} if isinstance(params, str) else params
    token = params if isinstance(params, str) else params.get("token")
    if token and "account_number" not in given:
        payee = _find_payee(str(token), tenant)
        if isinstance(payee, Card):
            return _build_card(external_id, tenant, account, payee, given, at)
        given = {
            **given,
            "object": "bank_account",
            "country": payee.country,
            "currency": payee.currency,
            "routing_number": payee.routing,
            "account_number": payee.number,
        }
    if given["object"] == "card":
        card = _find_card(given, tenant, at)
        return _build_card(external_id, tenant, account, card, given, at)
    return _build_bank_account(external_id, tenant, account, given, at)


def _find_payee(token: str, tenant: Tenant) -> Card | PayoutAccount:
    vault = registry.vault(livemode=tenant.livemode)
    payee = vault.find_payee_by_token(token) if vault else None
    if payee is not None:
        return payee
    raise InvalidRequest(
        f"No such token: '{token}'. Give the details themselves as external_account[object], "
        "external_account[country] and so on, or the token of a test account.",
        code="resource_missing",
        param="external_account",
    )


def _build_bank_account(
    external_id: str, tenant: Tenant, account: Account, params: Fields, at: datetime
) -> ExternalAccount:
    _require(params, "country", "account_number")
    country = params["country"].upper()
    checked = banks.check(
        country=country, number=params["account_number"], routing=params.get("routing_number")
    )
    return ExternalAccount(
        id=external_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind="bank_account",
        country=country,
        currency=params.get("currency") or account.default_currency,
        holder_name=params.get("account_holder_name"),
        holder_type=params.get("account_holder_type"),
        account_type=params.get("account_type"),
        last4=checked.last4,
        routing_number=checked.routing,
        bank_name=checked.bank_name or _bank_name(checked.routing),
        is_iban=checked.is_iban,
        fingerprint=_fingerprint(tenant, f"{checked.routing} {checked.number}"),
        sealed_number=account_numbers.seal(checked.number, row=external_id),
        created_at=at,
    )


def _find_card(params: Fields, tenant: Tenant, at: datetime) -> Card:
    vault = registry.vault(livemode=tenant.livemode)
    if vault is None:
        raise InvalidRequest(
            "Debit cards cannot be paid out to in live mode: no processor for them is set up.",
            param="external_account",
        )
    _require(params, "number", "exp_month", "exp_year")
    _check_expiry(params["exp_month"], params["exp_year"], at, "external_account[exp_year]")
    card = vault.find_payout_card(str(params["number"]).replace(" ", "").replace("-", ""))
    if card is None:
        raise InvalidRequest(
            "Payouts go to debit cards only. In test mode use 4000056655665556 or another of the "
            "test debit cards in the documentation.",
            code="invalid_card_type",
            param="external_account[number]",
        )
    return card


def _build_card(
    external_id: str,
    tenant: Tenant,
    account: Account,
    card: Card,
    params: Fields,
    at: datetime,
) -> ExternalAccount:
    card_id = _card_id(external_id)
    return ExternalAccount(
        id=card_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind="card",
        country="US",
        currency=params.get("currency") or account.default_currency,
        holder_name=params.get("name"),
        last4=card.last4,
        brand=display_brand(card.brand),
        exp_month=params.get("exp_month") or 12,
        exp_year=params.get("exp_year") or at.year + 4,
        address={key: params[key] for key in params if key.startswith("address_")},
        fingerprint=_fingerprint(tenant, card.instrument),
        sealed_number=account_numbers.seal(card.instrument, row=card_id),
        created_at=at,
    )


def _require(params: Fields, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise InvalidRequest(
                f"Missing required param: external_account[{name}].",
                code="parameter_missing",
                param=f"external_account[{name}]",
            )


def _check_expiry(month: int, year: int, at: datetime, param: str) -> None:
    """Refuse a card whose last month is over."""
    if (year, month) < (at.year, at.month):
        raise InvalidRequest(
            f"This card expired at the end of {month:02}/{year}. Money can only be sent to a card "
            "that is still good.",
            code="invalid_expiry_year",
            param=param,
        )


def _card_id(external_id: str) -> str:
    return "card_" + external_id.removeprefix("ba_")


def _bank_name(routing: str | None) -> str | None:
    return "RIALTO TEST BANK" if routing == "110000000" else None


def _fingerprint(tenant: Tenant, number: str) -> str:
    text = f"external account {tenant.account_id} {number}".encode()
    return hmac.new(settings.RIALTO_KEY_PEPPER.encode(), text, hashlib.sha256).hexdigest()[:16]
