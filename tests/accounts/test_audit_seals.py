"""Whoever rewrites the sealed audit trail is found out, even the owner of the tables."""

import random
import time

import pytest
from django.db import transaction

from accounts.audit import seals, trail
from accounts.models import AuditEvent, AuditLeaf, AuditSeal
from tests.factories import an_operator, now
from tests.ledger.test_seals import owner

pytestmark = pytest.mark.django_db(transaction=True)

EACH = 200
# Column → what the owner could write into it, with the triggers switched off.
FORGED = {
    "created_at": "created_at + interval '1 second'",
    "actor_kind": "'system'",
    "actor_id": "'user_other'",
    "actor_email": "'mallory@example.com'",
    "actor_name": "'Mallory'",
    "action": "'bank_file.canceled'",
    "target_type": "'charge'",
    "target_id": "target_id || '1'",
    "account_id": "'acct_other'",
    "livemode": "NOT coalesce(livemode, false)",
    "changes": '\'{"status": [null, "sent"]}\'',
    "address": "'198.51.100.1'",
    "session": "'other'",
    "request_id": "'req_other'",
    "reason": "reason || '.'",
    "step_up_seconds": "coalesce(step_up_seconds, 0) + 1",
    "approval_id": "'appr_other'",
    "xid": "xid + 1",
}


def acts(count):
    operator = an_operator("ann@example.com")
    with transaction.atomic():
        for number in range(count):
            trail.record("bank_file.sent", target=("bank_file", f"bfile_{number}"), by=operator)


def seal_settled():
    # Another test's transaction, in another database of the cluster, may hold the horizon.
    for _ in range(100):
        seals.seal_all(at=now())
        if AuditLeaf.objects.count() == AuditEvent.objects.count():
            return
        time.sleep(0.1)
    raise AssertionError("not all events were sealed in ten seconds")


def forge(*statements):
    with owner() as tables:
        tables.execute("SET session_replication_role = replica")
        for statement in statements:
            tables.execute(statement)


def found_events():
    return {one.event for one in seals.verify() if one.event}


def test_all_that_was_done_is_sealed_in_a_chain_and_holds():
    acts(3)
    seal_settled()
    acts_later = AuditEvent.objects.count()
    with transaction.atomic():
        trail.record("bank_file.sent", target=("bank_file", "bfile_x"))
    seal_settled()

    assert list(seals.verify()) == []
    first, second = AuditSeal.objects.order_by("number")
    assert (first.event_count, second.event_count) == (acts_later, 1)
    assert bytes(second.previous) == bytes(first.head)
    assert seals.seal_all(at=now()) == 0


def test_each_of_a_thousand_edits_deletions_and_reorderings_is_found():
    acts(5 * EACH)
    seal_settled()
    # Another order than that of the ids, so that each kind of attack meets all batches.
    ids = list(AuditEvent.objects.values_list("id", flat=True))
    random.shuffle(ids)
    edited, deleted, swapped = ids[: 2 * EACH], ids[2 * EACH : 3 * EACH], ids[3 * EACH :]
    columns = list(FORGED)
    forgeries = [
        f"UPDATE accounts_auditevent SET {column} = {FORGED[column]} WHERE id = '{id}'"
        for number, id in enumerate(edited)
        for column in [columns[number % len(columns)]]
    ]
    forgeries += [f"DELETE FROM accounts_auditevent WHERE id = '{id}'" for id in deleted]
    # Two events change places: each is then the other one.
    for one, other in zip(swapped[::2], swapped[1::2], strict=True):
        forgeries += [
            f"UPDATE accounts_auditevent SET id = 'held' WHERE id = '{one}'",
            f"UPDATE accounts_auditevent SET id = '{one}' WHERE id = '{other}'",
            f"UPDATE accounts_auditevent SET id = '{other}' WHERE id = 'held'",
        ]

    forge(*forgeries)

    assert len(edited) + len(deleted) + len(swapped) == 5 * EACH
    assert found_events() == {*edited, *deleted, *swapped}


SEALS = {
    "number": "number + 100", "until_xid": "until_xid + 1", "cluster": "'1'",
    "event_count": "event_count + 1", "root": "sha256('')", "previous": "sha256('x')",
    "head": "sha256('')", "signature": "decode(repeat('00', 64), 'hex')",
    "public_key": "sha256('')", "sealed_at": "sealed_at + interval '1 second'",
}  # fmt: skip


@pytest.fixture(scope="module")
def leaf_attacks():
    return {
        "two leaves change places": (
            "UPDATE accounts_auditleaf SET position = 100 - position WHERE position < 2",
            "UPDATE accounts_auditleaf SET position = position - 99 WHERE position > 90",
        ),
        "an event with its leaf goes": (
            "DELETE FROM accounts_auditevent WHERE id = (SELECT min(id) FROM accounts_auditevent)",
            "DELETE FROM accounts_auditleaf WHERE position = 0",
        ),
        "a leaf is made anew": ("UPDATE accounts_auditleaf SET leaf = sha256('x')",),
        "a seal goes": ("DELETE FROM accounts_auditseal",),
    }


def test_seals_and_leaves_that_were_changed_are_found(leaf_attacks):
    acts(3)
    seal_settled()
    attacks = {
        column: (f"UPDATE accounts_auditseal SET {column} = {new}",)
        for column, new in SEALS.items()
    } | leaf_attacks
    kept = [
        ("accounts_auditevent", "CREATE TABLE kept_events AS TABLE accounts_auditevent"),
        ("accounts_auditleaf", "CREATE TABLE kept_leaves AS TABLE accounts_auditleaf"),
        ("accounts_auditseal", "CREATE TABLE kept_seals AS TABLE accounts_auditseal"),
    ]
    forge(*(statement for _, statement in kept))
    restore = [
        step
        for table, statement in kept
        for step in (
            f"DELETE FROM {table}",
            f"INSERT INTO {table} TABLE {statement.split()[2]}",
        )
    ]
    unseen = []

    for name, statements in attacks.items():
        forge(*statements)
        if not list(seals.verify()):
            unseen.append(name)
        forge(*restore)

    assert unseen == []
    assert list(seals.verify()) == []


def test_an_event_that_is_put_beside_old_seals_is_found():
    acts(2)
    seal_settled()
    acts_with_old_number = (
        "INSERT INTO accounts_auditevent (id, actor_kind, actor_email, actor_name, action, "
        "target_type, target_id, changes, session, reason, xid) VALUES ('aud_forged', 'operator', "
        "'bob@example.com', '', 'bank_file.sent', '', '', '{}', '', '', 5)"
    )

    forge(acts_with_old_number)

    assert found_events() == {"aud_forged"}


def test_seals_that_were_made_again_over_other_events_lack_the_head_that_was_kept():
    acts(2)
    seal_settled()
    kept = seals.head()

    forge(
        "DELETE FROM accounts_auditseal",
        "DELETE FROM accounts_auditleaf",
        "UPDATE accounts_auditevent SET reason = 'none'",
    )
    seal_settled()

    assert list(seals.verify()) == []
    assert not seals.has_head(kept)


def test_events_that_were_restored_into_another_cluster_are_sealed_on():
    acts(2)
    seal_settled()
    forge("UPDATE accounts_auditseal SET until_xid = until_xid + 1000000, cluster = 'other'")
    with transaction.atomic():
        trail.record("bank_file.sent", target=("bank_file", "bfile_x"))

    seal_settled()

    assert AuditSeal.objects.order_by("-number").first().event_count == 1
