"""What a rule sends to another person is done once, as it was asked for, and by nobody alone."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.approvals import (
    ApprovalAction,
    Preview,
    dispatch,
    registry,
    requests,
    run_or_request,
)
from accounts.models import Account, ApprovalRequest, ApprovalRule, AuditEvent
from core.database.locking import lock_rows
from core.errors import Forbidden, InvalidRequest
from core.ids import new_id
from core.money import Money
from core.security.role_words import Role
from tests.factories import a_platform, an_operator, as_owner, now

pytestmark = pytest.mark.django_db

ACTION = "tests.raise_fee"
RACES = 200


def preview(*, account, fixed_amount):
    row = Account.objects.get(id=account)
    return Preview(
        f"{account} pays {Money(fixed_amount, 'usd')}.",
        Money(fixed_amount, "usd"),
        livemode=True,
        facts={"before": row.fee_fixed_amount},
    )


def raise_fee(*, account, fixed_amount, at):
    """Add to the fee, so that whoever does it twice is seen."""
    with transaction.atomic():
        row = lock_rows(Account.objects.all()).get(id=account)
        if fixed_amount == 13_00:
            raise InvalidRequest("Thirteen is refused.")
        if fixed_amount == 14_00:
            raise ConnectionError("The database went away.")
        row.fee_fixed_amount += fixed_amount
        row.save(update_fields=["fee_fixed_amount"])
    return row


if ACTION not in registry.names():
    registry.register(ApprovalAction(ACTION, "accounts.change_account", preview, raise_fee))


@pytest.fixture
def ann():
    return an_operator("ann@example.com", role="admin")


@pytest.fixture
def bob():
    return an_operator("bob@example.com", role="admin")


@pytest.fixture
def account():
    tenant = a_platform(fee_fixed_amount=0)
    return tenant.account_id


@pytest.fixture
def rule():
    return ApprovalRule.objects.create(action=ACTION, currency="usd", above_amount=10_00)


def asked(by, account, amount=20_00, **more):
    outcome = run_or_request(
        ACTION,
        by=by,
        reason="A new contract",
        at=now(),
        account=account,
        fixed_amount=amount,
        **more,
    )
    assert outcome.request is not None
    return outcome.request


def fee(account):
    return Account.objects.get(id=account).fee_fixed_amount


def test_without_a_rule_it_is_done_at_once(ann, account):
    outcome = run_or_request(ACTION, by=ann, at=now(), account=account, fixed_amount=20_00)

    assert outcome.request is None
    assert outcome.result.id == account
    assert fee(account) == 20_00


@pytest.mark.parametrize(("amount", "waits"), [(10_00, False), (10_01, True)])
def test_a_rule_asks_for_another_person_above_its_amount(ann, bob, account, rule, amount, waits):
    outcome = run_or_request(
        ACTION, by=ann, reason="x", at=now(), account=account, fixed_amount=amount
    )

    assert (outcome.request is not None) is waits
    assert fee(account) == (0 if waits else amount)


def test_what_another_person_approves_is_done_as_it_was_asked_for(ann, bob, account, rule):
    row = asked(ann, account)
    assert (row.amount, row.above_amount, row.rule_id) == (20_00, 10_00, rule.id)
    assert row.summary == f"{account} pays 20.00 USD."

    row = requests.approve(request_id=row.id, by=bob, reason="Seen it", at=now())

    assert (row.state, row.decided_by_email) == ("executed", "bob@example.com")
    assert fee(account) == 20_00
    told = AuditEvent.objects.filter(target_id=row.id).order_by("id")
    assert list(told.values_list("action", "reason", "approval_id")) == [
        ("approval.requested", "A new contract", row.id),
        ("approval.approved", "Seen it", row.id),
        ("approval.executed", "A new contract", row.id),
    ]
    with pytest.raises(InvalidRequest, match="executed"):
        requests.approve(request_id=row.id, by=bob, at=now())
    assert fee(account) == 20_00


def test_nobody_approves_alone_nor_without_the_right_in_any_pair_of_roles(account, rule):
    askers = {role: an_operator(f"{role}1@example.com", role=role) for role in Role.values}
    others = {role: an_operator(f"{role}2@example.com", role=role) for role in Role.values}
    done = set()
    for role, asker in askers.items():
        if not asker.has_perm("accounts.change_account"):
            with pytest.raises(Forbidden):
                asked(asker, account)
            continue
        for name, approver in [*others.items(), ("self", asker)]:
            row = asked(asker, account)
            before = fee(account)
            try:
                row = requests.approve(request_id=row.id, by=approver, at=now())
            except InvalidRequest:
                assert fee(account) == before
                requests.reject(request_id=row.id, by=asker, reason="Enough", at=now())
            else:
                assert row.state == "executed"
                done.add((role, name))

    able = ("owner", "admin")
    assert done == {(role, name) for role in able for name in able}


def test_the_database_lets_nobody_decide_on_what_they_asked_for(ann, bob, account, rule):
    row = asked(ann, account)

    for state in ("approved", "executed", "failed", "rejected"):
        for person in (ann.pk, None):
            with pytest.raises(IntegrityError, match="somebody_else"), transaction.atomic():
                ApprovalRequest.objects.filter(id=row.id).update(state=state, decided_by_id=person)


def test_it_cannot_be_asked_for_where_nobody_else_may_approve(ann, account, rule):
    an_operator("o@example.com", role="support")

    with pytest.raises(InvalidRequest, match="nobody else here may"):
        asked(ann, account)

    assert not ApprovalRequest.objects.exists()


def test_a_request_needs_a_reason_and_the_same_waits_once(ann, bob, account, rule):
    with pytest.raises(InvalidRequest, match="say why"):
        run_or_request(ACTION, by=ann, at=now(), account=account, fixed_amount=20_00)

    asked(ann, account)
    with pytest.raises(InvalidRequest, match="waits for approval already"):
        asked(bob, account)
    assert ApprovalRequest.objects.count() == 1


@pytest.mark.parametrize(
    "altered",
    [
        "parameters = jsonb_set(parameters, '{fixed_amount}', '999')",
        "action = 'negative_balance.cover'",
        "facts = '{}'",
        "sha256 = repeat('0', 64)",
    ],
)
def test_what_was_altered_since_is_not_done(ann, bob, account, rule, altered):
    other = an_operator("carol@example.com")
    row = asked(ann, account)
    # The application has no right to it; the owner of the tables has.
    as_owner(f"UPDATE accounts_approvalrequest SET {altered}")

    row = requests.approve(request_id=row.id, by=other, at=now())

    assert row.state == "failed"
    assert "not those that were asked for" in row.message
    assert fee(account) == 0


@pytest.mark.parametrize("column", ["parameters", "sha256", "requested_by_id", "facts", "reason"])
def test_the_application_cannot_alter_what_was_asked_for(ann, bob, account, rule, column):
    asked(ann, account)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ApprovalRequest.objects.update(**{column: "x"})


def test_a_request_expires(ann, bob, account, rule):
    row = asked(ann, account)
    late = now() + timedelta(hours=73)

    with pytest.raises(InvalidRequest, match="expired"):
        requests.approve(request_id=row.id, by=bob, at=late)

    row.refresh_from_db()
    assert (row.state, fee(account)) == ("expired", 0)
    asked(ann, account)


def test_what_has_changed_since_is_not_overwritten(ann, bob, account, rule):
    row = asked(ann, account)
    Account.objects.filter(id=account).update(fee_fixed_amount=5_00)

    row = requests.approve(request_id=row.id, by=bob, at=now())

    assert row.state == "failed"
    assert "has changed since" in row.message
    assert fee(account) == 5_00


def test_what_the_service_refuses_has_failed_and_says_why(ann, bob, account, rule):
    row = asked(ann, account, amount=13_00)

    row = requests.approve(request_id=row.id, by=bob, at=now())

    assert (row.state, row.message, fee(account)) == ("failed", "Thirteen is refused.", 0)
    assert AuditEvent.objects.filter(action="approval.failed", target_id=row.id).exists()


def test_a_request_is_rejected_with_a_reason_or_withdrawn(ann, bob, account, rule):
    row = asked(ann, account)
    with pytest.raises(InvalidRequest, match="Say why"):
        requests.reject(request_id=row.id, by=bob, reason=" ", at=now())
    assert requests.reject(request_id=row.id, by=bob, reason="No", at=now()).state == "rejected"

    own = asked(ann, account)
    assert requests.reject(request_id=own.id, by=ann, reason="My slip", at=now()).state == (
        "withdrawn"
    )
    assert fee(account) == 0


def test_a_rule_of_live_mode_leaves_test_mode_alone(rule):
    found = Preview("", Money(20_00, "usd"), livemode=False)
    assert dispatch.rule_for(ACTION, found) is None

    ApprovalRule.objects.update(in_test_mode=True)
    assert dispatch.rule_for(ACTION, found) == rule


def test_a_rule_without_a_currency_holds_for_all(ann):
    always = ApprovalRule.objects.create(action=ACTION)

    for amount in (None, Money(1, "eur"), Money(0, "usd")):
        assert dispatch.rule_for(ACTION, Preview("", amount)) == always


def test_an_amount_of_no_currency_is_no_rule():
    with pytest.raises(IntegrityError, match="has_a_currency"), transaction.atomic():
        ApprovalRule.objects.create(action=ACTION, above_amount=1)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_races_do_each_thing_once_and_never_by_who_asked():
    ann = an_operator("ann@example.com")
    racers = [ann, *(an_operator(f"{name}@example.com") for name in ("bob", "carol"))]
    ApprovalRule.objects.create(action=ACTION, currency="usd", above_amount=10_00)
    like = Account.objects.values().get(id=a_platform(fee_fixed_amount=0).account_id)
    ids = [new_id("acct") for _ in range(RACES)]
    Account.objects.bulk_create(Account(**like | {"id": id}) for id in ids)
    rows = [asked(ann, id, amount=20_00) for id in ids]

    def race(turn):
        try:
            return requests.approve(request_id=turn[0].id, by=turn[1], at=now()).state
        except InvalidRequest:
            return "refused"
        finally:
            connection.close()

    # Neighbours in this line are at one request at one moment.
    with ThreadPoolExecutor(len(racers) * 2) as pool:
        states = list(pool.map(race, itertools.product(rows, racers)))

    assert states.count("executed") == RACES
    assert states.count("refused") == RACES * (len(racers) - 1)
    done = ApprovalRequest.objects.filter(state="executed")
    assert done.exclude(decided_by_id=ann.pk).count() == RACES
    fees = Account.objects.filter(id__in=ids).values_list("fee_fixed_amount", flat=True)
    assert set(fees) == {20_00}


def test_what_breaks_off_is_unknown_and_not_failed(ann, bob, account, rule):
    row = asked(ann, account, 14_00)

    done = requests.approve(request_id=row.id, by=bob, at=now())

    assert (done.state, done.ended_at) == ("approved", None)
    assert "may have been done or not" in done.message
    with pytest.raises(InvalidRequest):
        requests.approve(request_id=row.id, by=bob, at=now())
