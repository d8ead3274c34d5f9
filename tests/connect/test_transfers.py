import pytest

from connect.models import ApplicationFee, SellerPayment, Transfer
from connect.onboarding.services import account_closures, accounts
from connect.transfers.services import application_fees, reversals, transfers
from core.errors import InvalidRequest, Missing
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from payments.intents.services import payment_intents
from payments.models import Charge
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, moment, now

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-11-23T12:00")
WEDNESDAY = moment("2026-11-25T00:00")


def a_charge(platform, **details) -> Charge:
    wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"} | details
    intent = payment_intents.create(tenant=platform, confirm=True, at=MONDAY, **wanted)
    return Charge.objects.get(id=intent.latest_charge_id)


def a_transfer(platform, seller, amount, **details) -> Transfer:
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        destination=seller.account_id,
        at=details.pop("at", MONDAY),
        **details,
    )


def test_a_transfer_needs_money_that_is_available():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform)

    with pytest.raises(InvalidRequest) as refused:
        a_transfer(platform, seller, 1)

    assert refused.value.code == "balance_insufficient"
    assert not Transfer.objects.exists()

    maturation.mature(at=WEDNESDAY)
    a_transfer(platform, seller, 96_80)

    assert (usable(platform), usable(seller)) == (0, 96_80)
    assert_books_balance()


def test_a_transfer_from_a_charge_moves_its_pending_money():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)

    transfer = a_transfer(platform, seller, 60_00, source_transaction=charge.id)

    assert (pending(platform), pending(seller)) == (36_80, 60_00)
    assert transfer.transfer_group == f"group_{charge.payment_intent_id}"

    maturation.mature(at=WEDNESDAY)

    assert (usable(platform), usable(seller)) == (36_80, 60_00)
    assert_books_balance()


def test_transfers_from_a_charge_never_exceed_it():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)
    a_charge(platform, payment_method="pm_card_bypassPending")
    a_transfer(platform, seller, 60_00, source_transaction=charge.id)

    with pytest.raises(InvalidRequest) as refused:
        a_transfer(platform, seller, 40_01, source_transaction=charge.id)

    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount")
    a_transfer(platform, seller, 40_00, source_transaction=charge.id)
    assert total(seller) == 100_00
    assert_books_balance()


def test_a_foreign_charge_is_missing_as_a_source():
    platform, other = a_platform(), a_platform()
    seller = a_seller(platform)
    theirs = a_charge(other)

    with pytest.raises(Missing) as refused:
        a_transfer(platform, seller, 1_00, source_transaction=theirs.id)

    assert refused.value.param == "source_transaction"
    assert total(seller) == 0


def test_a_seller_without_the_capability_is_not_paid():
    platform = a_platform()
    account = accounts.create(tenant=platform, type="express", at=now())
    seller = type(platform)(account.id, livemode=False)

    with pytest.raises(InvalidRequest) as refused:
        a_transfer(platform, seller, 1_00)

    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_a_reversal_gives_a_part_back_and_then_the_rest():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform, payment_method="pm_card_bypassPending")
    transfer = a_transfer(platform, seller, 90_00)

    reversals.create(tenant=platform, transfer_id=transfer.id, amount=30_00, at=now())
    assert (usable(platform), usable(seller)) == (36_80, 60_00)

    reversals.create(tenant=platform, transfer_id=transfer.id, at=now())
    assert (usable(platform), usable(seller)) == (96_80, 0)

    with pytest.raises(InvalidRequest):
        reversals.create(tenant=platform, transfer_id=transfer.id, at=now())
    assert SellerPayment.objects.get().amount_refunded == 90_00
    assert_books_balance()


def test_a_reversal_that_the_seller_cannot_cover_is_refused():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform, payment_method="pm_card_bypassPending")
    transfer = a_transfer(platform, seller, 90_00)
    # The seller has passed its money on, as a platform of its own.
    theirs = a_seller(seller)
    a_transfer(seller, theirs, 80_00)

    with pytest.raises(InvalidRequest) as refused:
        reversals.create(tenant=platform, transfer_id=transfer.id, amount=10_01, at=now())

    assert refused.value.code == "balance_insufficient"
    assert Transfer.objects.get(id=transfer.id).amount_reversed == 0
    assert usable(seller) == 10_00
    assert_books_balance()


def test_a_reversal_returns_the_fee_in_proportion():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    transfer = Transfer.objects.get()

    reversals.create(
        tenant=platform,
        transfer_id=transfer.id,
        amount=50_00,
        refund_application_fee=True,
        at=now(),
    )

    assert ApplicationFee.objects.get().amount_refunded == 5_00
    assert (usable(platform), usable(seller)) == (6_80 + 50_00 - 5_00, 90_00 - 50_00 + 5_00)
    assert_books_balance()


def test_an_application_fee_can_be_returned_in_steps_and_no_further():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)
    fee = ApplicationFee.objects.get()

    application_fees.refund(tenant=platform, fee_id=fee.id, amount=4_00, at=MONDAY)
    assert (pending(platform), pending(seller)) == (2_80, 94_00)

    with pytest.raises(InvalidRequest) as refused:
        application_fees.refund(tenant=platform, fee_id=fee.id, amount=6_01, at=MONDAY)
    assert refused.value.code == "amount_too_large"

    application_fees.refund(tenant=platform, fee_id=fee.id, at=MONDAY)
    assert total(seller) == 100_00
    assert_books_balance()


def test_each_owner_is_shown_its_side_of_a_destination_charge():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)

    def shown(tenant):
        lines = BalanceTransaction.objects.filter(account_id=tenant.account_id).order_by("id")
        return {line.type: (line.amount, line.fee, line.net) for line in lines}

    assert shown(platform) == {
        "charge": (100_00, 3_20, 96_80),
        "transfer": (-100_00, 0, -100_00),
        "application_fee": (10_00, 0, 10_00),
    }
    assert shown(seller) == {"payment": (100_00, 10_00, 90_00)}


def test_an_account_with_money_in_it_is_not_deleted():
    platform = a_platform()
    seller = a_seller(platform)
    a_paid_intent(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)

    with pytest.raises(InvalidRequest):
        account_closures.delete(tenant=platform, account_id=seller.account_id, at=now())

    empty = a_seller(platform)
    account_closures.delete(tenant=platform, account_id=empty.account_id, at=now())
    with pytest.raises(Missing):
        accounts.update(tenant=platform, account_id=empty.account_id, at=now())
