"""Negative balances: who is liable, what is reserved meanwhile, and when it is covered."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.audit import trail
from accounts.models import Account
from connect.models import ConnectReserveChange, Transfer
from connect.payouts.services import schedules
from connect.transfers.services import transfers
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger import rules
from ledger.chart import AVAILABLE, CONNECT_RESERVE
from ledger.entries import Entry, Line, Part
from ledger.posting.journal import BalanceInsufficient
from ledger.queries import Overdrawn
from operations.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Debt:
    """A seller's balance below zero.

    Args:
        owed: The balance, and since when it is negative.
        name: The seller's name.
        platform_id: The platform that opened the account; None if there is none.
        is_platforms: True if the platform is liable (`controller.losses.payments`).
        cover_at: When the platform covers it automatically; None if never.
    """

    owed: Overdrawn
    name: str
    platform_id: str | None
    is_platforms: bool
    cover_at: datetime | None


def debts(*, most: int = 100_000) -> list[Debt]:
    """Return the negative balances, the oldest first, with who is liable."""
    found = ledger_queries.overdrawn_owners(most=most)
    accounts = Account.objects.in_bulk({owed.owner for owed in found})
    after = timedelta(days=settings.NEGATIVE_BALANCES_COVERED_AFTER_DAYS)
    result = []
    for owed in found:
        account = accounts.get(owed.owner)
        if account is None:
            continue
        losses = account.controller.get("losses", {}).get("payments")
        is_platforms = account.opened_by_id is not None and losses == "application"
        result.append(
            Debt(
                owed=owed,
                name=account.name,
                platform_id=account.opened_by_id,
                is_platforms=is_platforms,
                cover_at=owed.since + after if is_platforms else None,
            )
        )
    return result


def reserve_and_cover(*, at: datetime) -> int:
    """Adjust platforms' reserves to what their sellers owe, and cover overdue balances.

    Args:
        at: The moment, in UTC.

    Returns:
        The number of changed reserves and balances.
    """
    count = 0
    for debt in debts():
        if debt.cover_at and debt.platform_id and debt.cover_at <= at:
            platform = Tenant(debt.platform_id, debt.owed.livemode)
            try:
                cover(
                    tenant=platform, seller_id=debt.owed.owner, currency=debt.owed.currency, at=at
                )
            except InvalidRequest:
                # What is there is set aside, and the rest waits until the platform has it; or
                # the seller has made it good meanwhile.
                continue
            count += 1
    for (platform, currency), amount in _target_reserves().items():
        try:
            count += _adjust_reserve(platform, currency, amount, at=at)
        except BalanceInsufficient:
            # Something else took it meanwhile: there is a next time.
            logger.info("%s could not set %s aside.", platform.account_id, amount)
    return count


def cover(*, tenant: Tenant, seller_id: str, currency: str, at: datetime) -> Transfer:
    """Cover a seller's negative balance, from the platform's reserve first.

    Args:
        tenant: The platform that is liable for the seller.
        seller_id: `acct_...`.
        currency: The currency of the debt.
        at: The moment.

    Raises:
        InvalidRequest: If the seller owes nothing, or the platform is not liable.
        BalanceInsufficient: If the platform does not have it, with who has and owes what, for
            operators. Nothing was posted.
    """
    with UnitOfWork(tenant, at=at) as work:
        # Who answers for whom never changes, and what is not there cannot be locked.
        platform_name, seller_name = _check_liability(tenant, seller_id)
        for account_id in sorted((tenant.account_id, seller_id)):
            schedules.lock(Tenant(account_id, tenant.livemode), at=at)
        balances = ledger_queries.balances(
            owners=[tenant.account_id, seller_id], livemode=tenant.livemode
        )
        owed = -balances[seller_id].available.get(currency, 0)
        if owed <= 0:
            raise InvalidRequest(f"{seller_id} owes nothing in {currency}.", param="destination")
        reserved = balances[tenant.account_id].connect_reserved.get(currency, 0)
        freed = _add_change(work, tenant, currency, -min(reserved, owed))
        transfer = transfers.cover(
            work, tenant=tenant, seller_id=seller_id, amount=owed, currency=currency, freed=freed
        )
        trail.record(
            "negative_balance.covered",
            transfer,
            changes={f"balance of {seller_id}": (Money(-owed, currency), Money(0, currency))},
        )
        available = balances[tenant.account_id].available.get(currency, 0)
        work.explain(
            _explain(
                f"Not covered: {seller_name} owes {Money(owed, currency)}, and {platform_name} "
                f"has {Money(available, currency)} available and {Money(reserved, currency)} set "
                "aside."
            )
        )
    return transfer


@contextmanager
def _explain(message: str) -> Iterator[None]:
    """Explain to operators that a platform cannot cover its seller's balance."""
    try:
        yield
    except BalanceInsufficient as error:
        raise BalanceInsufficient(message) from error


