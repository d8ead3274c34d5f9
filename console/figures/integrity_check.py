"""The check that holds the rollups of money against the books."""

from typing import Final

from ledger.audit.checking import Check
from ledger.reporting.figures import SUMS
from ledger.reporting.measures import Measure

_MONEY: Final = ", ".join(
    f"'{measure}'"
    for measure in Measure
    if measure not in (Measure.SUCCEEDED, Measure.FAILED, Measure.PENDING)
)
CHECK: Final = Check(
    "figures",
    "Volume, refunds, disputes and fees of every counted day are what the books have.",
    f"""
    WITH booked AS (
        {SUMS} AND e.posted_at >= current_setting('rialto.verify_since')::timestamptz
            AND (e.posted_at AT TIME ZONE 'UTC')::date IN (
                SELECT day FROM console_countedday WHERE counted_at IS NOT NULL)
        GROUP BY 1, 2, 3, 4, 5
    ), counted AS (
        SELECT account_id AS platform_id, livemode, hour, currency, measure, count, amount
        FROM console_hourlyfigure
        WHERE measure IN ({_MONEY}) AND hour >= date_trunc('hour',
            current_setting('rialto.verify_since')::timestamptz, 'UTC')
    )
    SELECT coalesce(b.platform_id, c.platform_id),
        coalesce(b.measure, c.measure) || ' of ' || coalesce(b.hour, c.hour) || ': counted '
        || coalesce(c.amount, 0) || ' ' || coalesce(b.currency, c.currency) || ' in '
        || coalesce(c.count, 0) || ', the books have ' || coalesce(b.amount, 0) || ' in '
        || coalesce(b.number, 0)
    FROM booked b
    FULL JOIN counted c USING (platform_id, livemode, hour, currency, measure)
    WHERE (b.amount, b.number) IS DISTINCT FROM (c.amount::numeric, c.count)
    ORDER BY 1, 2
    """,  # noqa: S608  our own words
)
