"""A marketplace's month in stories: each ends with the books balanced, and every cent explained.

A charge of 100.00 costs 3.20, and the platform's cut is 10.00. See `docs/how-to`.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from connect.models import ExchangeRate, Transfer
from connect.payouts.services import negative_balances, payouts
from connect.payouts.services.attempts import sending
from connect.transfers.services import reversals, transfers
from core.errors import InvalidRequest
from ledger.chart import FX_POSITION
from ledger.entries import OPERATOR
from ledger.queries import account_balance
from payments.disputes.services import disputes
from payments.models import Charge, Dispute
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, at_the_processor, on_its_way, total, usable
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now
from tests.soak import times
from tests.survival.test_ledger_faults import together
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db

AT_ONCE = "pm_card_bypassPending"


@pytest.fixture(autouse=True)
def _quick_bank(settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600


def a_marketplace(number: str = "000123456789", **details):
    platform = a_platform()
    seller = a_seller(platform, **details)
    a_bank_account(seller, number)
    return platform, seller


def a_sale(platform, seller, card=AT_ONCE) -> Charge:
    intent = a_paid_intent(
        platform,
        payment_method=card,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    return Charge.objects.get(id=intent.latest_charge_id)


def paid_out(seller, amount, currency="usd"):
    payout = payouts.create(tenant=seller, amount=amount, currency=currency, at=now())
    sending.send_due(at=now() + timedelta(hours=1))
    sending.poll_due(at=now() + timedelta(hours=2))
    payout.refresh_from_db()
    return payout


def days_pass() -> None:
    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))


def end_of_story() -> None:
    assert_books_balance()
    assert_the_processor_agrees()


def test_sold_paid_out_then_refunded_with_both_flags():
    platform, seller = a_marketplace()
    charge = a_sale(platform, seller)
    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert paid_out(seller, 90_00).status == "paid"

    refunds.create(
        tenant=platform,
        charge_id=charge.id,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )

    # The seller gives the whole charge back, less the cut that came back to it.
    assert (total(platform), total(seller)) == (-3_20, -90_00)
    assert at_the_processor() == 100_00 - 3_20 - 90_00 - 100_00

    # The next sale makes it good, and what the platform set aside is free again.
    a_paid_intent(platform, payment_method=AT_ONCE)
    negative_balances.reserve_and_cover(at=now())
    assert (usable(platform), usable(seller)) == (-3_20 + 96_80 - 90_00, -90_00)
    a_sale(platform, seller)
    negative_balances.reserve_and_cover(at=now())
    assert (total(platform), total(seller)) == (-3_20 + 96_80 + 6_80, 0)
    end_of_story()


def test_a_payout_that_failed_after_it_was_paid_is_paid_again_to_another_account(settings):
    platform, seller = a_marketplace("000777777771")
    a_sale(platform, seller)
    payout = paid_out(seller, 90_00)
    assert (payout.status, usable(seller)) == ("paid", 0)

    settings.SIMULATED_PAYOUTS_RETURNED_AFTER = -3_600
    sending.poll_due(at=now() + timedelta(hours=3))

    payout.refresh_from_db()
    assert (payout.status, usable(seller)) == ("failed", 90_00)
    again = payouts.create(
        tenant=seller,
        amount=90_00,
        currency="usd",
        at=now(),
        destination=a_bank_account(seller, "000123456780").id,
    )
    sending.send_due(at=now() + timedelta(hours=4))
    sending.poll_due(at=now() + timedelta(hours=5))
    again.refresh_from_db()
    assert (again.status, usable(seller)) == ("paid", 0)
    assert {line.transaction_id for line in payout.lines.all()} == {
        line.transaction_id for line in again.lines.all()
    }
    end_of_story()


def test_a_payout_that_is_returned_short_costs_the_seller_what_the_bank_kept(settings):
    platform, seller = a_marketplace("000777777772")
    a_sale(platform, seller)
    paid_out(seller, 90_00)

    settings.SIMULATED_PAYOUTS_RETURNED_AFTER = -3_600
    sending.poll_due(at=now() + timedelta(hours=3))

    assert (usable(seller), total(platform)) == (87_50, 6_80)
    assert at_the_processor() == 96_80 - 2_50
    end_of_story()


def test_a_refund_that_fails_after_it_succeeded_gives_everybody_back_what_they_bore():
    platform, seller = a_marketplace()
    charge = a_sale(platform, seller, "pm_card_refundFail")
    refund = refunds.create(
        tenant=platform,
        charge_id=charge.id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    assert (total(platform), total(seller)) == (2_80, 54_00)

    days_pass()
    refunds.repair(at=now() + timedelta(minutes=5))

    refund.refresh_from_db()
    assert refund.status == "failed"
    assert (total(platform), total(seller)) == (6_80, 90_00)
    end_of_story()


def test_a_dispute_after_the_payout_is_the_platforms_until_it_takes_the_transfer_back():
    platform, seller = a_marketplace()
    charge = a_sale(platform, seller, "pm_card_rialto_disputeLate")
    a_sale(platform, seller)
    paid_out(seller, usable(seller))

    days_pass()
    disputes.fetch(at=now())

    dispute = Dispute.objects.get(charge_id=charge.id)
    before = total(platform)
    assert dispute.status == "needs_response"
    assert before == 6_80 + 6_80 - 100_00 - 15_00
    reversals.create(
        tenant=platform,
        transfer_id=str(charge.transfer_id),
        amount=60_00,
        at=now(),
        refund_application_fee=False,
    )
    assert total(platform) == before + 60_00
    end_of_story()


def test_ten_sellers_are_paid_out_and_bear_a_refund_of_their_order():
    platform = a_platform()
    sellers = [a_seller(platform) for _ in range(10)]
    intent = a_paid_intent(
        platform,
        amount=1_000_00,
        payment_method=AT_ONCE,
        split=[{"destination": s.account_id, "percent": 900} for s in sellers],
    )
    for seller in sellers[:5]:
        a_bank_account(seller)
        assert paid_out(seller, 90_00).status == "paid"

    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=333_33,
        transfer_reversals="proportional",
        at=now(),
    )

    assert [total(s) for s in sellers] == [-30_00] * 5 + [60_00] * 5
    assert Transfer.objects.filter(amount_reversed=30_00).count() == 10
    assert total(platform) == 1_000_00 - 900_00 - 29_30 - 333_33 + 300_00
    end_of_story()


def test_a_seller_in_another_currency_is_paid_in_it_and_gives_back_what_it_got():
    platform = a_platform()
    a_paid_intent(platform, payment_method=AT_ONCE, amount=1_000_00)
    had = total(platform)
    seller = a_seller(platform, default_currency="eur")
    a_bank_account(
        seller, "DE89370400440532013000", country="DE", currency="eur", routing_number=None
    )

    def give(rate):
        ExchangeRate.objects.create(sold="usd", bought="eur", rate=Decimal(rate), starts_at=now())
        return transfers.create(
            tenant=platform, amount=100_00, currency="usd", destination=seller.account_id, at=now()
        )

    def take(transfer, amount):
        reversals.create(tenant=platform, transfer_id=transfer.id, amount=amount, at=now())

    first = give("0.92")
    assert paid_out(seller, 92_00, "eur").status == "paid"
    assert (total(seller, "eur"), at_the_processor("eur")) == (0, -92_00)

    # What is at its bank it does not have here any more, until the next transfer comes.
    with pytest.raises(InvalidRequest) as refused:
        take(first, 33_33)
    assert refused.value.code == "balance_insufficient"
    second = give("0.80")
    take(first, 33_33)
    take(first, 33_33)
    take(second, 1)
    # 30.66 and 30.67 of the first, at its own rate; 0.01 of the second.
    assert total(seller, "eur") == 80_00 - 61_33 - 1
    take(second, 23_00)
    assert total(seller, "eur") == 80_00 - 61_33 - 18_41
    assert paid_out(seller, 26, "eur").status == "paid"

    assert (total(seller, "eur"), total(seller), total(platform, "eur")) == (0, 0, 0)
    assert total(platform) == had - 200_00 + 66_66 + 23_01
    position = {c: account_balance(FX_POSITION, OPERATOR, c) for c in ("usd", "eur")}
    assert {c: abs(n) for c, n in position.items()} == {"usd": 110_33, "eur": 92_26}
    end_of_story()


@pytest.mark.django_db(transaction=True)
def test_f26_money_that_goes_both_ways_at_once_never_waits_in_a_circle():
    platform = a_platform()
    a_paid_intent(platform, payment_method=AT_ONCE, amount=1_000_00)
    sellers = [a_seller(platform) for _ in range(2)]
    first = [
        transfers.create(
            tenant=platform, amount=100_00, currency="usd", destination=s.account_id, at=now()
        )
        for s in sellers
    ]
    had = total(platform)

    def give(seller):
        return lambda: transfers.create(
            tenant=platform, amount=1, currency="usd", destination=seller.account_id, at=now()
        )

    def take(transfer):
        return lambda: reversals.create(
            tenant=platform, transfer_id=transfer.id, amount=1, at=now()
        )

    rounds = times(10)
    for _ in range(rounds):
        works = [give(sellers[0]), take(first[0]), give(sellers[1]), take(first[1])] * 2
        assert not [r for r in together(*works) if isinstance(r, Exception)]

    assert [total(s) for s in sellers] == [100_00, 100_00]
    assert (total(platform), on_its_way(platform)) == (had, 0)
    end_of_story()
