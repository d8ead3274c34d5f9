"""What was approved and cut off is looked at first, and run again only if it was not done."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.approvals import ApprovalAction, Preview, registry, requests, run_or_request
from accounts.approvals.recovery import RECOVERED_AFTER, recover_due
from accounts.audit import trail
from accounts.models import Account, ApprovalRequest, ApprovalRule, AuditEvent
from core.database.locking import lock_rows
from core.errors import Forbidden, InvalidRequest
from payments.models import Charge, Refund
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, an_operator, as_owner, now

pytestmark = pytest.mark.django_db

ACTION, UNTOLD = "tests.add_to_fee", "tests.add_to_fee_untold"
LATER = RECOVERED_AFTER + timedelta(seconds=1)


class Killed(BaseException):
    """A process ends here."""


# How often it dies, before or after it has done its work.
DIES = {"before": 0, "after": 0}


def preview(*, account):
    return Preview(f"{account} pays more.", facts={"fee": Account.objects.get(id=account).fee_bps})


def dies(when):
    if DIES[when]:
        DIES[when] -= 1
        raise Killed


def add_to_fee(*, account, at):
    dies("before")
    with transaction.atomic():
        row = lock_rows(Account.objects.all()).get(id=account)
        row.fee_bps += 100
        row.save(update_fields=["fee_bps"])
        trail.record("account.changed", row)
    dies("after")


if ACTION not in registry.names():
    permission = "accounts.change_account"
    registry.register(
        ApprovalAction(ACTION, permission, preview, add_to_fee),
        ApprovalAction(UNTOLD, permission, preview, add_to_fee, is_done=lambda **_: None),
    )


@pytest.fixture
def ann():
    return an_operator("ann@example.com")


@pytest.fixture
def bob():
    return an_operator("bob@example.com")


@pytest.fixture
def account():
    return a_platform(fee_bps=0).account_id


def cut_off(account, ann, bob, *, before=0, after=0, action=ACTION):
    """Ask for an action and approve it, and let the process die over it."""
    ApprovalRule.objects.create(action=action)
    row = run_or_request(action, by=ann, reason="So", at=now(), account=account).request
    DIES.update(before=before, after=after)
    with pytest.raises(Killed):
        requests.approve(request_id=row.id, by=bob, at=now())
    row.refresh_from_db()
    assert (row.state, row.run_count, row.message) == ("approved", 1, "")
    return row


def fee(account):
    return Account.objects.get(id=account).fee_bps


def test_what_died_before_it_was_done_is_done_once_on_the_word_of_whoever_approved(
    account, ann, bob
):
    row = cut_off(account, ann, bob, before=1)
    assert recover_due(at=now()) == 0

    assert recover_due(at=now() + LATER) == 1
    assert recover_due(at=now() + 3 * LATER) == 0

    row.refresh_from_db()
    assert (row.state, row.run_count, fee(account)) == ("executed", 2, 100)
    told = AuditEvent.objects.get(action="account.changed")
    assert (told.actor_email, told.approval_id, told.reason) == ("bob@example.com", row.id, "So")


def test_what_died_after_it_was_done_is_not_done_again(account, ann, bob):
    row = cut_off(account, ann, bob, after=1)
    assert fee(account) == 100

    assert recover_due(at=now() + LATER) == 1

    row.refresh_from_db()
    assert (row.state, row.run_count, fee(account)) == ("executed", 1, 100)
    assert row.message == "It was done before it broke off."


def test_what_has_changed_meanwhile_has_failed_as_nothing_was_done(account, ann, bob):
    row = cut_off(account, ann, bob, before=1)
    Account.objects.filter(id=account).update(fee_bps=7)

    assert recover_due(at=now() + LATER) == 1

    row.refresh_from_db()
    assert (row.state, fee(account)) == ("failed", 7)


def test_what_dies_every_time_is_left_to_somebody(account, ann, bob):
    row = cut_off(account, ann, bob, before=3)
    for turn in (1, 2):
        with pytest.raises(Killed):
            recover_due(at=now() + turn * LATER)

    assert recover_due(at=now() + 3 * LATER) == 0

    row.refresh_from_db()
    assert (row.state, row.run_count, fee(account)) == ("approved", 3, 0)
    assert "may have been done or not" in row.message


def test_where_nobody_can_tell_somebody_looks_and_says_so(account, ann, bob):
    row = cut_off(account, ann, bob, after=1, action=UNTOLD)
    reject = {"request_id": row.id, "was_done": True, "reason": "The fee is higher"}
    with pytest.raises(InvalidRequest, match="nobody knows"):
        requests.settle(by=bob, at=now(), **reject)
    assert recover_due(at=now() + LATER) == 0

    row.refresh_from_db()
    assert (row.state, fee(account)) == ("approved", 100)
    for person, error in (
        (ann, InvalidRequest),
        (an_operator("s@example.com", role="support"), Forbidden),
    ):
        with pytest.raises(error):
            requests.settle(by=person, at=now() + LATER, **reject)
    with pytest.raises(InvalidRequest, match="Say what"):
        requests.settle(by=bob, at=now() + LATER, **reject | {"reason": ""})
    settled = requests.settle(by=bob, at=now() + LATER, **reject)

    assert (settled.state, settled.message) == ("executed", "The fee is higher")
    told = AuditEvent.objects.get(action="approval.executed")
    assert (told.actor_email, told.reason) == ("bob@example.com", "The fee is higher")


@pytest.mark.parametrize("was_run", [False, True])
def test_a_refund_that_was_cut_off_is_made_once(ann, bob, was_run):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    charge = Charge.objects.get()
    ApprovalRule.objects.create(action="refund.create", in_test_mode=True)
    row = run_or_request(
        "refund.create",
        by=ann,
        reason="It broke",
        at=now(),
        account=charge.account_id,
        livemode=False,
        charge=charge.id,
        amount=40_00,
        code="",
        reverse_transfer=False,
        refund_application_fee=False,
        transfer_reversals=None,
        refunded_before_amount=0,
    ).request
    if was_run:
        requests.approve(request_id=row.id, by=bob, at=now())
    as_owner(
        "UPDATE accounts_approvalrequest SET state = 'approved', message = '', ended_at = NULL, "
        f"decided_by_id = '{bob.pk}', decided_by_email = '{bob.email}', tried_at = now()"
    )
    assert Refund.objects.count() == was_run

    assert recover_due(at=now() + LATER) == 1

    row.refresh_from_db()
    assert row.state == "executed"
    made = Refund.objects.get()
    assert (made.id, made.amount) == (row.id.replace("appr_", "re_"), 40_00)
    assert total(platform) == 100_00 - 3_20 - 40_00
    told = AuditEvent.objects.get(action="refund.created")
    assert (told.approval_id, told.actor_id) == (row.id, bob.pk)
    assert ApprovalRequest.objects.count() == 1
    assert_books_balance()
