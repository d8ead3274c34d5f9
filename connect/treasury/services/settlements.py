"""What processors have sent to our bank: on its way, and received (72b)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.audit import trail
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger import rules
from ledger.chart import BANK, SETTLEMENT_IN_TRANSIT
from ledger.entries import OPERATOR, Entry, Part
from ledger.posting import lots
from ledger.posting.clearing import clearing_ageing
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.sepa.services import arrival_lines

# Of the groups of moves, which are received by what becomes of their rows.
_MOVES: Final = "tmove_"
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Settlement:
    """Money that a processor account has sent to our bank.

    Args:
        holder: The processor account.
        group: What the processor calls it, or our line of its statement.
        currency: Lower-case ISO code.
        amount: Minor units.
        since: When it was booked.
    """

    holder: str
    group: str
    currency: str
    amount: int
    since: datetime | None

    @property
    def key(self) -> str:
        """Return what names it among all settlements."""
        return f"{self.holder}:{self.group}:{self.currency}"


def on_their_way(*, livemode: bool) -> list[Settlement]:
    """Return what has been sent and not received, the oldest first, in one query."""
    found = clearing_ageing(most=_MOST, livemode=livemode, codes=[SETTLEMENT_IN_TRANSIT])
    return [
        Settlement(one.owner, one.group, one.currency, one.amount, one.since)
        for one in found
        if one.amount > 0 and not one.group.startswith(_MOVES)
    ]


def receive(
    key: str, *, livemode: bool, line_id: str = "", by: str = "", at: datetime
) -> Settlement | None:
    """Book that our bank has what a processor account sent; the same again changes nothing.

    Args:
        key: Which settlement: `Settlement.key`.
        livemode: Which of the two worlds.
        line_id: `bline_...` of the bank's statement that says so; empty for none.
        by: Who says that it is this line.
        at: The moment.

    Returns:
        The settlement; None if it was received before.

    Raises:
        InvalidRequest: If nothing of this key was sent, or the line is something else.
        Missing: If there is no such line.
    """
    with UnitOfWork(Tenant(OPERATOR, livemode), at=at) as work:
        # Of two who book it at once the second waits, and finds it done.
        lots.lock_source(key)
        if ledger_queries.is_posted(key, rules.SETTLEMENT_RECEIVED.kind):
            return None
        found = {one.key: one for one in on_their_way(livemode=livemode)}.get(key)
        if found is None:
            raise InvalidRequest(
                "No such settlement is on its way. Look again: it may have come back.",
                param="settlement",
            )
        if line_id:
            arrival_lines.take(
                line_id, amount=found.amount, currency=found.currency, livemode=livemode, by=by
            )
        work.post(
            Entry(
                rule=rules.SETTLEMENT_RECEIVED,
                source=key,
                group=found.group,
                currency=found.currency,
                debit_owner=registry.BANK_RAIL,
                credit_owner=found.holder,
                debits=(Part(BANK, found.amount),),
                credits=(Part(SETTLEMENT_IN_TRANSIT, found.amount),),
            )
        )
        trail.record(
            "settlement.received",
            target=("processor_account", found.holder),
            livemode=livemode,
            changes={
                "settlement": (None, found.group),
                "amount": (None, Money(found.amount, found.currency)),
                **({"line": (None, line_id)} if line_id else {}),
            },
        )
    return found
