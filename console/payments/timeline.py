"""All that happened to a payment, in one line of time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.admin.utils import quote
from django.urls import reverse

from console.payments import words
from core.admin import page_of
from core.histories import History, Step

# Whatever happened at one moment is told in this order.
_KINDS: Final = (
    "created", "authentication", "charge", "capture", "application_fee", "transfer",
    "fraud_warning", "dispute", "refund", "reversal", "fee_refund", "payout", "cancellation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline.

    Args:
        at: When.
        what: What happened.
        look: How it looks: good, waiting, bad or neutral.
        amount: With its currency; empty for none.
        note: More of it.
        id: The object.
        page: Its page; empty for the payment's own.
        party: The account on the other side, for people.
        party_page: That account's page.
    """

    at: datetime
    what: str
    look: str
    amount: str
    note: str
    id: str
    page: str
    party: str
    party_page: str


@dataclass(frozen=True, slots=True)
class More:
    """Objects that are not in the timeline, and the list that has them."""

    text: str
    page: str


def moments(histories: Iterable[History], names: Mapping[str, str]) -> list[Moment]:
    """Return what happened, the newest first.

    Args:
        histories: As the rooms tell it.
        names: Of the accounts.
    """
    steps = [step for history in histories for step in history.steps]
    steps.sort(key=lambda step: (step.at, _KINDS.index(step.kind), step.id), reverse=True)
    return [_moment(step, names) for step in steps]


def more(histories: Iterable[History], parents: Mapping[str, str]) -> list[More]:
    """Return what the timeline leaves out.

    Args:
        histories: As the rooms tell it.
        parents: Kind of history → the id by which its list is searched.
    """
    found = []
    for history in histories:
        if history.more:
            page, plural = words.PAGES[history.kind]
            address = reverse(f"admin:{page}_changelist")
            if parent := parents.get(history.kind):
                address += f"?q={parent}"
            found.append(More(f"and {history.more:,} more {plural}", address))
    return found


def _moment(step: Step, names: Mapping[str, str]) -> Moment:
    what, look = words.step(step.kind, step.status)
    page, _ = words.PAGES.get(step.kind, ("", ""))
    return Moment(
        at=step.at,
        what=what,
        look=look,
        amount=str(step.money) if step.money else "",
        note=words.code(step.note),
        id=step.id if page else "",
        page=_page(page, step.id),
        party=names.get(step.party, step.party),
        party_page=page_of("accounts_account", step.party) if step.party else "",
    )


def _page(page: str, id: str) -> str:
    if page == "payments_charge":
        # Its raw fields stand on the payment's page.
        return f"#{id}"
    return reverse(f"admin:{page}_change", args=[quote(id)]) if page else ""
