"""Money that is set aside before it moves: two steps, the second of which happens once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

from django.db import connection

from core import ids, request_context
from core.database.transactions import atomic, require_transaction, with_retries
from ledger.entries import Entry, UnbalancedEntry
from ledger.models import Hold, HoldEvent
from ledger.posting import journal

_MOST_AT_ONCE: Final = 1_000


def create(
    *,
    owner: str,
    code: str,
    currency: str,
    amount: int,
    source: str,
    livemode: bool,
    expires_at: datetime | None = None,
    at: datetime,
) -> str:
    """Set a part of a guarded balance aside: it is still the owner's, but cannot be used.

    Args:
        owner: The account, `acct_...`.
        code: A guarded code of the chart.
        currency: The currency of the amount.
        amount: Minor units, positive.
        source: The object that causes it. It has one hold, for ever: asked again, the
            answer is the first one.
        livemode: Which of the two worlds.
        expires_at: When it ends by itself; None for never.
        at: The moment of the request.

    Returns:
        `hold_...`.

    Raises:
        BalanceInsufficient: If less than that is usable. A hold never overdraws.
        PostedDifferently: If the source holds another amount.
    """
    require_transaction()
    values = (
        ids.new_id("hold"),
        livemode,
        code,
        owner,
        currency,
        amount,
        source,
        request_context.current().request_id,
        expires_at,
        at,
    )
    with journal.translate_refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold(%s, %s, %s, %s, %s, %s::bigint, %s, %s, %s, %s)", values)
        return str(cursor.fetchone()[0])


def capture(hold_id: str, entry: Entry, *, livemode: bool, at: datetime) -> journal.Posted:
    """End a hold by moving what was set aside, or a part of it. The rest is usable again.

    Args:
        hold_id: `hold_...`.
        entry: The movement. It debits the held account by no more than was held.
        livemode: Which of the two worlds.
        at: When it takes effect.

    Raises:
        HoldResolved: If it was captured, released or has expired.
        UnbalancedEntry: If the entry does not debit the held account, or by too much.
    """
    require_transaction()
    account = Hold.objects.select_related("account").get(id=hold_id).account
    held = (account.owner, account.code, account.currency)
    legs = entry.legs()
    taken = sum(amount for *who, amount, _, _ in legs if tuple(who) == held and amount > 0)
    if taken == 0:
        raise UnbalancedEntry(f"{entry.source} takes nothing of {hold_id}.")
    _lock([(code, owner, currency) for owner, code, currency, *_ in legs], livemode=livemode)
    _resolve(hold_id, "captured", taken, entry.id, at=at)
    return journal.post(entry, livemode=livemode, at=at)


def release(hold_id: str, *, at: datetime) -> None:
    """End a hold and let all of it be used again.

    Raises:
        HoldResolved: If it was captured, released or has expired.
    """
    require_transaction()
    _resolve(hold_id, "released", 0, None, at=at)


def expire(*, at: datetime) -> int:
    """End all holds whose time is over.

    Args:
        at: The moment, in UTC. The database looks at its own clock as well.

    Returns:
        How many have ended.
    """
    due = Hold.objects.filter(expires_at__lte=at, resolution=None).order_by("expires_at")
    ended = 0
    for hold_id in due.values_list("id", flat=True)[:_MOST_AT_ONCE]:
        # Somebody may have ended it meanwhile.
        with suppress(journal.HoldResolved):
            with_retries(partial(_expire, hold_id, at=at))
            ended += 1
    return ended


def _expire(hold_id: str, *, at: datetime) -> None:
    with atomic():
        _resolve(hold_id, "expired", 0, None, at=at)


def open_holds(*, owner: str, livemode: bool) -> Sequence[Hold]:
    """Return what is set aside of an owner's balances, oldest first."""
    return list(
        Hold.objects.filter(account__owner=owner, account__livemode=livemode, resolution=None)
        .select_related("account")
        .order_by("id")
    )


def resolution(hold_id: str) -> HoldEvent | None:
    """Return how a hold ended; None while it is open."""
    return HoldEvent.objects.filter(hold_id=hold_id).first()


def _lock(accounts: Sequence[tuple[str, str, str]], *, livemode: bool) -> None:
    # Posting locks balances in id order. The one that is held must not be locked out of turn.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_lock_balances(%s, %s, %s, %s)",
            [livemode, *map(list, zip(*accounts, strict=True))],
        )


def _resolve(hold_id: str, kind: str, captured: int, entry_id: str | None, *, at: datetime) -> None:
    with journal.translate_refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_resolve_hold(%s, %s, %s::bigint, %s, %s)",
            [hold_id, kind, captured, entry_id, at],
        )
