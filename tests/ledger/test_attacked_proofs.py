"""Attacks on the seals, the checks and the proofs that ordinary tampering does not try."""

import pytest
from django.test import Client
from django.urls import reverse

from ledger.audit import seals
from ledger.audit import verify as verifier
from ledger.audit.balance_proof import prove
from ledger.audit.verify import verify
from ledger.models import JournalEntry, LedgerAccount, Posting, Seal, VerifyRun
from tests import factories
from tests.factories import a_paid_intent, a_platform, now
from tests.ledger.test_seals import books, broken, owner, seal_settled

pytestmark = pytest.mark.django_db(transaction=True)

TRIGGERS_OFF = "SET session_replication_role = replica"


def as_owner(*statements):
    with owner() as tables:
        tables.execute(TRIGGERS_OFF)
        for statement in statements:
            tables.execute(statement)


def find():
    return {f.check for f in verify()}


def as_after_a_restore():
    """Give the newest entries the low transaction numbers of a fresh cluster."""
    sealed = Seal.objects.order_by("-number").first().until_xid
    as_owner(
        f"UPDATE ledger_posting p SET xid = 5 FROM ledger_journalentry e "
        f"WHERE e.id = p.entry_id AND e.xid >= {sealed}",
        f"UPDATE ledger_journalentry SET xid = 5 WHERE xid >= {sealed}",
    )


def test_seals_hold_after_two_restores_with_postings_and_no_seal_between_them():
    books(1)
    seal_settled()
    as_owner("SELECT ledger_rebase()")
    a_paid_intent(a_platform())
    as_after_a_restore()
    as_owner("SELECT ledger_rebase()")

    seals.seal_all()

    assert broken() == []
    assert sum(Seal.objects.values_list("entry_count", flat=True)) == JournalEntry.objects.count()


def test_a_proof_does_not_call_sealed_what_is_not_sealed_yet():
    books(1)
    seal_settled()
    as_owner("SELECT ledger_rebase()")
    platform = a_platform()
    a_paid_intent(platform)
    as_after_a_restore()

    lines = [
        line for group in prove(owner=platform.account_id, livemode=False) for line in group.lines
    ]

    assert {line.seal for line in lines} == {None}


@pytest.mark.parametrize("how_many", ["the last", "all"])
def test_seals_that_were_taken_out_and_made_again_over_changed_entries_are_found(how_many):
    books(1)
    seal_settled()
    books(1)
    seal_settled()
    assert verifier.run(at=now(), clock=now).finding_count == 0
    last = "WHERE number = (SELECT max(number) FROM ledger_seal)" if how_many == "the last" else ""
    as_owner(
        f"DELETE FROM ledger_seal {last}",
        "UPDATE ledger_journalentry SET request_id = 'req_other' WHERE id = (SELECT id FROM "
        "ledger_journalentry ORDER BY xid DESC LIMIT 1)",
    )
    seal_settled()

    # The head that last night's run kept is no seal's any more.
    assert VerifyRun.objects.latest().seal_head
    assert "heads" in find()


def test_a_head_that_was_kept_elsewhere_is_no_seal_s_any_more_after_they_are_made_again():
    books(1)
    seal_settled()
    kept = seals.head()
    assert verify(heads=[kept]) == []
    as_owner(
        "DELETE FROM ledger_seal",
        "UPDATE ledger_journalentry SET request_id = 'req_other'",
    )
    seal_settled()

    (finding,) = verify(heads=[kept])

    assert (finding.check, finding.id) == ("C11", kept)


def test_lines_of_no_entry_are_found():
    platform = a_platform()
    a_paid_intent(platform)
    seal_settled()
    as_owner(
        *(
            "INSERT INTO ledger_balancetransaction (id, entry_id, account_id, livemode, type, "
            "amount, fee, net, currency, source, fee_details, available_on, created_at) "
            f"VALUES ('txn_forged{sign}', 'je_nothing', '{platform.account_id}', false, "
            f"'adjustment', {sign}500, 0, {sign}500, 'usd', 'x', '[]', now(), now())"
            for sign in ("", "-")
        )
    )

    assert "parents" in find()


