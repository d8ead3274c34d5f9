"""Closing days: what every account held at the end of each."""

from datetime import date

from django.db import connection

from core.database.transactions import atomic


def write_snapshots() -> date | None:
    """Write the snapshots of all days that are surely over.

    A day is over for good when the last transaction has ended that could still commit an
    entry into it. While one is at work the day stays open, and a later call closes it. Which
    days are over is for the database's clock to say, as it says when an entry was posted.

    Returns:
        The last closed day, in UTC; None while no day is closed. Nothing of it, and of
        all days before it, can change any more.
    """
    with atomic(), connection.cursor() as cursor:
        # The first time this adds up the whole journal.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT ledger_take_snapshots()")
        (closed,) = cursor.fetchone()
        return closed if isinstance(closed, date) else None


# Selects a ledger account and what differs, for each snapshot that is not what the postings say,
# and for each closed day whose postings no snapshot has.
DIFFERING = """
    SELECT coalesce(s.account_id, d.account_id),
        coalesce(s.day, d.day) || ': snapshot ' || coalesce(s.closing_balance::text, 'missing')
        || ' of ' || coalesce(s.posting_count, 0) || ', postings '
        || coalesce(d.total::text, 'none') || ' of ' || coalesce(d.posting_count, 0)
    FROM (
        SELECT account_id, day, sum(total) OVER so_far AS total,
               sum(posting_count) OVER so_far AS posting_count, first_posting_id, last_posting_id
        FROM (
            SELECT p.account_id, (e.posted_at AT TIME ZONE 'UTC')::date AS day,
                   sum(p.amount) AS total, count(*) AS posting_count,
                   min(p.id) AS first_posting_id, max(p.id) AS last_posting_id
            FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
            GROUP BY 1, 2
        ) days
        WINDOW so_far AS (PARTITION BY account_id ORDER BY day)
    ) d
    JOIN ledger_snapshothorizon h ON d.day <= h.closed_through
    FULL JOIN ledger_snapshot s ON s.account_id = d.account_id AND s.day = d.day
    WHERE (s.closing_balance, s.posting_count, s.first_posting_id, s.last_posting_id)
        IS DISTINCT FROM (d.total, d.posting_count, d.first_posting_id, d.last_posting_id)
    ORDER BY 1, coalesce(s.day, d.day)
"""
