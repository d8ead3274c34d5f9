"""Allocations of balance transactions to payouts: each belongs to one live payout."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.db import connection

from connect.models import Payout, PayoutSchedule
from core import ids
from core.database.transactions import require_transaction
from ledger.queries import LINES_SINCE

# Nobody's transaction is open for longer: what commits later than this after its ids were made
# does not happen.
_MARGIN: Final = timedelta(days=1)

# What payouts themselves did to the balance is not paid out.
_COLLECT = f"""
    WITH fresh AS ({LINES_SINCE}), added AS (
    INSERT INTO connect_payoutline
        (account_id, livemode, transaction_id, currency, amount, available_on, earned_on,
         is_released)
    SELECT %s, %s, line.id, line.currency, line.net, line.available_on, line.earned_on, false
    FROM fresh line
    WHERE line.net <> 0 AND line.type NOT IN ('payout', 'payout_cancel', 'payout_failure')
        AND NOT EXISTS (SELECT FROM connect_payoutline l WHERE l.transaction_id = line.id)
    )
    SELECT max(id) FROM fresh
"""  # noqa: S608  our own words

# What was taken from the balance first, all of it; then what was given, oldest first, until the
# amount is reached.
_WAITING: Final = """
    SELECT l.id, l.transaction_id, l.amount, l.available_on, l.earned_on,
        sum(l.amount) OVER (ORDER BY l.amount > 0, l.available_on, l.transaction_id, l.id)
            - l.amount AS before
    FROM connect_payoutline l
    WHERE l.account_id = %s AND l.livemode = %s AND l.currency = %s AND l.payout_id IS NULL
        AND (l.amount < 0 AND l.available_on <= %s
            OR l.amount > 0 AND l.available_on <= %s AND l.earned_on <= %s)
"""

_TOTAL = f"SELECT coalesce(sum(amount), 0)::bigint FROM ({_WAITING}) waiting"  # noqa: S608

# The same of many accounts at once, with what is not collected yet; nothing is written.
_OF_MANY = f"""
    WITH asked AS (
        SELECT account_id COLLATE "C" AS account_id, floor COLLATE "C" AS floor, earned_until
        FROM unnest(%s::text[], %s::text[], %s::date[]) AS a(account_id, floor, earned_until)
    )
    SELECT a.account_id, w.currency, sum(w.amount)::bigint
    FROM asked a CROSS JOIN LATERAL (
        SELECT l.currency, l.amount, l.available_on, l.earned_on
        FROM connect_payoutline l
        WHERE l.account_id = a.account_id AND l.livemode = %s AND l.payout_id IS NULL
        UNION ALL
        SELECT line.currency, line.net, line.available_on, line.earned_on
        FROM ({LINES_SINCE % ("a.account_id", "%s", "a.floor")}) line
        WHERE line.net <> 0 AND line.type NOT IN ('payout', 'payout_cancel', 'payout_failure')
            AND NOT EXISTS (SELECT FROM connect_payoutline l WHERE l.transaction_id = line.id)
    ) w
    WHERE w.available_on <= %s AND (w.amount < 0 OR w.earned_on <= a.earned_until)
    GROUP BY 1, 2
"""  # noqa: S608  our own words

_ATTACH = f"""
    WITH taken AS (
        SELECT w.*, CASE WHEN w.amount < 0 THEN w.amount ELSE least(w.amount, %s - w.before) END
            AS part
        FROM ({_WAITING}) w WHERE w.amount < 0 OR w.before < %s
    ), attached AS (
        UPDATE connect_payoutline l SET payout_id = %s, amount = t.part
        FROM taken t WHERE l.id = t.id
    ), rest AS (
        INSERT INTO connect_payoutline
            (account_id, livemode, transaction_id, currency, amount, available_on, earned_on,
             is_released)
        SELECT %s, %s, t.transaction_id, %s, t.amount - t.part, t.available_on, t.earned_on, false
        FROM taken t WHERE t.part < t.amount
    )
    SELECT FROM taken LIMIT 0
"""  # noqa: S608

_PLANNED = f"""
    SELECT w.transaction_id, w.earned_on,
        CASE WHEN w.amount < 0 THEN w.amount ELSE least(w.amount, %s - w.before) END
    FROM ({_WAITING}) w WHERE w.amount < 0 OR w.before < %s
    ORDER BY w.available_on, w.transaction_id, w.id LIMIT %s
"""  # noqa: S608

_RELEASE = """
    WITH released AS (
        UPDATE connect_payoutline SET is_released = true
        WHERE payout_id = %s AND NOT is_released
        RETURNING account_id, livemode, transaction_id, currency, amount, available_on, earned_on
    )
    INSERT INTO connect_payoutline
        (account_id, livemode, transaction_id, currency, amount, available_on, earned_on,
         is_released)
    SELECT *, false FROM released
