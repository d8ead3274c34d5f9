"""What the books have of one business object, such as a payment."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet, Sum

from core.ids import span
from ledger.models import BalanceTransaction, JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class Moved:
    """What one rule has moved into one ledger account for one business object, in all.

    Args:
        kind: The rule.
        code: Of the ledger account.
        owner: Whose account it is: `acct_...`, or a processor.
        currency: The currency of the amount.
        amount: Minor units; credits are positive.
    """

    kind: str
    code: str
    owner: str
    currency: str
    amount: int


def movements_of(group: str) -> list[Moved]:
    """Return all that has moved for a business object, in one query: it adds up to zero.

    Args:
        group: `pi_...`.
    """
    rows = Posting.objects.filter(entry__group=group).order_by()
    sums = rows.values_list("entry__kind", "account__code", "account__owner", "currency")
    return [
        Moved(kind, code, owner, currency, -total)
        for kind, code, owner, currency, total in sums.annotate(total=Sum("amount"))
        if total
    ]


def entries_of(group: str) -> QuerySet[JournalEntry]:
    """Return the entries of a business object, the newest first."""
    return JournalEntry.objects.filter(group=group).order_by("-id")


def entries_by(request_id: str, *, within: timedelta, most: int) -> list[JournalEntry]:
    """Return the newest entries that a request has posted.

    No index knows requests: what a request made has an id soon after its own.

    Args:
        request_id: `req_...`.
        within: How long it took.
        most: How many.
    """
    first, last = span("je", request_id, within)
    rows = JournalEntry.objects.filter(id__gte=first, id__lte=last, request_id=request_id)
    return list(rows.order_by("-id")[:most])


def lines_of_group(group: str) -> QuerySet[BalanceTransaction]:
    """Return what all owners were shown of a business object."""
    return BalanceTransaction.objects.filter(entry__group=group)
