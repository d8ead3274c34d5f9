"""Paying sellers and platforms out to their banks, whatever their banks say."""

from datetime import timedelta

import pytest

from accounts.models import Account
from connect.models import ExternalAccount, Payout, PayoutAttempt, PayoutLine, PayoutSchedule
from connect.onboarding.services import external_accounts
from connect.payouts import queries
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from connect.transfers.services import transfers
from core.errors import InvalidRequest, Missing
from ledger import queries as ledger_queries
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, at_the_processor, on_its_way, usable
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_with,
    now,
)
from webhooks.models import Event

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _quick_bank(settings):
    # In a test the database stands still.
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600


def a_payout(tenant, amount=50_00, **details) -> Payout:
    wanted = {"currency": "usd", "at": now()} | details
    return payouts.create(tenant=tenant, amount=amount, **wanted)


def sent(payout) -> Payout:
    """Let its bank take it on, and ask what became of it."""
    sending.send_due(at=payout.created_at + LATER)
    return asked(payout)


def asked(payout, after=2 * LATER) -> Payout:
    sending.poll_due(at=payout.created_at + after)
    return Payout.objects.select_related("destination").get(id=payout.id)


def events(tenant) -> list[str]:
    found = Event.objects.filter(account_id=tenant.account_id, type__startswith="payout.")
    return list(found.order_by("id").values_list("type", flat=True))


def test_a_payout_is_set_aside_then_sent_and_arrives():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    held = at_the_processor()

    payout = a_payout(seller, 60_00, statement_descriptor="CORNER SHOP", metadata={"week": "47"})

    assert (payout.status, usable(seller), on_its_way(seller)) == ("pending", 40_00, 60_00)
    assert at_the_processor() == held

    payout = sent(payout)

    assert (payout.status, usable(seller), on_its_way(seller)) == ("paid", 40_00, 0)
    assert at_the_processor() == held - 60_00
    assert payout.processor_reference.startswith("simpo_")
    assert events(seller) == ["payout.created", "payout.updated", "payout.paid"]
    assert_books_balance()


def test_a_payout_needs_money_that_is_available():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    with pytest.raises(InvalidRequest) as refused:
        a_payout(seller, 100_01)

    assert refused.value.code == "balance_insufficient"
    assert not Payout.objects.exists()
    assert not PayoutLine.objects.exclude(payout=None).exists()
    assert_books_balance()


def test_a_platform_pays_itself_out():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    a_bank_account(platform)

    payout = sent(a_payout(platform, 96_80))

    assert (payout.status, usable(platform)) == ("paid", 0)
    assert_books_balance()


def test_a_payout_can_be_canceled_until_it_is_sent():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    payout = a_payout(seller)

    canceled = payouts.cancel(tenant=seller, payout_id=payout.id, at=now())
    again = payouts.cancel(tenant=seller, payout_id=payout.id, at=now())

    assert (canceled.status, again.status, usable(seller)) == ("canceled", "canceled", 100_00)
    line = ledger_queries.balance_transaction(seller, canceled.failure_balance_transaction_id)
    assert (line.type, line.amount) == ("payout_cancel", 50_00)
    assert sending.send_due(at=now() + LATER) == 0

    other = sent(a_payout(seller, 100_00))
    with pytest.raises(InvalidRequest, match="only be canceled while they are pending"):
        payouts.cancel(tenant=seller, payout_id=other.id, at=now())
    assert_books_balance()


def test_an_instant_payout_is_sent_with_the_next_round_and_there_the_same_day():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    payout = a_payout(seller, method="instant")

    assert payout.arrival_date == payout.created_at.date()
    assert sending.send_due(at=payout.created_at) == 1


@pytest.mark.parametrize(
    ("number", "code", "is_errored"),
    [
        ("000111111116", "no_account", True),
        ("000111111113", "account_closed", True),
        ("000222222227", "insufficient_funds", False),
        ("000333333335", "debit_not_authorized", True),
        ("000444444440", "invalid_currency", True),
    ],
)
def test_a_payout_that_a_bank_refuses_gives_its_money_back(number, code, is_errored):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, number)

    payout = sent(a_payout(seller))

    assert (payout.status, payout.failure_code) == ("failed", code)
    assert (usable(seller), on_its_way(seller)) == (100_00, 0)
    line = ledger_queries.balance_transaction(seller, payout.failure_balance_transaction_id)
    assert (line.type, line.amount) == ("payout_failure", 50_00)
    assert events(seller)[-1] == "payout.failed"
    assert (payout.destination.status == "errored") is is_errored
    assert (PayoutSchedule.objects.get().paused_at is not None) is is_errored
    assert_books_balance()


def test_nothing_is_sent_to_a_failed_bank_account_until_somebody_has_looked_at_it():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    account = Account.objects.get(id=seller.account_id)
    target = a_bank_account(seller, "000111111116")
    sent(a_payout(seller))

    with pytest.raises(InvalidRequest) as refused:
        a_payout(seller)
    assert refused.value.code == "bank_account_unusable"

    external_accounts.update(
        tenant=seller,
        account=account,
        external_id=target.id,
        changes={"holder_name": "Corner Shop"},
        at=now(),
    )

    assert a_payout(seller).status == "pending"
    assert PayoutSchedule.objects.get().paused_at is None


