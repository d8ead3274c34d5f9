"""Each check of `rialto ledger verify` is broken once, by the owner of the tables, and finds it."""

import time
from datetime import timedelta

import psycopg
import pytest

from connect.payouts.services import payouts
from connect.transfers.services import reversals, transfers
from core.database.transactions import atomic
from ledger.audit import seals
from ledger.audit import verify as verifier
from ledger.audit.balance_proof import prove
from ledger.audit.verify import all_checks, verify
from ledger.chart import AVAILABLE
from ledger.models import Fold, JournalEntry, Seal, VerifyRun
from ledger.posting import holds, maturation
from ledger.posting.clearing import clearing_ageing
from ledger.rollups import balance_rollups
from payments.refunds.services import refunds
from tests.books import assert_books_balance, pending, total
from tests.databases import address_in_use, kept
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, moment, now

pytestmark = pytest.mark.django_db(transaction=True)

LATER = moment("2030-01-01T00:00")


@pytest.fixture
def owner():
    """The owner of the tables, with the triggers switched off."""
    with psycopg.connect(address_in_use(), autocommit=True) as tables:
        tables.execute("SET session_replication_role = replica")
        yield tables


@pytest.fixture
def platform():
    """Books with something of everything in them."""
    return kept("books", books)


def books():
    platform = a_platform()
    seller = a_seller(platform)
    split = {"transfer_destination": seller.account_id, "application_fee_amount": 10_00}
    intent = a_paid_intent(platform, **split)
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=40_00,
        at=now(),
        reverse_transfer=True,
        refund_application_fee=True,
    )
    a_paid_intent(platform)
    maturation.mature(at=LATER)
    balance_rollups.fold_once()
    transfer = transfers.create(
        tenant=platform, amount=5_00, currency="usd", destination=seller.account_id, at=LATER
    )
    reversals.create(tenant=platform, transfer_id=transfer.id, amount=2_00, at=LATER)
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=1_00, currency="usd", at=LATER)
    late = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refunds.create(tenant=platform, intent_id=late.id, amount=1_00, at=now())
    for source in ("po_1", "po_2"):
        with atomic():
            hold_id = holds.create(
                owner=platform.account_id,
                code=AVAILABLE,
                currency="usd",
                amount=1_00,
                source=source,
                livemode=False,
                at=now(),
            )
    with atomic():
        holds.release(hold_id, at=now())
    # Another test's transaction, in another database of the cluster, may hold the horizon.
    for _ in range(100):
        balance_rollups.fold_once()
        seals.seal_all()
        sealed = sum(Seal.objects.values_list("entry_count", flat=True))
        if sealed == JournalEntry.objects.count() and Fold.objects.exists():
            break
        time.sleep(0.1)
    assert_books_balance()
    return platform


_ONE = "(SELECT id FROM ledger_journalentry WHERE kind = '{}' LIMIT 1)"
_ACCOUNT = "(SELECT id FROM ledger_ledgeraccount WHERE code = '{}' ORDER BY id LIMIT 1)"
_UNMATURED = "UPDATE ledger_journalentry SET source = id WHERE kind = 'maturation';"

