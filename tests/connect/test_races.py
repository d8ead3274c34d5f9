"""Whatever is taken back at once, from whichever side it is asked for, is taken back once."""

import pytest

from connect.models import ApplicationFee, Transfer
from connect.services import application_fees, reversals
from payments.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.soak import times
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("number", range(times(4)))
def test_refunds_reversals_and_fee_refunds_at_once_do_not_wait_in_a_circle(number):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    transfer, fee = Transfer.objects.get(), ApplicationFee.objects.get()

    def refund() -> object:
        return refunds.create(
            tenant=platform, intent_id=intent.id, amount=5_00, reverse_transfer=True,
            refund_application_fee=True, at=now(),
        )  # fmt: skip

    def reverse() -> object:
        return reversals.create(
            tenant=platform, transfer_id=transfer.id, amount=3_00, refund_application_fee=True,
            at=now(),
        )  # fmt: skip

    def give_back() -> object:
        return application_fees.refund(tenant=platform, fee_id=fee.id, amount=1_00, at=now())

    results = together(*[refund, reverse, give_back] * 3)

    assert not [r for r in results if isinstance(r, Exception)]
    transfer.refresh_from_db()
    fee.refresh_from_db()
    assert transfer.amount_reversed == 3 * 5_00 + 3 * 3_00
    # Of the fee: what refunds and reversals return in proportion, and 3.00 besides.
    assert total(platform) == 96_80 - 90_00 - 15_00 + 24_00 - fee.amount_refunded
    assert total(platform) + total(seller) == 96_80 - 15_00
    assert_books_balance()
