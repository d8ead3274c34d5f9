"""Sellers who were given money that none of their bank accounts takes."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from accounts.models import Account
from accounts.services import letters
from connect.models import AccountRequirements
from connect.onboarding.services import verification
from core import ids
from core.database.locking import lock_rows
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from ledger import queries as ledger_queries
from operations.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

# Every few seconds only the newest are looked at; whatever that missed is found by the sweep.
_NEWEST: Final = timedelta(minutes=2)
_RECENT: Final = timedelta(days=1)
# Which of those who were given money, by transfers or by charges of their own, have it in a
# currency that cannot be paid out and was not told of yet. A seller without any bank account is
# asked for one anyway: only a foreign currency is news then.
_FOUND: Final = """
    SELECT y.account_id, y.livemode, array_agg(y.currency)
    FROM unnest(%s::text[], %s::text[], %s::bool[]) AS y (account_id, currency, livemode)
    JOIN accounts_account s ON s.id = y.account_id
    JOIN connect_accountrequirements r ON r.account_id = y.account_id AND r.livemode = y.livemode
    WHERE s.opened_by_id IS NOT NULL AND s.closed_at IS NULL
        AND NOT jsonb_exists(r.stranded, y.currency)
        AND NOT EXISTS (
            SELECT FROM connect_externalaccount e
            WHERE e.account_id = y.account_id AND e.livemode = y.livemode
                AND e.currency = y.currency AND e.deleted_at IS NULL)
        AND (y.currency <> s.default_currency OR EXISTS (
            SELECT FROM connect_externalaccount e
            WHERE e.account_id = y.account_id AND e.livemode = y.livemode
                AND e.deleted_at IS NULL))
    GROUP BY 1, 2
"""


def report_stranded(*, at: datetime) -> int:
    """Request bank accounts for money that was just stranded.

    They and their platforms are told.

    Args:
        at: The moment.

    Returns:
        How many sellers were asked.
    """
    return _report_since(_NEWEST, at)


def sweep(*, at: datetime) -> int:
    """Request bank accounts for stranded money that `report_stranded` has missed.

    Args:
        at: The moment.

    Returns:
        How many sellers were asked.
    """
    return _report_since(_RECENT, at)


def _report_since(since: timedelta, at: datetime) -> int:
    given = ledger_queries.credited_since(ids.earlier(ids.new_id("txn"), since))
    if not given:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [list(column) for column in zip(*given, strict=True)])
        found = cursor.fetchall()
    asked = 0
    for account_id, livemode, currencies in found:
        try:
            asked += _request_bank_account(account_id, currencies, livemode=livemode, at=at)
        except Exception:
            # One account must not stop the others. The next run tries again.
            logger.exception("could not ask %s for a bank account", account_id)
    return asked


def _request_bank_account(
    account_id: str, currencies: list[str], *, livemode: bool, at: datetime
) -> bool:
    """Record stranded money, and request a bank account that takes it."""
    with UnitOfWork(Tenant(account_id, livemode), at=at) as work:
        rows = Account.objects.select_related("opened_by").filter(id=account_id, closed_at=None)
        account = lock_rows(rows).first()
        if account is None:
            return False
        row = lock_rows(AccountRequirements.objects.all()).get(
            account_id=account_id, livemode=livemode
        )
        has = ledger_queries.balance(owner=account_id, livemode=livemode)
        left = {code: has.available.get(code, 0) + has.pending.get(code, 0) for code in currencies}
        # It may have gone back meanwhile, or another worker was faster.
        news = [code for code in currencies if left[code] > 0 and code not in row.stranded]
        if not news:
            return False
        row.stranded = sorted({*row.stranded, *news})
        row.save(update_fields=["stranded"])
        for code in news:
            _write_letters(account, Money(left[code], code), livemode=livemode, at=at)
        verification.evaluate_quietly(work, account, livemode=livemode, at=at)
    return True


def _write_letters(account: Account, money: Money, *, livemode: bool, at: datetime) -> None:
    """Write to the seller and to its platform."""
    platform = account.opened_by
    assert platform is not None
    context: JsonObject = {
        "name": account.name or account.id,
        "seller": account.id,
        "money": str(money),
        "currency": money.currency.upper(),
        "own": account.default_currency.upper(),
        "platform": platform.name or platform.id,
        "livemode": livemode,
        "contact": platform.business_profile.get("support_email") or platform.email,
    }
    mode = "live" if livemode else "test"
    occurrence = f"{account.id} has {money.currency} in {mode} mode since {at.isoformat()}"
    for whom, folder in ((account, "no_bank_account"), (platform, "seller_without_bank_account")):
        letters.write(
            whom, f"connect/mail/{folder}", context, occurrence=f"{whom.id}: {occurrence}", at=at
        )
