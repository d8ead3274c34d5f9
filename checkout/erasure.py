"""Erase what sessions hold of payers: of a deleted customer, and in time of everybody else."""

import time
from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from checkout.models import CheckoutSession
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.types import JsonObject
from payments.charges.services import receipts
from webhooks.services import events

_AT_ONCE: Final = 200
_WORKING_SECONDS: Final = 30

# What the merchant wrote of a payer who is no customer.
_OF_GUESTS: Final = frozenset({"receipt_email", "shipping"})
_OF_PAYERS: Final = frozenset({"customer_email", "client_reference_id"})
_INTENTS: Final = frozenset({"payment_intent_data", "setup_intent_data"})
_OF_INTENTS: Final = frozenset({"description", "metadata", "receipt_email", "shipping"})


def erase(customer_id: str) -> list[str]:
    """Erase a customer's sessions, but for what was ordered; return their ids."""
    rows = list(CheckoutSession.objects.filter(customer_id=customer_id))
    for row in rows:
        row.settings = _without_payer(row.settings, _OF_PAYERS, _OF_INTENTS)
        row.collected, row.email, row.client_reference_id, row.metadata = {}, None, None, {}
    CheckoutSession.objects.bulk_update(
        rows, ["settings", "collected", "email", "client_reference_id", "metadata"]
    )
    return [row.id for row in rows]


def sessions(
    *, customer_ids: Sequence[str], email: str = "", account_id: str = ""
) -> QuerySet[CheckoutSession]:
    """Return the sessions of customers, and of whoever gave an address without being one.

    Args:
        customer_ids: Ids of customers.
        email: The address; empty for customers alone.
        account_id: The merchant; empty for all of them.
    """
    found = Q(customer_id__in=customer_ids)
    if email:
        of_guests = Q(customer_id=None, email__iexact=email)
        found |= of_guests & Q(account_id=account_id) if account_id else of_guests
    return CheckoutSession.objects.filter(found)


def erase_of_address(email: str, *, account_id: str = "") -> None:
    """Erase the sessions of whoever gave an address without being a customer, as time would."""
    with atomic():
        found = sessions(customer_ids=(), email=email, account_id=account_id)
        _erase_guests_of(list(lock_rows(found)))


def erase_guests(*, at: datetime) -> int:
    """Erase what payers without a customer said in sessions that ended long ago.

    What the merchant calls them, its metadata and its reference, stays. All that are due are
    erased, some at a time in a transaction of their own, until a worker's time is over: what was
    erased is, whatever cuts it off, and the next run goes on.

    Args:
        at: Now.

    Returns:
        How many sessions there were.
    """
    stop, erased = time.monotonic() + _WORKING_SECONDS, 0
    while time.monotonic() < stop and (batch := _erase_some_guests(at)):
        erased += batch
    return erased


def _erase_some_guests(at: datetime) -> int:
    with atomic():
        due = CheckoutSession.objects.filter(erase_at__lte=at).order_by("erase_at")
        rows = list(lock_rows(due)[:_AT_ONCE])
        _erase_guests_of(rows)
    return len(rows)


def _erase_guests_of(rows: list[CheckoutSession]) -> None:
    for row in rows:
        row.settings = _without_payer(row.settings, {"customer_email"}, _OF_GUESTS)
        row.collected, row.email, row.erase_at = {}, None, None
    columns = ["settings", "collected", "email", "erase_at"]
    CheckoutSession.objects.bulk_update(rows, columns)
    ids = [row.id for row in rows]
    receipts.forget_orders(ids)
    events.forget(ids)


def _without_payer(settings: JsonObject, own: Set[str], of_intents: Set[str]) -> JsonObject:
    kept = {name: value for name, value in settings.items() if name not in own}
    for name in _INTENTS & kept.keys():
        data = kept[name] or {}
        kept[name] = {key: value for key, value in data.items() if key not in of_intents}
    return kept
