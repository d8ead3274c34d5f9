"""A unit of work writes all of what it gathered, or nothing, and nobody else's transaction."""

import pytest

from core.database.transactions import atomic
from operations.unit_of_work import UnitOfWork
from tests.factories import a_platform, now
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
