"""How business went, as the books have it: volume, refunds, disputes and fees by the hour."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify

from accounts.queries import PLATFORMS
from core.types import JsonObject
from ledger import rules
from ledger.chart import OWED
from ledger.reporting import history
from ledger.reporting.measures import Figure, Measure

# Measure, which sign its owners' legs have in it, which legs count (1: debits, -1: credits, 0:
# both), by how much an entry changes the number, and the rules.
_MEASURED: Final[Sequence[tuple[Measure, int, int, int, Sequence[rules.Rule]]]] = (
    (Measure.VOLUME, -1, 0, 1, (rules.CHARGE_CAPTURED,)),
    (Measure.VOLUME, -1, 0, -1, (rules.PAYMENT_FAILED,)),
    (Measure.REFUNDS, 1, 0, 1, (rules.REFUND_RESERVED, rules.REFUND_MADE_OUTSIDE)),
    (Measure.REFUNDS, 1, 0, -1, (rules.REFUND_CANCELED, rules.REFUND_FAILED)),
    (Measure.DISPUTES, 1, 0, 1, (rules.DISPUTE_WITHDRAWN,)),
    (Measure.DISPUTES, 1, 0, 0, (rules.DISPUTE_REINSTATED,)),
    (
        Measure.PROCESSING_FEES, 1, 0, 0,
        (
            rules.PROCESSOR_FEE, rules.PLATFORM_PROCESSOR_FEE, rules.FEE_TRUE_UP,
            rules.FEE_TRUE_UP_RETURNED, rules.PROCESSOR_FEE_RETURNED, rules.PROCESSOR_FEE_RETAKEN,
            rules.DISPUTE_FEE,
        ),
    ),
    # Between owners: what who gets it gets, and what who returns it gives.
    (
        Measure.APPLICATION_FEES, -1, -1, 0,
        (
            rules.APPLICATION_FEE, rules.EXCHANGED_FEE, rules.REFUND_FEE_RESTORED,
            rules.REFUND_EXCHANGED_FEE_RESTORED, rules.PAYOUT_FEE,
        ),
    ),
    (
        Measure.APPLICATION_FEES, -1, 1, 0,
        (
            rules.APPLICATION_FEE_REFUND, rules.REVERSAL_FEE_REFUND, rules.EXCHANGED_FEE_REFUND,
            rules.PAYOUT_FEE_RETURNED,
        ),
    ),
)  # fmt: skip
_KINDS: Final = ", ".join(
    f"('{rule.kind}', '{measure}', {sign}, {leg}, {number})"
    for measure, sign, leg, number, found in _MEASURED
    for rule in found
)
_CODES: Final = ", ".join(f"'{code}'" for code in OWED)

# A correction counts against what it takes back. Whoever reads this adds which postings, by `p`
# and `e`, and groups by the first five columns.
SUMS: Final = f"""
    SELECT o.platform_id, e.livemode, date_trunc('hour', e.posted_at, 'UTC') AS hour, a.currency,
        m.measure,
        count(DISTINCT e.id) FILTER (WHERE m.number * d.way > 0)
            - count(DISTINCT e.id) FILTER (WHERE m.number * d.way < 0) AS number,
        sum(m.sign * p.amount) AS amount
    FROM ledger_posting p
    JOIN ledger_journalentry e ON e.id = p.entry_id
    LEFT JOIN ledger_journalentry r
        ON e.kind = '{rules.CORRECTION.kind}' AND r.id = e.reverses_id
    CROSS JOIN LATERAL (SELECT CASE WHEN r.id IS NULL THEN 1 ELSE -1 END AS way) d
    JOIN (VALUES {_KINDS}) m(kind, measure, sign, leg, number) ON m.kind = coalesce(r.kind, e.kind)
    JOIN ledger_ledgeraccount a ON a.id = p.account_id AND a.code IN ({_CODES})
    JOIN {PLATFORMS} o ON o.account_id = a.owner
    WHERE (m.leg = 0 OR sign(p.amount) = m.leg * d.way)
"""  # noqa: S608  our own words
_SPAN: Final = f"""
    {SUMS} AND p.id BETWEEN %(first_id)s AND %(last_id)s
        AND e.posted_at >= %(start)s AND e.posted_at < %(end)s
    GROUP BY 1, 2, 3, 4, 5
"""


def figures(*, start: datetime, end: datetime) -> list[Figure]:
    """Return the sums of all platforms in a span, which is bounded by the ids of its postings.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
    """
    first, last = history.posting_ids(start=start, end=end)
    values: JsonObject = {"first_id": first, "last_id": last, "start": start, "end": end}
    with connection.cursor() as cursor:
        # With its values inside, so that PostgreSQL plans it for this span: its plan for any span
        # looks an entry up for each posting, which takes minutes where one day has a million.
        cursor.execute(mogrify(_SPAN, values, connection))
        return [
            Figure(platform, livemode, hour, currency, Measure(measure), count, int(amount))
            for platform, livemode, hour, currency, measure, count, amount in cursor.fetchall()
        ]
