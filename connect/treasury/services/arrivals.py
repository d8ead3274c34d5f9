"""Which lines of the bank's statements may be what processors have sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from connect.treasury.services.settlements import Settlement
from processors.sepa.services import arrival_lines
from processors.sepa.services.arrival_lines import Credit

# Processors tell of what they sent before or after the bank books it.
_EARLIER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A line of a statement that has the amount of a settlement.

    Args:
        line_id: `bline_...`.
        day: On which the bank booked it.
        who: Who sent it, as the bank says.
        text: What the bank says of it.
        is_named: True if it names the settlement as the processor does.
    """

    line_id: str
    day: date | None
    who: str
    text: str
    is_named: bool


def find(sent: Sequence[Settlement], *, livemode: bool) -> dict[str, list[Arrival]]:
    """Return the lines that settlements may be, by settlement, those that name it first.

    Of the same amount and currency always. One that names a settlement is no other's, and one that
    the bank booked long before it was sent is none. Somebody confirms each.

    Args:
        sent: What is on its way.
        livemode: Of which world.
    """
    sums = {(one.amount, one.currency) for one in sent}
    lines = arrival_lines.unmatched_credits(sums, livemode=livemode)
    named = {line.id: {one.key for one in sent if _names(line, one)} for line in lines}
    found = {}
    for one in sent:
        fitting = [
            line
            for line in lines
            if (line.amount, line.currency) == (one.amount, one.currency)
            and (one.key in named[line.id] or (not named[line.id] and _may_be(line, one)))
        ]
        arrivals = [_arrival(line, is_named=one.key in named[line.id]) for line in fitting]
        found[one.key] = sorted(arrivals, key=lambda each: not each.is_named)
    return found


def _names(line: Credit, sent: Settlement) -> bool:
    """Tell whether a line names a settlement. Banks break lines wherever they end."""
    told = "".join(f"{line.reference} {line.text}".split()).casefold()
    return len(sent.group) > 3 and "".join(sent.group.split()).casefold() in told


def _may_be(line: Credit, sent: Settlement) -> bool:
    if line.day is None or sent.since is None:
        return True
    return line.day >= sent.since.date() - _EARLIER


def _arrival(line: Credit, *, is_named: bool) -> Arrival:
    text = line.text or line.reference
    return Arrival(line.id, line.day, line.who, text, is_named)