def _check_liability(tenant: Tenant, seller_id: str) -> tuple[str, str]:
    """Check that a platform is liable for a seller, and return the names of both."""
    rows = Account.objects.only("name", "opened_by_id", "controller")
    accounts = rows.in_bulk([tenant.account_id, seller_id])
    seller = accounts.get(seller_id)
    if seller is None:
        raise missing("account", seller_id, param="destination")
    losses = seller.controller.get("losses", {}).get("payments")
    if seller.opened_by_id != tenant.account_id or losses != "application":
        raise InvalidRequest(
            f"{tenant.account_id} does not answer for the losses of {seller_id}.",
            param="destination",
        )
    return accounts[tenant.account_id].name or tenant.account_id, seller.name or seller_id


def _target_reserves() -> Mapping[tuple[Tenant, str], int]:
    """Return the reserve that each platform should hold."""
    targets: dict[tuple[Tenant, str], int] = {}
    for owner, currency, livemode in ledger_queries.reserve_owners():
        targets[(Tenant(owner, livemode), currency)] = 0
    for debt in debts():
        if debt.is_platforms and debt.platform_id:
            key = (Tenant(debt.platform_id, debt.owed.livemode), debt.owed.currency)
            targets[key] = targets.get(key, 0) + debt.owed.amount
    return targets


def _adjust_reserve(platform: Tenant, currency: str, target: int, *, at: datetime) -> bool:
    with UnitOfWork(platform, at=at) as work:
        schedules.lock(platform, at=at)
        balance = ledger_queries.balance(owner=platform.account_id, livemode=platform.livemode)
        missing = target - balance.connect_reserved.get(currency, 0)
        amount = min(missing, max(balance.available.get(currency, 0), 0))
        if not amount:
            return False
        _book_change(work, platform, currency, amount)
    return True


def _book_change(work: UnitOfWork, platform: Tenant, currency: str, amount: int) -> None:
    line = _add_change(work, platform, currency, amount)
    usable, reserved = (Part(AVAILABLE, abs(amount)),), (Part(CONNECT_RESERVE, abs(amount)),)
    is_more = amount > 0
    work.post(
        Entry(
            rule=rules.CONNECT_RESERVE_RAISED if is_more else rules.CONNECT_RESERVE_LOWERED,
            source=line.source,
            group=line.source,
            currency=currency,
            debit_owner=platform.account_id,
            credit_owner=platform.account_id,
            debits=usable if is_more else reserved,
            credits=reserved if is_more else usable,
            lines=(line,),
        )
    )


def _add_change(work: UnitOfWork, platform: Tenant, currency: str, amount: int) -> Line:
    """Record a change of a platform's reserve, and return its balance transaction."""
    row = ConnectReserveChange(
        id=new_id("crsv"),
        account_id=platform.account_id,
        livemode=platform.livemode,
        amount=amount,
        currency=currency,
        balance_transaction_id=new_id("txn"),
        created_at=work.at,
    )
    if amount:
        work.insert(row)
    return Line(
        id=row.balance_transaction_id,
        owner=platform.account_id,
        type="reserve_transaction",
        amount=-amount,
        source=row.id,
        available_on=work.at.date(),
        description="Set aside against negative balances of connected accounts",
    )
