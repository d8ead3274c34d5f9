"""What processors and banks say that they hold for us, as they were asked last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from core.database.transactions import atomic, forbid_transaction
from processors import registry
from processors.models import BankStatement, ReportedBalance
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.settlements import ReportsBalances

_LONGEST_PROBLEM: Final = 300


@dataclass(frozen=True, slots=True)
class Reported:
    """What a place says itself.

    Args:
        amount: Minor units, as it said last.
        at: When it was said; of a bank, until when its statement goes.
        problem: Why it could not be asked since; empty if it could.
    """

    amount: int
    at: datetime
    problem: str = ""


def reported(*, livemode: bool) -> dict[tuple[str, str], Reported]:
    """Return what each place said last, by currency and holder, in two queries.

    Args:
        livemode: Which of the two worlds.
    """
    rows = ReportedBalance.objects.filter(livemode=livemode)
    found = {
        (row.currency, row.processor): Reported(
            row.available_amount + row.pending_amount, row.asked_at, row.problem
        )
        for row in rows
    }
    for statement in _last_statements(livemode=livemode):
        key = (statement.currency, registry.BANK_RAIL)
        until = statement.created_at
        earlier = found.get(key)
        # Several accounts at banks are one place: it has what they have together.
        amount = statement.closing_amount + (earlier.amount if earlier else 0)
        found[key] = Reported(amount, min(until, earlier.at) if earlier else until)
    return found


def _last_statements(*, livemode: bool) -> Iterable[BankStatement]:
    rows = BankStatement.objects.filter(livemode=livemode)
    last = rows.order_by("account", "currency", "-closes_on", "-created_at", "-id")
    return last.distinct("account", "currency")


def ask(*, livemode: bool, at: datetime) -> int:
    """Ask all processors that can say it what they hold for us, and keep the answers.

    Args:
        livemode: Which of the two worlds.
        at: The moment.

    Returns:
        How many answered.
    """
    forbid_transaction()
    answered = 0
    for name in registry.names(livemode=livemode):
        rail = registry.find(name)
        if not isinstance(rail, ReportsBalances):
            continue
        try:
            told = rail.balances()
        except ProcessorUnavailable as error:
            _note_problem(name, str(error), livemode=livemode)
            continue
        answered += 1
        with atomic():
            ReportedBalance.objects.filter(processor=name, livemode=livemode).delete()
            ReportedBalance.objects.bulk_create(
                ReportedBalance(
                    processor=name,
                    livemode=livemode,
                    currency=one.currency,
                    available_amount=one.available_amount,
                    pending_amount=one.pending_amount,
                    asked_at=at,
                )
                for one in told
            )
    return answered


def ask_all(*, at: datetime | None = None) -> int:
    """Ask all processors of both modes."""
    at = at or timezone.now()
    return sum(ask(livemode=livemode, at=at) for livemode in (True, False))


def _note_problem(name: str, problem: str, *, livemode: bool) -> None:
    rows = ReportedBalance.objects.filter(processor=name, livemode=livemode)
    rows.update(problem=problem[:_LONGEST_PROBLEM])
