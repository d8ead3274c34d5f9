"""Sellers who were given money that none of their bank accounts takes."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from accounts.models import Account
from connect.models import Verification
from connect.services import verification
from connect.services.movements import Movement
from core import ids
from core.db import atomic

logger = logging.getLogger(__name__)

_RECENT: Final = timedelta(days=1)
# Payments of the last day, in a currency that cannot be paid out and was not told of yet. A seller
# without any bank account is asked for one anyway: only a foreign currency is news then.
_FOUND: Final = """
    SELECT y.account_id, y.livemode, array_agg(DISTINCT y.currency)
    FROM connect_sellerpayment y
    JOIN accounts_account s ON s.id = y.account_id
    JOIN connect_verification v ON v.account_id = y.account_id AND v.livemode = y.livemode
    WHERE y.id > %s AND s.opened_by_id IS NOT NULL AND s.closed_at IS NULL
        AND NOT jsonb_exists(v.stranded, y.currency)
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


def follow(*, at: datetime) -> int:
    """Ask sellers for a bank account that takes what they were given, and tell their platforms.

    Args:
        at: The moment.

    Returns:
        How many sellers were asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [ids.earlier(ids.new_id("py"), _RECENT)])
        found = cursor.fetchall()
    asked = 0
    for account_id, livemode, currencies in found:
        try:
            asked += _ask(account_id, currencies, livemode=livemode, at=at)
        except Exception:
            # One account must not stop the others. The next run tries again.
            logger.exception("could not ask %s for a bank account", account_id)
    return asked


def _ask(account_id: str, currencies: list[str], *, livemode: bool, at: datetime) -> bool:
    """Note what a seller was given, and ask it, at once: what is noted is not found again."""
    with atomic():
        account = (
            Account.objects.select_for_update(of=("self",), no_key=True)
            .filter(id=account_id, closed_at=None)
            .first()
        )
        if account is None:
            return False
        row = Verification.objects.select_for_update(no_key=True).get(
            account_id=account_id, livemode=livemode
        )
        row.stranded = sorted({*row.stranded, *currencies})
        row.save(update_fields=["stranded"])
        movement = Movement(livemode, at)
        verification.follow_quietly(movement, account, livemode=livemode, at=at)
        movement.commit()
    return True
