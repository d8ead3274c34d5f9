"""Whatever happens, every past balance, statement and trial balance says what was so then."""

import contextlib
import time
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.transfers.services import transfers
from core.errors import RialtoError
from ledger import queries
from ledger.chart import CHART, Side
from ledger.posting import maturation
from ledger.reporting import history, statements
from ledger.rollups import balance_rollups
from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_platform, a_seller, moment
from tests.ledger.past import close_days, it_was

pytestmark = pytest.mark.django_db(transaction=True)

CURRENCIES = ("usd", "jpy")


class Story:
    """A marketplace, its clock, and a dictionary of what everybody had after each step."""

    def __init__(self, begins: datetime) -> None:
        self.platform = a_platform()
        self.sellers = [a_seller(self.platform) for _ in range(2)]
        self.owners = [t.account_id for t in (self.platform, *self.sellers)] + ["simulator"]
        self.clock = begins
        self.intents: list[PaymentIntent] = []
        self.known: list[tuple[datetime, dict[tuple[str, str, str], int]]] = []
        self.remember()

    def remember(self) -> None:
        it_was(self.clock)
        self.clock += timedelta(minutes=1)
        self.known.append((self.clock, queries.totals(owners=self.owners, livemode=False)))

    def pay(self, amount: int, which: int) -> None:
        split = (
            {}
            if which == 2
            else {
                "transfer_destination": self.sellers[which].account_id,
                "application_fee_amount": amount // 10,
            }
        )
        self.intents.append(
            payment_intents.create(
                tenant=self.platform,
                confirm=True,
                at=self.clock,
                amount=amount,
                currency=CURRENCIES[amount % 2],
                payment_method="pm_card_visa",
                **split,
            )
        )

    def refund(self, amount: int, which: int) -> None:
        if self.intents:
            intent = self.intents[which % len(self.intents)]
            split = {"reverse_transfer": True} if intent.transfer_destination else {}
            refunds.create(
                tenant=self.platform,
                intent_id=intent.id,
                at=self.clock,
                amount=min(amount, intent.amount),
                **split,
            )

    def transfer(self, amount: int, which: int) -> None:
        source = {}
        if which == 2 and self.intents:
            charge = Charge.objects.get(id=self.intents[-1].latest_charge_id)
            source = {"source_transaction": charge.id}
        transfers.create(
            tenant=self.platform,
            amount=amount // 4,
            currency=CURRENCIES[amount % 2],
            destination=self.sellers[which % 2].account_id,
            at=self.clock,
            **source,
        )

    def mature(self, amount: int, which: int) -> None:
        maturation.mature(at=self.clock)

    def close(self, amount: int, which: int) -> None:
        close_days(self.clock)

    def fold(self, amount: int, which: int) -> None:
        balance_rollups.fold_once()

    def check_balances(self) -> None:
        for at, expected in self.known:
            rows = history.balances_at(owners=self.owners, livemode=False, at=at)
            assert {k: v for k, v in _natural(rows).items() if v} == _not_zero(expected)

    def check_statements(self) -> None:
        spans = [*pairwise(self.known), (self.known[0], self.known[-1])]
        for owner in self.owners:
            for currency in {key[2] for key in self.known[-1][1] if key[0] == owner}:
                for first, last in spans:
                    self.check_statement(owner, currency, first, last)

    def check_statement(self, owner, currency, first, last) -> None:
        with statements.statement(
            owner=owner, currency=currency, livemode=False, start=first[0], end=last[0]
        ) as found:
            lines = list(found.lines)
            debits = sum(line.posting.debit for line in lines)
            credits = sum(line.posting.credit for line in lines)
            assert found.opening == _of(first[1], owner, currency)
            assert found.closing == _of(last[1], owner, currency)
            change = debits - credits if found.side is Side.DEBIT else credits - debits
            assert found.opening + change == found.closing
            assert all(first[0] <= line.posting.posted_at < last[0] for line in lines)

    def check_trial_balances(self) -> None:
        for at, expected in self.known:
            trial = statements.trial_balance(at=at, livemode=False)
            mine = [row for row in trial.accounts if row.owner in self.owners]
            assert trial.is_balanced
            assert _natural(mine) == _not_zero(expected)


def _natural(rows):
    return {
        (row.owner, row.code, row.currency): row.signed
        if CHART[row.code].side is Side.DEBIT
        else -row.signed
        for row in rows
    }


def _not_zero(balances):
    return {key: amount for key, amount in balances.items() if amount}


def _of(balances, owner: str, currency: str) -> int:
    return sum(v for (o, _, c), v in balances.items() if (o, c) == (owner, currency))


STEPS = st.tuples(
    st.sampled_from(
        [Story.pay, Story.pay, Story.refund, Story.transfer, Story.mature, Story.close, Story.fold]
    ),
    st.integers(min_value=200, max_value=90_000),
    st.integers(min_value=0, max_value=2),
    st.sampled_from([0, 7, 30, 80]),  # hours until the next step
)


def test_every_moment_of_a_random_walk_reads_the_same_ever_after():
    clock = [moment("2000-01-03T09:00")]
    closed_days = []

    @settings(max_examples=12, deadline=None)
    @given(st.lists(STEPS, min_size=4, max_size=10))
    def walk(steps) -> None:
        story = Story(clock[0])
        for step, amount, which, hours in steps:
            # What can't be done changes nothing.
            with contextlib.suppress(RialtoError):
                step(story, amount, which)
            story.remember()
            story.check_balances()
            story.clock += timedelta(hours=hours)
            clock[0] = story.clock
        story.check_statements()
        story.check_trial_balances()
        close_days(story.clock)
        story.check_balances()
        story.check_statements()
        closed_days.append(close_days(story.clock))

    walk()

    # A transaction of another test on this server can keep the last day open for a while.
    deadline = time.monotonic() + 20
    while not closed_days[-1]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        closed_days.append(close_days(clock[0]))
    assert_books_balance()
