"""What gathered entries would do to the balances of those whom they are about."""

from collections import Counter
from collections.abc import Iterable

from ledger import queries
from ledger.chart import AVAILABLE, PENDING
from ledger.entries import Entry
from payments.resources.refund_previews import Effect


def effects_of(entries: Iterable[Entry], *, currency: str, livemode: bool) -> list[Effect]:
    """Return each account's balance before and after entries that are not written.

    Args:
        entries: What would be posted.
        currency: Only amounts of it count.
        livemode: Of which mode they are.
    """
    changes: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for owner, code, own_currency, amount, *_ in entry.legs():
            if code in (AVAILABLE, PENDING) and own_currency == currency:
                # Credits are negative, and make what is owed more.
                changes[owner, code] -= amount
    owners = list(dict.fromkeys(owner for owner, _ in changes))
    now = queries.balances(owners=owners, livemode=livemode)
    found = []
    for owner in owners:
        available = now[owner].available.get(currency, 0)
        pending = now[owner].pending.get(currency, 0)
        found.append(
            Effect(
                owner,
                available,
                available + changes[owner, AVAILABLE],
                pending,
                pending + changes[owner, PENDING],
            )
        )
    return found
