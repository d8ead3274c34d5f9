"""The checks that follow every fault, by their names: nothing is lost, doubled or left hanging.

C1 to C6, C9 and C11 are the ledger's own (`tests/books.py`), C8 is in `tests/truth.py`.
"""

import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from connect.models import Payout, PayoutAttempt
from connect.states import PAYOUT
from core.state_machine import Machine
from payments import states
from payments.models import (
    Authentication,
    Charge,
    Dispute,
    PaymentIntent,
    Refund,
    SetupIntent,
    UnappliedPayment,
    UnresolvedRequest,
)
from processors.models import InboundNotice
from tests.books import assert_books_balance
from tests.truth import assert_the_processor_agrees
from webhooks.models import Event

_PATIENCE: Final = timedelta(seconds=60)
# No step of a transaction is waited for longer.
_SECONDS_OF_ONE: Final = 3.0
_MACHINES: Final = {
    "payment_intent": states.INTENT,
    "setup_intent": states.SETUP,
    "charge": states.CHARGE,
    "refund": states.REFUND,
    "dispute": states.DISPUTE,
    "unapplied_payment": states.UNAPPLIED,
    "payout": PAYOUT,
}


def assert_all_is_well(*, at: datetime) -> None:
    """Run every checker.

    Args:
        at: Now; whatever repairs by itself has had its turn before.
    """
    assert_books_balance()
    assert_the_processor_agrees()
    assert_nothing_hangs(at=at)
    assert_histories_are_legal()
    assert_nobody_holds_a_transaction()


def assert_nothing_hangs(*, at: datetime) -> None:
    """C12: nothing waits for longer than its deadline and a minute."""
    late = at - _PATIENCE
    asked_later = UnresolvedRequest.objects.filter(next_poll_at__gte=late).values("object_id")
    open_charges = Charge.objects.exclude(open_request=None).exclude(id__in=asked_later)
    hanging = {
        "intents": PaymentIntent.objects.filter(
            processing_since__lt=late, id__in=open_charges.values("payment_intent_id")
        ),
        "debits": Charge.objects.filter(next_poll_at__lt=late),
        "refunds": Refund.objects.filter(pending_since__lt=late).exclude(id__in=asked_later),
        "late payments on their way back": UnappliedPayment.objects.filter(
            pending_since__lt=late
        ).exclude(id__in=asked_later),
        "setups": SetupIntent.objects.filter(processing_since__lt=late).exclude(
            latest_attempt_id__in=asked_later
        ),
        "answers": Dispute.objects.filter(submitting_since__lt=late),
        "challenges": Authentication.objects.filter(status="pending", expires_at__lt=late),
        "payouts": Payout.objects.filter(send_at__lt=late),
        "payout attempts": PayoutAttempt.objects.filter(next_poll_at__lt=late),
        "notices": InboundNotice.objects.filter(next_at__lt=late),
        "orphans": PaymentIntent.objects.filter(status="processing").exclude(
            id__in=Charge.objects.filter(status__in=("pending", "succeeded")).values(
                "payment_intent_id"
            )
        ),
    }
    left = {what: list(rows.values_list("pk", flat=True)) for what, rows in hanging.items()}
    assert not any(left.values()), left


def assert_histories_are_legal() -> None:
    """C13: what the events tell of an object is a walk through its state graph."""
    seen: dict[str, str] = {}
    for data in Event.objects.order_by("id").values_list("data", flat=True):
        thing = json.loads(data)["object"]
        machine = _MACHINES.get(thing["object"])
        if machine is None:
            continue
        id, status = thing["id"], thing["status"]
        before = seen.get(id)
        assert before is None or status in _reachable(machine, before), (id, before, status)
        seen[id] = status


def _reachable(machine: Machine, status: str) -> set[str]:  # type: ignore[type-arg]
    """Return where a way leads to, the place itself included: not every step is told of."""
    found, ahead = {status}, [status]
    while ahead:
        following: Iterable[str] = machine.moves.get(ahead.pop(), ())
        new = {str(each) for each in following} - found
        found |= new
        ahead += new
    return found


def assert_nobody_holds_a_transaction() -> None:
    """C14: no connection is left within a transaction, and nobody waited in a circle."""
    held, deadline = _transactions(), time.monotonic() + _SECONDS_OF_ONE
    # Programs that run are within one for a moment now and then.
    while held := held & _transactions():
        assert time.monotonic() < deadline, held
        time.sleep(0.05)
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert cursor.fetchone() == (0,)


def _transactions() -> set[tuple[int, datetime, str]]:
    """Return who waits within a transaction, since when, and what was done last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, xact_start, query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%%'"
        )
        return set(cursor.fetchall())
