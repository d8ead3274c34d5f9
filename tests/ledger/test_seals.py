"""Whoever rewrites what was sealed is found out, even the owner of the tables."""

import random
import time
from itertools import pairwise

import psycopg
import pytest
from django.db import DatabaseError, connection

from ledger.audit import seals
from ledger.models import JournalEntry, Seal
from ledger.posting import maturation
from payments.refunds.services import refunds
from tests.databases import address_in_use
from tests.factories import a_paid_intent, a_platform, a_seller, moment, now
from tests.soak import times

pytestmark = pytest.mark.django_db(transaction=True)


def owner():
    return psycopg.connect(address_in_use())


def broken():
    return [b for _, found in seals.verify() for b in found]


def books(count=6):
    platform = a_platform()
    seller = a_seller(platform)
    for _ in range(count):
        intent = a_paid_intent(
            platform, transfer_destination=seller.account_id, application_fee_amount=10_00
        )
        refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    maturation.mature(at=moment("2030-01-01T00:00"))


def seal_settled():
    # Another test's transaction, in another database of the cluster, may hold the horizon.
    for _ in range(100):
        seals.seal_all()
        sealed = sum(Seal.objects.values_list("entry_count", flat=True))
        if sealed == JournalEntry.objects.count():
            return
        time.sleep(0.1)
    raise AssertionError("not all entries were sealed in ten seconds")


def test_all_that_was_posted_is_sealed_and_holds():
    books()

    seal_settled()

    assert broken() == []
    assert len(seals.head()) == 64


def test_with_nothing_new_nothing_is_sealed():
    books(1)
    seal_settled()

    assert seals.seal_once() == 0


def test_each_seal_names_the_one_before_it():
    for _ in range(3):
        books(1)
        seal_settled()

    found = list(Seal.objects.order_by("number"))

    assert len(found) >= 3
    for before, after in pairwise(found):
        assert bytes(after.previous) == bytes(before.head)
        assert after.from_xid == before.until_xid


def test_seals_hold_after_a_rebase_and_sealing_goes_on():
    books(2)
    seal_settled()
    books(1)
    with owner() as tables:
        tables.execute("SELECT ledger_rebase()")
    books(1)

    seal_settled()

    assert len(set(Seal.objects.values_list("base_posting_id", flat=True))) == 2
    assert broken() == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_seal SET entry_count = 0", "DELETE FROM ledger_seal", "TRUNCATE ledger_seal"],
)
def test_the_application_can_not_rewrite_seals(statement):
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


# What the owner of the tables could do to a row of each table, with the triggers switched off.
EDITS = {
    "ledger_journalentry": {
        "kind": "'transfer'", "source": "source || 'x'", '"group"': "'pi_other'",
        "effective_at": "effective_at + interval '1 s'", "posted_at": "posted_at - interval '1 d'",
        "livemode": "NOT livemode", "request_id": "'req_other'", "xid": "xid + 1",
        "fingerprint": "'\\x00'", "reverses_id": "'je_other'",
    },
    "ledger_posting": {
        "amount": "amount + 1", "currency": "'eur'", "account_id": "account_id + 1",
        "available_on": "coalesce(available_on, DATE '2026-01-01') + 1", "lot": "'ch_other'",
        "balance_after": "coalesce(balance_after, 0) + 1", "xid": "xid - 1",
        "account_seq": "coalesce(account_seq, 0) + 1000",
    },
    "ledger_balancetransaction": {
        "amount": "amount + 1, net = net + 1", "fee": "fee + 1, net = net - 1", "source": "'x'",
        "account_id": "'acct_other'", "type": "'payout'",
        "created_at": "created_at - interval '1 d'",
        "available_on": "available_on - 1", "description": "'other'",
    },
    "ledger_ledgeraccount": {
        "owner": "'acct_other'", "code": "'frozen'", "livemode": "NOT livemode",
    },
    "ledger_seal": {
        "root": "sha256('x')", "entry_count": "entry_count - 1", "head": "sha256('x')",
        "until_xid": "until_xid - 1", "previous": "sha256('y')",
    },
}  # fmt: skip


