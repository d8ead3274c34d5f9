"""Random books against a dictionary: whatever is posted, in whatever order, by how many at once."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.database.transactions import atomic
from ledger import rules
from ledger.audit import seals
from ledger.chart import AVAILABLE, PENDING, PROCESSOR, REFUNDS_IN_TRANSIT
from ledger.entries import Entry, Line, Part
from ledger.posting import corrections, holds, journal, maturation, owner_settings
from ledger.posting.journal import BalanceInsufficient, HoldResolved, PostedDifferently
from ledger.queries import totals
from ledger.rollups import balance_rollups
from tests.books import assert_ledger_balances
from tests.ledger.entries import AT, a_deposit, a_transfer
from tests.ledger.waiting import NEVER, Waiting
from tests.soak import times

OWNERS = st.integers(0, 3)
AMOUNTS = st.integers(1, 500)
DAYS = [date(2026, 11, 24) + timedelta(days=n) for n in range(3)]


class Books(RuleBasedStateMachine):
    """The ledger, and a dictionary that says what must be in it."""

    def __init__(self):
        super().__init__()
        self.run = uuid.uuid4().hex[:10]
        self.owners = [f"acct_{self.run}_{n}" for n in range(4)]
        self.available = dict.fromkeys(self.owners, 0)
        self.held = dict.fromkeys(self.owners, 0)
        self.in_transit = dict.fromkeys(self.owners, 0)
        self.pending = {(owner, day): 0 for owner in self.owners for day in DAYS}
        self.matured = set()
        self.processor = 0
        self.number = 0
        self.posted = []
        self.refunds = []
        self.holds = []
        self.correctable = []
        self.open = []
        for owner in self.owners:
            owner_settings.set_negative_limit(
                owner=owner, currency="usd", amount=300, by="olga", livemode=False
            )

    def source(self, prefix):
        self.number += 1
        return f"{prefix}_{self.run}_{self.number}"

    def post(self, *entries):
        with atomic():
            answer = journal.post_many(entries, livemode=False, at=AT)
        self.posted += entries
        return answer

    def usable(self, owner):
        return self.available[owner] - self.held[owner]

    def deposit_entry(self, owner, amount, day=None):
        if day is None or (owner, day) in self.matured:
            return a_deposit(amount, to=owner, source=self.source("ch"), processor=f"p_{self.run}")
        source = self.source("ch")
        return Entry(
            rules.CHARGE_CAPTURED,
            source,
            source,
            "usd",
            f"p_{self.run}",
            owner,
            (Part(PROCESSOR, amount),),
            (Part(PENDING, amount, day, source),),
            lines=(Line(owner, "charge", amount, source, day),),
        )

    def book_deposit(self, entry, owner, amount, day):
        if entry.credits[0].code == PENDING:
            self.pending[owner, day] += amount
        else:
            self.available[owner] += amount
        self.processor += amount

    @rule(owner=OWNERS, amount=AMOUNTS, day=st.sampled_from([None, *DAYS]))
    def deposit(self, owner, amount, day):
        who = self.owners[owner]
        entry = self.deposit_entry(who, amount, day)
        (posted,) = self.post(entry)
        self.book_deposit(entry, who, amount, day)
        if day is None:
            self.correctable.append((posted.entry_id, who, None, amount))

    @rule(of=OWNERS, to=OWNERS, amount=AMOUNTS)
    def transfer(self, of, to, amount):
        if of == to:
            return
        giver, getter = self.owners[of], self.owners[to]
        entry = a_transfer(amount, of=giver, to=getter, source=self.source("tr"))
        if self.usable(giver) < amount:
            with pytest.raises(BalanceInsufficient):
                self.post(entry)
            return
        (posted,) = self.post(entry)
        self.available[giver] -= amount
        self.available[getter] += amount
        self.correctable.append((posted.entry_id, getter, giver, amount))

    @rule(moves=st.lists(st.tuples(OWNERS, OWNERS, AMOUNTS), min_size=2, max_size=5))
    def transfers_all_or_none(self, moves):
        moves = [(self.owners[a], self.owners[b], n) for a, b, n in moves if a != b]
        if not moves:
            return
        after = dict(self.available)
        possible = True
        for giver, getter, amount in moves:
            after[giver] -= amount
            possible = possible and after[giver] - self.held[giver] >= 0
            after[getter] += amount
        entries = [a_transfer(n, of=a, to=b, source=self.source("tr")) for a, b, n in moves]
        if possible:
            self.post(*entries)
            self.available = after
        else:
            with pytest.raises(BalanceInsufficient):
                self.post(*entries)

    @rule(index=st.integers(0, 10_000))
    def repeat(self, index):
        if self.posted:
            entry = self.posted[index % len(self.posted)]
            with atomic():
                (answer,) = journal.post_many([entry], livemode=False, at=AT)
            assert not answer.is_new

    @rule(owner=OWNERS, amount=AMOUNTS)
    def repeat_with_another_amount(self, owner, amount):
        who = self.owners[owner]
        first = a_deposit(amount, to=who, source=self.source("ch"), processor=f"p_{self.run}")
        self.post(first)
        self.available[who] += amount
        self.processor += amount
        other = a_deposit(amount + 1, to=who, source=first.source, processor=f"p_{self.run}")
        with pytest.raises(PostedDifferently), atomic():
            journal.post(other, livemode=False, at=AT)

    @rule(owner=OWNERS, amount=AMOUNTS)
    def fee(self, owner, amount):
        who, source = self.owners[owner], self.source("ch")
        self.post(
            Entry(
                rules.PROCESSOR_FEE,
                source,
                source,
                "usd",
                who,
                f"p_{self.run}",
                (Part(AVAILABLE, amount),),
                (Part(PROCESSOR, amount),),
                lines=(Line(who, "stripe_fee", -amount, source, AT.date()),),
            )
        )
        self.available[who] -= amount
        self.processor -= amount

    @rule(owner=OWNERS, amount=AMOUNTS)
    def refund(self, owner, amount):
        who, source = self.owners[owner], self.source("re")
        entry = Entry(
            rules.REFUND_RESERVED,
            source,
            source,
            "usd",
            who,
            who,
            (Part(AVAILABLE, amount),),
            (Part(REFUNDS_IN_TRANSIT, amount),),
            lines=(Line(who, "refund", -amount, source, AT.date()),),
        )
        if self.usable(who) - amount < -300:
            with pytest.raises(BalanceInsufficient):
                self.post(entry)
            return
        self.post(entry)
        self.available[who] -= amount
        self.in_transit[who] += amount
        self.refunds.append((source, who, amount))

    @rule(index=st.integers(0, 10_000), is_confirmed=st.booleans())
    def refund_ends(self, index, is_confirmed):
        if not self.refunds:
            return
        source, who, amount = self.refunds.pop(index % len(self.refunds))
        transit = (Part(REFUNDS_IN_TRANSIT, amount),)
        if is_confirmed:
            self.post(
                Entry(
                    rules.REFUND_CONFIRMED,
                    source,
                    source,
                    "usd",
                    who,
                    f"p_{self.run}",
                    transit,
                    (Part(PROCESSOR, amount),),
                )
            )
            self.processor -= amount
        else:
            self.post(
                Entry(
                    rules.REFUND_CANCELED,
                    source,
                    source,
                    "usd",
                    who,
                    who,
                    transit,
                    (Part(AVAILABLE, amount),),
                    lines=(Line(who, "refund_failure", amount, source, AT.date()),),
                )
            )
            self.available[who] += amount
        self.in_transit[who] -= amount

    @rule(owner=OWNERS, amount=AMOUNTS)
    def hold(self, owner, amount):
        who = self.owners[owner]

        def create():
            with atomic():
                return holds.create(
                    owner=who,
                    code=AVAILABLE,
                    currency="usd",
                    amount=amount,
                    source=self.source("po"),
                    livemode=False,
                    at=AT,
                )

        if self.usable(who) < amount:
            with pytest.raises(BalanceInsufficient):
                create()
            return
        self.holds.append((create(), who, amount))
        self.held[who] += amount

    @rule(index=st.integers(0, 10_000), percent=st.integers(1, 100), to=OWNERS)
    def hold_ends(self, index, percent, to):
        if not self.holds:
            return
        hold_id, who, amount = self.holds.pop(index % len(self.holds))
        getter, taken = self.owners[to], amount * percent // 100
        # A fact may have taken what was held; then less than nothing is left, and it can't move.
        can_move = (
            who != getter and taken and self.available[who] - self.held[who] + amount >= taken
        )
        with atomic():
            if can_move:
                entry = a_transfer(taken, of=who, to=getter, source=self.source("tr"))
                holds.capture(hold_id, entry, livemode=False, at=AT)
            else:
                holds.release(hold_id, at=AT)
        self.held[who] -= amount
        if can_move:
            self.available[who] -= taken
            self.available[getter] += taken
        with pytest.raises(HoldResolved), atomic():
            holds.release(hold_id, at=AT)

    @rule(day=st.sampled_from(DAYS))
    def mature(self, day):
        maturation.mature(at=AT.replace(day=day.day))
        for (owner, due), amount in self.pending.items():
            if due <= day and amount:
                self.available[owner] += amount
                self.pending[owner, due] = 0
                self.matured.add((owner, due))

    @rule(index=st.integers(0, 10_000))
    def correct(self, index):
        if not self.correctable:
            return
        entry_id, loser, winner, amount = self.correctable.pop(index % len(self.correctable))
        for _ in range(2):
            with atomic():
                corrections.reverse(entry_id, at=AT)
        self.available[loser] -= amount
        if winner:
            self.available[winner] += amount
        else:
            self.processor -= amount

    @rule()
    def fold(self):
        balance_rollups.fold_once()

    @rule()
    def seal(self):
        seals.seal_once()

    @rule(owner=OWNERS, amount=AMOUNTS)
    def somebody_posts_and_does_not_commit(self, owner, amount):
        if len(self.open) < 7:
            who = self.owners[owner]
            # Pending money of a day that never comes: no balance is locked meanwhile.
            source = self.source("ch")
            self.open.append((Waiting(source, who, amount, f"p_{self.run}"), who, amount))

    @rule(index=st.integers(0, 10_000), commits=st.booleans())
    def somebody_ends(self, index, commits):
        if not self.open:
            return
        waiting, who, amount = self.open.pop(index % len(self.open))
        waiting.end(commits=commits)
        if commits:
            self.pending[who, NEVER] = self.pending.get((who, NEVER), 0) + amount
            self.processor += amount

    @invariant()
    def every_balance_is_exact(self):
        found = totals(owners=[*self.owners, f"p_{self.run}"], livemode=False)
        for owner in self.owners:
            waits = sum(n for (who, _), n in self.pending.items() if who == owner)
            assert found.get((owner, AVAILABLE, "usd"), 0) == self.available[owner]
            assert found.get((owner, PENDING, "usd"), 0) == waits
            assert found.get((owner, REFUNDS_IN_TRANSIT, "usd"), 0) == self.in_transit[owner]
        assert found.get((f"p_{self.run}", PROCESSOR, "usd"), 0) == self.processor

    def teardown(self):
        for waiting, *_ in self.open:
            waiting.end(commits=False)
        assert_ledger_balances()


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_what_the_dictionary_says():
    # Accounts are opened first: two first uses at once wait for each other's commit.
    run_state_machine_as_test(
        Opened,
        settings=settings(
            max_examples=times(50),
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class Opened(Books):
    def __init__(self):
        super().__init__()
        for owner in self.owners:
            for entry in (self.deposit_entry(owner, 1), self.deposit_entry(owner, 1, DAYS[0])):
                self.post(entry)
                self.book_deposit(entry, owner, 1, DAYS[0])
