"""A unit of work writes all of what it gathered, or nothing, and nobody else's transaction."""

import pytest

from connect.models import Payout
from connect.payouts.services import payouts
from connect.states import PayoutStatus
from core.database.transactions import atomic
from core.state_machine import IllegalMove
from operations.unit_of_work import UnitOfWork
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_platform, a_seller_with, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMER = {"id": "cus_1", "object": "customer"}


def test_what_is_written_within_a_transaction_goes_with_it():
    tenant = a_platform()
    before = Event.objects.count()

    def write_and_fail():
        with atomic():
            work = UnitOfWork(tenant, at=now())
            work.emit("customer.created", tenant, CUSTOMER)
            work.write_within()
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()

    assert Event.objects.count() == before


def test_an_error_inside_the_block_writes_nothing():
    tenant = a_platform()
    before = Event.objects.count()

    def gather_and_fail():
        with UnitOfWork(tenant, at=now()) as work:
            work.emit("customer.created", tenant, CUSTOMER)
            raise KeyError

    with pytest.raises(KeyError):
        gather_and_fail()

    assert Event.objects.count() == before


def test_the_end_of_the_block_writes_what_was_gathered():
    tenant = a_platform()

    with UnitOfWork(tenant, at=now()) as work:
        work.emit("customer.created", tenant, CUSTOMER)
        before = Event.objects.count()

    assert Event.objects.count() == before + 1


def a_payout() -> Payout:
    seller = a_seller_with(a_platform(), 100_00)
    a_bank_account(seller)
    return payouts.create(tenant=seller, amount=20_00, currency="usd", at=now())


def test_what_is_changed_is_set_at_once_and_written_at_the_end():
    payout = a_payout()

    with UnitOfWork(payout.tenant, at=now()) as work:
        work.change(payout, status=PayoutStatus.IN_TRANSIT, send_at=None)
        assert payout.status == PayoutStatus.IN_TRANSIT
        assert Payout.objects.get().status == PayoutStatus.PENDING

    kept = Payout.objects.get()
    assert (kept.status, kept.send_at) == (PayoutStatus.IN_TRANSIT, None)


def test_a_status_moves_only_as_its_machine_allows():
    payout = a_payout()

    with (
        pytest.raises(IllegalMove, match="failed"),
        UnitOfWork(payout.tenant, at=now()) as work,
    ):
        work.change(payout, status=PayoutStatus.FAILED)

    assert Payout.objects.get().status == PayoutStatus.PENDING
    assert_books_balance()
