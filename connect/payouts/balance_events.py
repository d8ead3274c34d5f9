"""Telling accounts that their money can be paid out."""

from datetime import datetime

from accounts.models import Account
from core.tenant import Tenant
from ledger import queries, resources
from operations.unit_of_work import UnitOfWork


def tell_available(owner: str, *, livemode: bool, at: datetime) -> None:
    """Emit `balance.available`, as a step of the transaction that makes it so.

    Args:
        owner: Whose money it is; nobody is told of what is no account's.
        livemode: The mode.
        at: The moment.
    """
    currencies = Account.objects.filter(id=owner).values_list("default_currency", flat=True)
    if (currency := currencies.first()) is None:
        return
    tenant, work = Tenant(owner, livemode), UnitOfWork(at=at)
    totals = queries.balance(owner=owner, livemode=livemode)
    shown = resources.balance(totals, livemode=livemode, currency=currency)
    work.emit("balance.available", tenant, {"id": owner, **shown})
    work.write_within()