"""


# What the payout had of each transaction is taken from what waits of it, in however many parts.
_ATTACH_AGAIN: Final = """
    WITH mine AS (
        SELECT transaction_id, sum(amount) AS amount FROM connect_payoutline
        WHERE payout_id = %s AND is_released GROUP BY transaction_id
    ), waiting AS (
        SELECT l.transaction_id, sum(l.amount) AS amount, array_agg(l.id) AS parts,
            min(l.available_on) AS available_on, min(l.earned_on) AS earned_on
        FROM connect_payoutline l JOIN mine USING (transaction_id)
        WHERE l.account_id = %s AND l.livemode = %s AND l.currency = %s AND l.payout_id IS NULL
        GROUP BY l.transaction_id
    ), found AS (
        SELECT coalesce(bool_and(abs(w.amount) >= abs(m.amount)), false) AS all_of_it
        FROM mine m LEFT JOIN waiting w USING (transaction_id)
        HAVING count(*) = count(w.amount)
    ), gone AS (
        DELETE FROM connect_payoutline
        WHERE id IN (SELECT unnest(parts) FROM waiting) AND (SELECT all_of_it FROM found)
    ), kept AS (
        UPDATE connect_payoutline SET is_released = false
        WHERE payout_id = %s AND is_released AND (SELECT all_of_it FROM found)
    ), rest AS (
        INSERT INTO connect_payoutline
            (account_id, livemode, transaction_id, currency, amount, available_on, earned_on,
             is_released)
        SELECT %s, %s, w.transaction_id, %s, w.amount - m.amount, w.available_on, w.earned_on, false
        FROM mine m JOIN waiting w USING (transaction_id)
        WHERE w.amount <> m.amount AND (SELECT all_of_it FROM found)
    )
    SELECT coalesce((SELECT all_of_it FROM found), false)
"""


def collect(schedule: PayoutSchedule) -> None:
    """Collect an account's new balance transactions for its next payout.

    Args:
        schedule: The account's locked schedule.
    """
    require_transaction()
    known = schedule.collected_id
    owner = (schedule.account_id, schedule.livemode)
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT, [*owner, _floor(schedule), *owner])
        newest = cursor.fetchone()[0]
    if newest and newest != known:
        schedule.collected_id = newest
        schedule.save(update_fields=["collected_id"])


def waiting_amount(
    schedule: PayoutSchedule, *, currency: str, today: date, earned_until: date
) -> int:
    """Return the available lines' sum in minor units; below zero if more was taken than given.

    Args:
        schedule: The account's schedule, with its lines collected.
        currency: Of the amount.
        today: The day.
        earned_until: The last day whose earnings count.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTAL, [schedule.account_id, schedule.livemode, currency, today, today, earned_until]
        )
        return int(cursor.fetchone()[0])


def waiting_amounts(
    schedules: Sequence[PayoutSchedule],
    *,
    livemode: bool,
    today: date,
    earned_until: Sequence[date],
) -> dict[tuple[str, str], int]:
    """Return the sums that `waiting_amount` gives, in one query that collects nothing.

    Args:
        schedules: The schedules of one mode.
        livemode: Their mode.
        today: The day.
        earned_until: The last day whose earnings count, for each of them.

    Returns:
        (account, currency) → minor units.
    """
    if not schedules:
        return {}
    owners, floors = [one.account_id for one in schedules], [_floor(one) for one in schedules]
    with connection.cursor() as cursor:
        cursor.execute(_OF_MANY, [owners, floors, list(earned_until), livemode, livemode, today])
        return {(owner, currency): int(total) for owner, currency, total in cursor.fetchall()}


def attach(payout: Payout, *, today: date, earned_until: date) -> None:
    """Allocate an account's available lines to a payout.

    Args:
        payout: A payout that is not saved yet, with its schedule locked and its lines collected.
        today: The day.
        earned_until: The last day whose earnings are paid.
    """
    require_transaction()
    owner = (payout.account_id, payout.livemode, payout.currency)
    # Around midnight the balance may hold what came with tomorrow's date while we waited.
    bounds = [today, today + timedelta(days=1), earned_until]
    with connection.cursor() as cursor:
        cursor.execute(_ATTACH, [payout.amount, *owner, *bounds, payout.amount, payout.id, *owner])


def preview(
    schedule: PayoutSchedule,
    *,
    currency: str,
    amount: int,
    today: date,
    earned_until: date,
    most: int,
) -> list[tuple[str, date, int]]:
    """Preview the allocations of a payout.

    Args:
        schedule: The account's schedule, with its lines collected.
        currency: Of the amount.
        amount: Minor units, above zero.
        today: The day.
        earned_until: The last day whose earnings are paid.
        most: The number of allocations to return.

    Returns:
        Each with its balance transaction, the day on which it was earned, and its part.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PLANNED,
            [
                amount,
                schedule.account_id,
                schedule.livemode,
                currency,
                today,
                today + timedelta(days=1),
                earned_until,
                amount,
                most,
            ],
        )
        return [(id, day, int(part)) for id, day, part in cursor.fetchall()]


def _floor(schedule: PayoutSchedule) -> str:
    """Return the id after which transactions may not be collected yet."""
    return ids.earlier(schedule.collected_id, _MARGIN) if schedule.collected_id else ""


def release(payout: Payout) -> None:
    """Release the allocations of a failed or canceled payout."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [payout.id])


def reattach(payout: Payout) -> bool:
    """Restore the allocations of a payout that was wrongly taken for failed.

    Args:
        payout: A payout whose account's schedule is locked.

    Returns:
        False if not all of its lines wait any more: then nothing was written.
    """
    require_transaction()
    owner = (payout.account_id, payout.livemode, payout.currency)
    with connection.cursor() as cursor:
        cursor.execute(_ATTACH_AGAIN, [payout.id, *owner, payout.id, *owner])
        return bool(cursor.fetchone()[0])
