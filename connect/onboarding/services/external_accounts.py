"""External accounts for payouts: adding, choosing, changing and removing them."""

from datetime import datetime

from accounts.models import Account
from accounts.services import consents
from connect.models import ExternalAccount
from connect.onboarding import account_queries
from connect.onboarding.services import new_destinations, verification
from connect.payouts import queries, resources
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
        known = ExternalAccount.objects.filter(
            id__in=(external_id, new_destinations.card_id(external_id))
        )
        if done := known.first():
            return done
    row = new_destinations.build(external_id, tenant, account, params, at)
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
    new_destinations.build("ba_", nobody, Account(id="acct_"), params, at)


def draft(
    tenant: Tenant, account: Account, params: str | Fields, *, at: datetime
) -> ExternalAccount:
    """Build an external account that is not saved.

    Raises:
        InvalidRequest: As `create` would.
    """
    return new_destinations.build("ba_", tenant, account, params, at)


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
        was_default, before = row.is_default, resources.external_account(row)
        apply(row, changes)
        if row.exp_month and row.exp_year and {"exp_month", "exp_year"} & changes.keys():
            new_destinations.check_expiry(row.exp_month, row.exp_year, at, "exp_year")
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
        work.emit(
            "account.external_account.updated",
            tenant,
            resources.external_account(row),
            before=before,
        )
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
            before = resources.external_account(next_one)
            next_one.is_default = True
            destination_holds.begin(next_one, at=at)
            next_one.save(update_fields=["is_default", "held_until", "hold_told_at"])
            work.emit(
                "account.external_account.updated",
                tenant,
                resources.external_account(next_one),
                before=before,
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
