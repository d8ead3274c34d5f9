"""Why a balance is what it is: every line behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import connection

from core.types import SqlValues
from ledger.chart import OWED


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A posting behind a balance.

    Args:
        entry_id: `je_...`.
        kind: The rule.
        source: The object that caused it.
        code: The bucket.
        amount: Minor units, above zero when it was credited: when the owner was owed more.
        posted_at: When, by the database's clock; None if the entry was tampered with so that
            it says no moment.
        request_id: The request that caused it; None for background work.
        seal: The number of the seal that covers it; None if it is not sealed yet.
    """

    entry_id: str
    kind: str
    source: str
    code: str
    amount: int
    posted_at: datetime | None
    request_id: str | None
    seal: int | None

    def as_dict(self) -> dict[str, object]:
        """Return the line for JSON."""
        return asdict(self) | {"posted_at": self.posted_at.isoformat() if self.posted_at else None}


@dataclass(slots=True)
class ProofGroup:
    """The lines of one business object.

    Args:
        group: The object, such as `pi_...`.
        currency: The currency of all amounts.
        lines: The lines, in the order in which they were posted.
    """

    group: str
    currency: str
    lines: list[ProofLine] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return what the object did to the balance, in minor units."""
        return sum(line.amount for line in self.lines)


_LINES = """
    SELECT e."group", a.currency, e.id, e.kind, e.source, a.code, -p.amount,
        CASE WHEN e.posted_at BETWEEN '0001-01-02' AND '9999-12-30' THEN e.posted_at END,
        e.request_id,
        CASE WHEN e.xid < seal.until_xid THEN seal.number END
    FROM ledger_ledgeraccount a
    JOIN ledger_posting p ON p.account_id = a.id
    JOIN ledger_journalentry e ON e.id = p.entry_id
    -- The seal of its numbering that begins last before it.
    LEFT JOIN LATERAL (
        SELECT s.number, s.until_xid FROM ledger_seal s
        WHERE s.base_posting_id = coalesce((SELECT max(n.base_posting_id) FROM ledger_numbering n
                                            WHERE n.base_posting_id < p.id), 0)
            AND s.from_xid <= e.xid
        ORDER BY s.from_xid DESC LIMIT 1
    ) seal ON true
    WHERE a.owner = %s AND a.code = ANY(%s) AND a.livemode = %s
        AND (%s::text IS NULL OR a.currency = %s::text)
        AND (%s::timestamptz IS NULL OR e.posted_at <= %s::timestamptz)
    ORDER BY a.currency, min(e.posted_at) OVER (PARTITION BY a.currency, e."group"),
        e."group", p.id
"""


def prove(
    *,
    owner: str,
    livemode: bool,
    currency: str | None = None,
    at: datetime | None = None,
    codes: Sequence[str] = OWED,
) -> Iterator[ProofGroup]:
    """Explain an owner's balance, one business object after the other, the oldest first.

    Args:
        owner: `acct_...`.
        livemode: Which of the two worlds.
        currency: One currency; None for all, one after the other.
        at: The moment to explain; None for now.
        codes: Of which buckets.

    Yields:
        Objects with their lines. The totals of a currency add up to the balance of the buckets.
    """
    values: SqlValues = [owner, list(codes), livemode, currency, currency, at, at]
    current: ProofGroup | None = None
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        for group, of, *line in cursor:
            if current is None or (current.group, current.currency) != (group, of):
                if current:
                    yield current
                current = ProofGroup(group, of)
            current.lines.append(ProofLine(*line))
    if current:
        yield current
