"""Taking a wrong entry back, by its opposite. Nothing is ever rewritten."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.database.transactions import require_transaction
from core.errors import missing
from ledger import rules
from ledger.chart import AVAILABLE, OWED, PENDING
from ledger.entries import Correction, Leg, Line, Part
from ledger.models import JournalEntry, Posting
from ledger.posting import journal, lots


class NotCorrectable(ValueError):
    """The entry only moved money between buckets of one owner, as time does."""


def reverse(
    entry_id: str, *, at: datetime, description: str | None = None, type: str = "adjustment"
) -> journal.Posted:
    """Post the opposite of an entry. An entry is taken back once: asked again, nothing is posted.

    Money that was pending and has matured meanwhile is taken from, or given to, what is available.

    Args:
        entry_id: `je_...`.
        at: When the correction takes effect.
        description: What owners are shown; by default the entry's id.
        type: The type of the balance transactions that owners are shown.

    Raises:
        Missing: If there is no such entry.
        NotCorrectable: If the entry is a maturation.
    """
    require_transaction()
    entry = JournalEntry.objects.filter(id=entry_id).first()
    if entry is None:
        raise missing("journal_entry", entry_id)
    if entry.kind == rules.MATURATION.kind:
        raise NotCorrectable(f"{entry_id} is a maturation: correct the entry that it follows.")
    postings = Posting.objects.filter(entry_id=entry_id).select_related("account").order_by("id")
    repaid: dict[tuple[str, str | None], int] = defaultdict(int)
    for posting in postings:
        if posting.account.code == AVAILABLE:
            repaid[posting.account.owner, posting.lot] += posting.amount
    legs = [
        leg
        for posting in postings
        for leg in _opposite(
            posting, repaid[posting.account.owner, posting.lot], livemode=entry.livemode
        )
    ]
    correction = Correction(
        reverses=entry_id,
        group=entry.group,
        opposite=legs,
        lines=_lines(
            legs, entry, at=at, description=description or f"Correction of {entry_id}", type=type
        ),
    )
    return journal.post(correction, livemode=entry.livemode, at=at)


def reverse_last(
    group: str, rule: rules.Rule, *, at: datetime, description: str, type: str
) -> journal.Posted | None:
    """Post the opposite of a business object's last entry of a kind. See `reverse`.

    Returns:
        None if it has no such entry.
    """
    require_transaction()
    entries = JournalEntry.objects.filter(group=group, kind=rule.kind)
    last = entries.order_by("-id").values_list("id", flat=True).first()
    if last is None:
        return None
    return reverse(last, at=at, description=description, type=type)


def _opposite(posting: Posting, repaid: int, *, livemode: bool) -> Sequence[Leg]:
    account, amount, currency = posting.account, -posting.amount, posting.currency
    if account.code != PENDING or posting.lot is None:
        return [(account.owner, account.code, currency, amount, posting.available_on, posting.lot)]
    lot = lots.find(
        owner=account.owner,
        source=posting.lot,
        day=posting.available_on,
        currency=currency,
        livemode=livemode,
    )
    # The opposite of what was available makes good what the lot had of it.
    lot = replace(lot, lent=max(0, lot.lent - repaid))
    spread = lots.debit_parts if amount > 0 else lots.credit_parts
    sign = 1 if amount > 0 else -1
    parts: Sequence[Part] = spread(lot, abs(amount))
    return [
        (account.owner, part.code, currency, sign * part.amount, part.available_on, part.lot)
        for part in parts
    ]


def _lines(
    legs: Sequence[Leg], entry: JournalEntry, *, at: datetime, description: str, type: str
) -> Sequence[Line]:
    changes: dict[tuple[str, str], int] = defaultdict(int)
    for owner, code, currency, amount, _, _ in legs:
        if code in OWED:
            changes[owner, currency] -= amount
    return [
        Line(
            owner=owner,
            type=type,
            amount=change,
            currency=currency,
            source=entry.source,
            description=description,
            available_on=at.date(),
        )
        for (owner, currency), change in changes.items()
        if change
    ]