@pytest.mark.parametrize(
    ("number", "payer", "back", "borne"),
    [
        ("000777777771", "account", 50_00, 0),
        ("000777777772", "account", 47_50, 0),
        ("000777777772", "application", 47_50, 2_50),
    ],
)
def test_a_payout_may_come_back_after_it_was_paid(settings, number, payer, back, borne):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller = a_seller_with(platform, 100_00, controller={"fees": {"payer": payer}})
    a_bank_account(seller, number)
    had, held = usable(platform), at_the_processor()
    payout = sent(a_payout(seller))
    assert (payout.status, usable(seller)) == ("paid", 50_00)

    settings.SIMULATED_PAYOUTS_RETURNED_AFTER = -3_600
    payout = asked(payout, 3 * LATER)

    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert usable(seller) == 50_00 + back + borne
    assert usable(platform) == had - borne
    assert at_the_processor() == held - 50_00 + back
    assert payout.attempts.get().status == "returned"
    assert events(seller)[-2:] == ["payout.paid", "payout.failed"]
    assert_books_balance()


def test_a_payout_of_which_nothing_is_heard_stays_on_its_way():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, "000777777773")

    payout = sent(a_payout(seller))

    assert (payout.status, on_its_way(seller)) == ("in_transit", 50_00)
    attempt = PayoutAttempt.objects.get()
    assert (attempt.status, attempt.tries) == ("accepted", 2)
    assert_books_balance()


def test_a_lost_answer_is_asked_for_and_nobody_is_paid_twice():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, "000777777774")
    payout = a_payout(seller)
    sending.send_due(at=now() + LATER)
    assert PayoutAttempt.objects.get().status == "unknown"
    assert Payout.objects.get().status == "in_transit"

    payout = asked(payout)

    assert (payout.status, payout.attempts.count()) == ("paid", 1)
    assert_books_balance()


def test_a_request_that_never_arrived_is_sent_again_with_its_key():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, "000777777775")

    payout = asked(sent(a_payout(seller)), 3 * LATER)

    attempt = payout.attempts.get()
    asked_for = SimulatedRequest.objects.filter(action__in=("lost", "payout")).order_by(
        "created_at"
    )
    assert [request.charge_key for request in asked_for] == [attempt.id] * 2
    assert [request.action for request in asked_for] == ["lost", "payout"]
    assert payout.status == "paid"


def test_a_payout_that_could_not_even_be_sent_is_sent_again_as_another_attempt():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, "000777777776")

    payout = a_payout(seller)
    for hours in range(1, 5):
        sending.send_due(at=now() + timedelta(hours=hours))

    payout.refresh_from_db()
    assert [a.status for a in payout.attempts.order_by("number")] == ["failed"] * 3
    assert (payout.status, payout.failure_code) == ("failed", "could_not_process")
    assert usable(seller) == 100_00
    assert_books_balance()


def test_an_amount_that_differs_is_put_aside_for_an_operator():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, "000777777778")

    payout = a_payout(seller)
    sending.send_due(at=now() + LATER)

    payout.refresh_from_db()
    assert (payout.status, on_its_way(seller)) == ("in_transit", 50_00)
    assert payout.attempts.get().reason == "amount_differs"
    assert_books_balance()


def test_removing_a_bank_account_stops_what_waits_to_be_sent_there():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    target = a_bank_account(seller)
    waiting = a_payout(seller)

    external_accounts.delete(tenant=seller, external_id=target.id, at=now())

    waiting.refresh_from_db()
    assert (waiting.status, usable(seller)) == ("canceled", 100_00)
    with pytest.raises(InvalidRequest, match="don't have any external accounts"):
        a_payout(seller)
    assert_books_balance()


def test_while_payouts_are_disabled_nothing_is_made_and_nothing_is_sent():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    waiting = a_payout(seller)
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False)

    with pytest.raises(InvalidRequest) as refused:
        a_payout(seller)

    assert refused.value.code == "payouts_not_allowed"
    assert sending.send_due(at=now() + LATER) == 0
    assert payouts.cancel(tenant=seller, payout_id=waiting.id, at=now()).status == "canceled"


def test_a_payout_goes_only_where_its_currency_is_taken():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    euros = a_bank_account(
        seller, "DE89370400440532013000", country="DE", currency="eur", routing_number=None
    )

    with pytest.raises(InvalidRequest, match="takes eur, and the payout is in usd"):
        a_payout(seller, destination=euros.id)
    with pytest.raises(Missing):
        a_payout(seller, destination="ba_123")
    with pytest.raises(InvalidRequest, match=r"in that currency \(gbp\)"):
        a_payout(seller, currency="gbp")


def test_a_payout_of_another_account_is_missing():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    payout = a_payout(seller)

    for stranger in (platform, a_platform()):
        with pytest.raises(Missing):
            payouts.cancel(tenant=stranger, payout_id=payout.id, at=now())
        with pytest.raises(Missing):
            queries.payout(stranger, payout.id)


def test_a_payout_cannot_be_reversed():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    payout = a_payout(seller)

    with pytest.raises(InvalidRequest, match="cannot be reversed"):
        payouts.reverse(tenant=seller, payout_id=payout.id)


def test_the_number_of_a_bank_account_is_kept_encrypted():
    seller = a_seller(a_platform())

    row = a_bank_account(seller, "000123456789")

    assert b"000123456789" not in bytes(row.sealed_number)
    assert (row.last4, row.bank_name) == ("6789", "RIALTO TEST BANK")
    stored = ExternalAccount.objects.filter(id=row.id).values().get()
    assert not any("000123456789" in str(value) for value in stored.values())


def test_transfers_reach_a_seller_that_is_being_paid_out():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller = a_seller_with(platform, 10_00)
    a_bank_account(seller)
    a_payout(seller, 10_00)

    transfers.create(
        tenant=platform, amount=5_00, currency="usd", destination=seller.account_id, at=now()
    )

    assert (usable(seller), on_its_way(seller)) == (5_00, 10_00)
    assert_books_balance()