BREAKS = {
    "C1": "DELETE FROM ledger_posting WHERE id = (SELECT max(id) FROM ledger_posting)",
    "C2": "UPDATE ledger_posting SET amount = amount + 1 WHERE id = "
    "(SELECT max(id) FROM ledger_posting)",
    "C3": "UPDATE ledger_guardedbalance SET posted = posted + 1",
    "held": "UPDATE ledger_guardedbalance SET held = held + 1 WHERE held > 0",
    "captures": "INSERT INTO ledger_holdevent (hold_id, kind, captured_amount, entry_id, "
    "created_at) "
    "SELECT id, 'captured', 50, 'je_nothing', now() FROM ledger_hold h WHERE NOT EXISTS "
    "(SELECT FROM ledger_holdevent e WHERE e.hold_id = h.id)",
    "locations": "UPDATE ledger_ledgeraccount SET location = 'away' WHERE id = "
    + _ACCOUNT.format("available"),
    "between": "UPDATE ledger_ledgeraccount SET code = 'between_locations' WHERE id = "
    + _ACCOUNT.format("processor"),
    "C4": "UPDATE ledger_fold SET total = total + 1",
    "C5": "UPDATE ledger_guardedbalance SET floor = 10000, posted = 90000 WHERE account_id = "
    + _ACCOUNT.format("available"),
    "C6": "UPDATE ledger_posting SET account_seq = account_seq + 100 WHERE account_seq = 1",
    "lines": "DELETE FROM ledger_balancetransaction WHERE type = 'charge'",
    "lots": "UPDATE ledger_posting SET available_on = available_on + 1 "
    "WHERE available_on IS NOT NULL AND amount > 0",
    "lent": _UNMATURED + "UPDATE ledger_posting p SET account_id = u.id "
    "FROM ledger_ledgeraccount a JOIN ledger_ledgeraccount u ON u.owner = a.owner "
    "AND u.code = 'available' WHERE a.id = p.account_id AND a.code = 'pending' AND p.entry_id IN "
    "(SELECT id FROM ledger_journalentry WHERE kind = 'refund_reserved')",
    "buckets": _UNMATURED + "UPDATE ledger_balancetransaction SET available_on = available_on + 1 "
    "WHERE type = 'charge'",
    "kinds": "UPDATE ledger_journalentry SET kind = 'transfer' WHERE id = "
    + _ONE.format("processor_fee"),
    "once": "DROP INDEX one_entry_per_source_and_kind",
    "floors": "UPDATE ledger_posting SET amount = -amount WHERE account_id = "
    + _ACCOUNT.format("refunds_in_transit"),
    "overdrawn": "UPDATE ledger_posting SET balance_after = -1 WHERE entry_id = "
    + _ONE.format("transfer"),
    "limits": "UPDATE ledger_posting SET amount = amount * 10 WHERE entry_id IN "
    "(SELECT id FROM ledger_journalentry WHERE kind IN ('refund_reserved', 'refund_confirmed'))",
    "C9": "UPDATE ledger_journalentry SET posted_at = now() - interval '31 days'",
    "snapshots": "INSERT INTO ledger_snapshot (account_id, day, closing_balance, posting_count, "
    "first_posting_id, last_posting_id) VALUES (1, '2025-01-01', 0, 0, 0, 0)",
    "parents": "UPDATE ledger_balancetransaction SET entry_id = 'je_nothing' WHERE id = "
    "(SELECT max(id) FROM ledger_balancetransaction)",
    "heads": "INSERT INTO ledger_verifyrun (began_at, check_count, finding_count, findings, "
    "seal_head) VALUES (now(), 0, 0, '[]', repeat('ab', 32))",
    "chart": "UPDATE ledger_kind SET may_overdraw = true WHERE kind = 'transfer'",
    "lowest": "UPDATE ledger_guardedbalance SET floor = floor - 1",
    "negative limits": "UPDATE ledger_guardedbalance SET negative_limit = negative_limit - 1",
    "guards": "ALTER TABLE ledger_posting DISABLE TRIGGER postings_are_balanced",
    "C11": "UPDATE ledger_journalentry SET request_id = 'req_other' WHERE kind = 'maturation'",
    "charges": "UPDATE payments_charge SET amount_captured = amount_captured - 1 "
    "WHERE amount_captured > 0",
    "C13 refunds": "UPDATE payments_refund SET status = 'succeeded' WHERE status = 'pending'",
    "C13 intents": "UPDATE payments_paymentintent SET amount_received = amount_received - 1 "
    "WHERE amount_received > 0",
    "refunded": "UPDATE payments_charge SET amount_refunded = amount_refunded - 1 "
    "WHERE amount_refunded > 0",
    "unapplied payments": "INSERT INTO payments_unappliedpayment (id, account_id, livemode, "
    "charge_id, status, amount, currency, created_at) SELECT 'unp_1', account_id, livemode, id, "
    "'open', 1, currency, now() FROM payments_charge LIMIT 1",
    "processing fees": "UPDATE payments_charge SET fee_amount = fee_amount + 1",
    "transfers": "UPDATE connect_transfer SET amount_reversed = amount_reversed - 1 "
    "WHERE amount_reversed > 0",
    "payouts": "UPDATE connect_payoutline SET amount = amount + 1",
    "payout fees": "UPDATE connect_payout SET application_fee_id = 'fee_1', "
    "application_fee_amount = 5",
    "disputes": "UPDATE payments_charge SET amount_disputed = 1",
    "figures": "INSERT INTO console_countedday (day, counted_at, pending_count) "
    "SELECT DISTINCT (posted_at AT TIME ZONE 'UTC')::date, now(), 0 FROM ledger_journalentry",
    "fees": "UPDATE connect_applicationfee SET amount_refunded = amount_refunded + 1",
}  # fmt: skip


