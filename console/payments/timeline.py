"""All that happened to a payment, in one line of time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from api.models import RequestLog
from console.linking import link_to, opens
from console.payments import words
from console.words import BAD, NEUTRAL, code
from core.histories import History, Step
from core.ids import prefix_of

# Whatever happened at one moment is told in this order.
_KINDS: Final = (
    "created", "authentication", "charge", "capture", "unapplied", "application_fee", "transfer",
    "fraud_warning", "dispute", "refund", "reversal", "fee_refund", "payout", "cancellation",
)  # fmt: skip
# From this status on, an answer is a refusal.
_REFUSED: Final = 400


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
        text: What somebody wrote about it.
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
    text: str = ""


@dataclass(frozen=True, slots=True)
class More:
    """Objects that are not in the timeline, and the list that has them."""

    text: str
    page: str


def moments(
    histories: Iterable[History],
    names: Mapping[str, str],
    user: object,
    requests: Iterable[tuple[RequestLog, str]] = (),
) -> list[Moment]:
    """Return what happened, the newest first.

    Args:
        histories: As the rooms tell it.
        names: Of the accounts.
        user: Who asks; what is closed to them is not linked.
        requests: Of the log, with their pages; not told to whom the log is closed.
    """
    steps = [step for history in histories for step in history.steps]
    found = [
        ((step.at, _KINDS.index(step.kind), step.id), _moment(step, names, user)) for step in steps
    ]
    if opens(user, "api_requestlog"):
        # What came of a request is told above it.
        found += [((row.created_at, -1, row.id), _asked(row, page)) for row, page in requests]
    found.sort(key=itemgetter(0), reverse=True)
    return [moment for _, moment in found]


def more(histories: Iterable[History], parents: Mapping[str, str], user: object) -> list[More]:
    """Return what the timeline leaves out.

    Args:
        histories: As the rooms tell it.
        parents: Kind of history → the id by which its list is searched.
        user: Who asks; what is closed to them is not linked.
    """
    found = []
    for history in histories:
        if history.more:
            page, plural = words.PAGES[history.kind]
            address = reverse(f"admin:{page}_changelist")
            if parent := parents.get(history.kind):
                address += f"?q={parent}"
            text = gettext("and %(more)s more %(plural)s") % {
                "more": f"{history.more:,}",
                "plural": gettext(plural),
            }
            found.append(More(text, address if opens(user, page) else ""))
    return found


def _moment(step: Step, names: Mapping[str, str], user: object) -> Moment:
    what, look = words.step(step.kind, step.status)
    page, _ = words.PAGES.get(step.kind, ("", ""))
    return Moment(
        at=step.at,
        what=what,
        look=look,
        amount=str(step.money) if step.money else "",
        note=step.note if prefix_of(step.note) else code(step.note),
        id=step.id if page else "",
        page=_page(page, step.id, user),
        party=names.get(step.party, step.party),
        party_page=link_to(user, "accounts_account", step.party),
    )


def _asked(row: RequestLog, page: str) -> Moment:
    look = BAD if row.status_code >= _REFUSED else NEUTRAL
    note = f"{row.status_code} {row.error_code or ''}".strip()
    what = gettext("Asked over the API: %(method)s %(path)s") % {
        "method": row.method,
        "path": row.path,
    }
    return Moment(row.created_at, what, look, "", note, row.id, page, "", "")


def _page(page: str, id: str, user: object) -> str:
    # The raw fields of a charge stand on the payment's page.
    return f"#{id}" if page == "payments_charge" else link_to(user, page, id)