@pytest.mark.parametrize(
    "statement",
    [
        "GRANT UPDATE (amount) ON ledger_posting TO rialto_app",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NULL; END $$",
        "DROP TRIGGER posting_is_append_only ON ledger_posting; CREATE TRIGGER "
        "posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting "
        "FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION ledger_refuse()",
        "GRANT EXECUTE ON FUNCTION ledger_rebase() TO rialto_app",
        "CREATE RULE quiet AS ON INSERT TO ledger_posting DO INSTEAD NOTHING",
    ],
    ids=["column grant", "hollow function", "trigger that never fires", "may rebase", "rule"],
)
def test_a_guard_that_was_hollowed_out_is_found(statement):
    undo = {
        "GRANT UPDATE": "REVOKE UPDATE (amount) ON ledger_posting FROM rialto_app",
        "GRANT EXECUTE": "REVOKE EXECUTE ON FUNCTION ledger_rebase() FROM rialto_app",
        "CREATE RULE": "DROP RULE quiet ON ledger_posting",
        "DROP TRIGGER": "DROP TRIGGER posting_is_append_only ON ledger_posting; CREATE TRIGGER "
        "posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    }
    with owner() as tables:
        (refuse,) = tables.execute("SELECT pg_get_functiondef('ledger_refuse'::regproc)").fetchone()
    as_owner(statement)
    try:
        assert "guards" in find()
    finally:
        as_owner(next((u for s, u in undo.items() if statement.startswith(s)), refuse))


def test_a_hollow_verifier_in_the_database_is_found():
    books(1)
    seal_settled()
    with owner() as tables:
        (was,) = tables.execute(
            "SELECT pg_get_functiondef('ledger_broken_seals'::regproc)"
        ).fetchone()
    as_owner(
        "CREATE OR REPLACE FUNCTION ledger_broken_seals(p_first bigint, p_last bigint) RETURNS "
        "TABLE (number bigint, detail text) LANGUAGE sql STABLE AS "
        "$$ SELECT 1::bigint, 'x' WHERE false $$",
        "UPDATE ledger_journalentry SET request_id = 'req_other'",
    )
    try:
        assert "guards" in find()
    finally:
        as_owner(was)


def test_seals_before_a_moment_are_left_out_even_when_none_came_after_it():
    books(1)
    seal_settled()
    as_owner("UPDATE ledger_journalentry SET request_id = 'req_other'")

    later = verify(since=now())

    assert [f for f in later if f.check == "C11"] == []


def test_a_moment_that_no_python_knows_is_found_and_does_not_stop_a_proof():
    platform = a_platform()
    a_paid_intent(platform)
    seal_settled()
    as_owner("UPDATE ledger_journalentry SET posted_at = 'infinity'")

    assert "C11" in find()
    assert list(prove(owner=platform.account_id, livemode=False))


@pytest.fixture
def browser(db):
    user = factories.an_operator()
    client = Client()
    client.force_login(user)
    return client


def of(platform):
    account = LedgerAccount.objects.get(owner=platform.account_id, code="pending")
    return reverse("admin:ledger_proof", args=[account.pk])


def test_a_proof_says_that_objects_are_left_out_even_if_they_come_to_zero(browser, settings):
    platform = a_platform()
    a_paid_intent(platform)
    for _ in range(2):
        a_paid_intent(platform)
    account = LedgerAccount.objects.get(owner=platform.account_id, code="pending")
    lines = Posting.objects.filter(account=account).order_by("id")
    groups = list(dict.fromkeys(lines.values_list("entry__group", flat=True)))
    as_owner(
        f"UPDATE ledger_posting p SET amount = -amount FROM ledger_journalentry e "
        f"WHERE e.id = p.entry_id AND e.\"group\" = '{groups[2]}'"
    )
    settings.LEDGER_ROWS_SHOWN = 1

    page = browser.get(of(platform)).content.decode()

    assert "Of 3 objects the oldest 1 are shown" in page


@pytest.mark.parametrize("at", ["yesterday", "2020-01-01T00:00:00+00:00"])
def test_a_moment_that_is_not_understood_is_not_taken_for_now(browser, at):
    platform = a_platform()
    a_paid_intent(platform)

    answer = browser.get(f"{of(platform)}?at={at}")

    assert "charge_captured" not in answer.content.decode()