def test_there_is_a_way_to_break_every_check():
    assert set(BREAKS) == {check.name for check in all_checks()}


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_found(name, platform, owner):
    if name == "once":
        owner.execute(
            "ALTER TABLE ledger_journalentry DROP CONSTRAINT one_entry_per_source_and_kind"
        )
        owner.execute(
            "UPDATE ledger_journalentry SET kind = 'x', source = 'y' WHERE kind = 'maturation' "
            "OR kind = 'transfer'"
        )
    else:
        owner.execute(BREAKS[name])

    found = {finding.check for finding in verify()}

    assert name in found
    # Tests ask all checks at once, and then say the same.
    with pytest.raises(AssertionError, match=f"'{name}'"):
        assert_books_balance()


def test_a_finding_names_what_is_wrong(platform, owner):
    entry = JournalEntry.objects.get(kind="transfer")
    owner.execute("UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id = %s", [entry.id])

    (finding,) = [f for f in verify() if f.check == "C1"]

    assert (finding.id, finding.detail) == (entry.id, "off by 2 usd")


@pytest.mark.parametrize(
    ("statement", "check", "about"),
    [
        (
            "UPDATE ledger_kind SET debits = '[\"bank\"]' WHERE kind = 'transfer'", "chart",
            "kind transfer",
        ),
        ("DELETE FROM ledger_kind WHERE kind = 'transfer'", "chart", "kind transfer"),
        (
            "INSERT INTO ledger_kind SELECT 'gift', '99', debits, credits, true, true, true "
            "FROM ledger_kind WHERE kind = 'transfer'", "chart", "kind gift",
        ),
        (
            "UPDATE ledger_chartcode SET is_guarded = false WHERE code = 'available'", "chart",
            "code available",
        ),
        (
            "UPDATE ledger_ledgeraccount SET is_guarded = false WHERE code = 'available'", "chart",
            "account",
        ),
        ("UPDATE ledger_guardedbalance SET negative_limit = -1", "lowest", ""),
    ],
)  # fmt: skip
def test_what_entries_are_judged_by_is_compared_with_what_is_written(
    platform, owner, statement, check, about
):
    owner.execute(statement)

    found = [finding for finding in verify() if finding.check == check]

    assert found
    assert all(finding.id.startswith(about) for finding in found)


def test_entries_before_a_moment_are_left_out(platform, owner):
    owner.execute(
        "UPDATE ledger_posting SET balance_after = -1 WHERE entry_id = " + _ONE.format("transfer")
    )

    assert "overdrawn" in {f.check for f in verify(since=now() - timedelta(hours=1))}
    assert "overdrawn" not in {f.check for f in verify(since=now() + timedelta(hours=1))}


def test_what_is_on_its_way_is_listed_with_the_oldest_first(platform):
    payout, refund = clearing_ageing()

    assert (refund.code, refund.amount, refund.currency) == ("refunds_in_transit", 1_00, "usd")
    assert refund.owner == platform.account_id
    assert refund.group.startswith("pi_")
    assert (payout.code, payout.amount) == ("payouts_in_transit", 1_00)
    assert payout.group.startswith("po_")


def test_a_proof_adds_up_to_the_balance(platform):
    groups = list(prove(owner=platform.account_id, livemode=False))

    assert sum(group.total for group in groups) == total(platform) + 1_00  # one is held
    lines = [line for group in groups for line in group.lines]
    assert {line.kind for line in lines} >= {"charge_captured", "processor_fee", "maturation"}
    assert any(line.seal for line in lines)
    for group in groups:
        assert all(line.amount for line in group.lines)


def test_a_proof_of_a_past_moment_knows_nothing_of_what_came_later(platform):
    before = now()
    was = total(platform)
    a_paid_intent(platform)

    then = prove(owner=platform.account_id, livemode=False, at=before)

    assert sum(group.total for group in then) == was + 1_00
    assert pending(platform) > 0


def test_a_proof_in_another_currency_or_mode_is_empty(platform):
    assert list(prove(owner=platform.account_id, livemode=False, currency="eur")) == []
    assert list(prove(owner=platform.account_id, livemode=True)) == []


def test_a_nightly_run_keeps_what_it_found(platform, owner, caplog):
    quiet = verifier.run(at=now(), clock=now)
    owner.execute("UPDATE ledger_guardedbalance SET posted = posted + 1")

    loud = verifier.run(at=now(), clock=now)

    assert (quiet.finding_count, quiet.check_count) == (0, len(all_checks()))
    assert quiet.seal_head == seals.head()
    assert loud.finding_count > 0
    assert loud.findings[0]["check"] == "C3"
    assert VerifyRun.objects.latest() == loud
    assert "The books do not balance" in caplog.text
