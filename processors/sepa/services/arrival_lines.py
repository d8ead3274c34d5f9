"""Lines of statements that are money which a processor has sent to our bank."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from core.database.locking import lock_one
from core.errors import InvalidRequest
from core.money import Money
from processors.models import BankLine

ARRIVAL: Final = "arrival"
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came to our bank, as its statement tells of it.

    Args:
        id: `bline_...`.
        amount: Minor units.
        currency: Lower-case ISO code.
        day: When the bank booked it; None if it does not say.
        who: Who sent it.
        text: What stands with it.
        reference: The sender's end-to-end reference; empty without.
    """

    id: str
    amount: int
    currency: str
    day: date | None
    who: str
    text: str
    reference: str


def unmatched_credits(sums: Collection[tuple[int, str]], *, livemode: bool) -> list[Credit]:
    """Return the lines of these amounts that nobody knows what they are, the newest first.

    Args:
        sums: Amounts in minor units, above zero, with their currencies.
        livemode: Of which world's statements.
    """
    wanted = Q()
    for amount, currency in set(sums):
        wanted |= Q(amount=amount, currency=currency)
    if not wanted:
        return []
    rows = BankLine.objects.filter(wanted, matched_by="", file__livemode=livemode)
    return [
        Credit(
            row.id,
            row.amount,
            row.currency,
            row.booked_on,
            row.counterparty,
            row.text,
            row.end_to_end_id,
        )
        for row in rows.order_by("-id")[:_MOST]
    ]


def take(line_id: str, *, amount: int, currency: str, livemode: bool, by: str) -> None:
    """Match a line with what a processor has sent, as a step of the transaction that books it.

    Args:
        line_id: `bline_...`.
        amount: What was sent, in minor units.
        currency: Its currency.
        livemode: In which world.
        by: Who says so.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is matched already, or is about another amount.
    """
    rows = BankLine.objects.select_related("file").filter(file__livemode=livemode)
    line = lock_one(rows, line_id, kind="bank_line")
    if line.matched_by:
        raise InvalidRequest("This line is matched already.", param="line")
    if (line.amount, line.currency) != (amount, currency):
        raise InvalidRequest(
            f"This line is about {Money(line.amount, line.currency)}, and "
            f"{Money(amount, currency)} were sent.",
            param="line",
        )
    line.matched_by, line.matched_who = ARRIVAL, by
    line.save(update_fields=["matched_by", "matched_who"])
