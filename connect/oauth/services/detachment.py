"""External accounts and people added by an application that was disconnected."""

from datetime import datetime

from accounts.models import Account
from connect.models import ExternalAccount, Person
from connect.onboarding import account_queries
from connect.onboarding.services import external_accounts, people
from connect.payouts import queries
from connect.payouts.services import schedules
from connect.payouts.services.payouts import cancel_pending
from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.errors import missing
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork


def detach(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """Detach what a disconnected application has added, and cancel payouts to it.

    What waited to be sent there is canceled: its money is usable again. Who opened an account
    has looked after it and was not let in; what it added stays.
    """
    require_transaction()
    account = lock_rows(Account.objects.all()).get(id=tenant.account_id)
    if account.opened_by_id == platform_id:
        return
    left = account_queries.people(tenant.account_id, livemode=tenant.livemode)
    left.filter(platform_id=platform_id).update(left_at=at)
    added = queries.external_accounts(tenant).filter(platform_id=platform_id)
    if not added.exists():
        return
    schedules.lock(tenant, at=at)
    work = UnitOfWork(tenant, at=at)
    for row in lock_rows(added).order_by("id"):
        work.change(row, left_at=at)
        cancel_pending(work, row)
    work.write_within()


def keep(*, tenant: Tenant, id: str, at: datetime) -> None:
    """Keep a detached bank account or person as the account's own.

    Raises:
        Missing: If none is detached with this id.
    """
    with UnitOfWork(tenant, at=at) as work:
        account_queries.lock(tenant, tenant.account_id)
        work.change(_find(tenant, id), left_at=None, platform_id=None)


def remove(*, tenant: Tenant, id: str, at: datetime) -> None:
    """Remove a detached bank account or person.

    The details of an individual are cleared, and due again.

    Raises:
        Missing: If none is detached with this id.
    """
    row = _find(tenant, id)
    if isinstance(row, Person) and row.is_individual:
        people.clear_individual(tenant=tenant, person_id=id, at=at)
    elif isinstance(row, Person):
        people.delete(tenant=tenant, account_id=tenant.account_id, person_id=id, at=at)
    else:
        external_accounts.delete(tenant=tenant, external_id=id, falls_back=True, at=at)


def _find(tenant: Tenant, id: str) -> ExternalAccount | Person:
    left = {"id": id, "left_at__isnull": False}
    found = queries.external_accounts(tenant).filter(**left).first()
    people_left = account_queries.people(tenant.account_id, livemode=tenant.livemode)
    row = found or people_left.filter(**left).first()
    if row is None:
        raise missing("external_account", id)
    return row