class Tamperer:
    def __init__(self, tables, dice):
        self.tables, self.dice = tables, dice
        self.keys = {
            name: [key for (key,) in tables.execute(f"SELECT {pk} FROM {name}")]
            for name, pk in (
                ("ledger_journalentry", "id"),
                ("ledger_posting", "id"),
                ("ledger_balancetransaction", "id"),
                ("ledger_ledgeraccount", "id"),
                ("ledger_seal", "number"),
            )
        }

    def row(self, table):
        return self.dice.choice(self.keys[table])

    def edit(self):
        table = self.dice.choice(list(EDITS))
        column, value = self.dice.choice(list(EDITS[table].items()))
        pk = "number" if table == "ledger_seal" else "id"
        # An account that no entry touches says nothing.
        changed = self.tables.execute(
            f"UPDATE {table} SET {column} = {value} WHERE {pk} = %s", [self.row(table)]
        )
        assert changed.rowcount == 1
        return f"{table}.{column} = {value}"

    def delete(self):
        table = self.dice.choice(
            ["ledger_journalentry", "ledger_posting", "ledger_balancetransaction"]
        )
        self.tables.execute(f"DELETE FROM {table} WHERE id = %s", [self.row(table)])
        return f"delete from {table}"

    def insert(self):
        """Slip a balanced entry in, dated back into what is sealed."""
        (xid,) = self.tables.execute(
            "SELECT xid FROM ledger_journalentry WHERE id = %s", [self.row("ledger_journalentry")]
        ).fetchone()
        some = f"je_slipped{self.dice.randrange(10**9)}"
        self.tables.execute(
            'INSERT INTO ledger_journalentry (id, kind, source, "group", livemode, fingerprint, '
            "posted_at, effective_at, request_id, xid) "
            'SELECT %s, kind, %s, "group", livemode, fingerprint, posted_at, effective_at, '
            "request_id, xid FROM ledger_journalentry WHERE xid = %s LIMIT 1",
            [some, some, xid],
        )
        if self.dice.random() < 0.7:
            self.tables.execute(
                "INSERT INTO ledger_posting (entry_id, account_id, amount, currency, xid) "
                "SELECT %s, account_id, sign, 'usd', %s FROM (SELECT account_id FROM "
                "ledger_posting LIMIT 1) a, (VALUES (1), (-1)) v(sign)",
                [some, xid],
            )
        return "insert"

    def add_posting(self):
        entry = self.row("ledger_journalentry")
        self.tables.execute(
            "INSERT INTO ledger_posting (entry_id, account_id, amount, currency, xid) "
            "SELECT entry_id, account_id, sign, currency, xid FROM (SELECT * FROM ledger_posting "
            "WHERE entry_id = %s LIMIT 1) p, (VALUES (5), (-5)) v(sign)",
            [entry],
        )
        return "add postings"

    def reorder(self):
        """Swap what two postings, or two entries, say."""
        if self.dice.random() < 0.5:
            one, two = self.dice.sample(self.keys["ledger_journalentry"], 2)
            self._rename("ledger_journalentry", one, "je_aside")
            self._rename("ledger_journalentry", two, one)
            self._rename("ledger_journalentry", "je_aside", two)
            return "swap entries"
        one, two = self.dice.sample(self.keys["ledger_posting"], 2)
        self._rename("ledger_posting", one, -1)
        self._rename("ledger_posting", two, one)
        self._rename("ledger_posting", -1, two)
        return "swap postings"

    def _rename(self, table, id, other):
        self.tables.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [other, id])


TAMPERINGS = times(1_000)


def test_a_thousand_of_a_thousand_tamperings_are_found():
    for _ in range(3):
        books(2)
        seal_settled()
    assert broken() == []
    dice = random.Random(20261123)
    missed = []
    with owner() as tables:
        tables.execute("SET session_replication_role = replica")
        (last,) = tables.execute("SELECT max(number) FROM ledger_seal").fetchone()
        # What the constraints refuse is no tampering, so only unique ids stand in the way.
        tables.execute(
            "ALTER TABLE ledger_journalentry DROP CONSTRAINT one_entry_per_source_and_kind"
        )
        tables.execute("DROP INDEX guarded_postings_are_numbered_once")
        tamperer = Tamperer(tables, dice)
        ways = [
            tamperer.edit,
            tamperer.edit,
            tamperer.delete,
            tamperer.insert,
            tamperer.add_posting,
            tamperer.reorder,
        ]
        for number in range(TAMPERINGS):
            tables.execute("SAVEPOINT before")
            what = dice.choice(ways)()
            found = tables.execute("SELECT * FROM ledger_broken_seals(1, %s)", [last]).fetchall()
            if not found:
                missed.append((number, what))
            tables.execute("ROLLBACK TO before")
            # Or each would be inside of the one before.
            tables.execute("RELEASE SAVEPOINT before")
        tables.rollback()

    assert missed == []
    assert broken() == []
