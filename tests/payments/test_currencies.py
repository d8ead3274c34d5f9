"""What amounts may be in currencies that have rules of their own."""

from datetime import timedelta

import pytest

from connect.models import Payout
from connect.payouts.services import payouts, runs
from connect.transfers.services import application_fees, reversals, transfers
from core.errors import InvalidRequest
from core.money import Money, check_step
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, PaymentIntent, Refund
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total, usable
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

# An amount, and what is one step finer than the currency is on the wire.
SPECIAL = [("kwd", 10_000, 1_005), ("isk", 100_000, 10_50), ("ugx", 1_000_000, 1_000_50)]


def refused(param):
    amount = r"[\d,]+(\.\d+)? [A-Z]{3}"
    words = rf"^Invalid {param}: {amount}\. Amounts in [A-Z]{{3}} must be multiples of {amount}\.$"
    return pytest.raises(InvalidRequest, match=words)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (10_50, "isk", "10.50 ISK. Amounts in ISK must be multiples of 1.00 ISK."),
        (1_005, "kwd", "1.005 KWD. Amounts in KWD must be multiples of 0.010 KWD."),
    ],
)
def test_what_is_too_fine_is_told_as_people_write_it(amount, currency, words):
    with pytest.raises(InvalidRequest) as refusal:
        check_step(amount, currency, param="amount")

    assert refusal.value.message == f"Invalid amount: {words}"


@pytest.mark.parametrize(("currency", "amount", "finer"), SPECIAL)
def test_no_part_of_a_payment_is_finer_than_its_currency(currency, amount, finer):
    platform = a_platform()
    seller = a_seller(platform)
    half = {"amount": amount, "currency": currency, "capture_method": "manual"}
    shared = half | {"transfer_destination": seller.account_id}

    with refused("amount"):
        a_paid_intent(platform, amount=finer, currency=currency)
    with refused("application_fee_amount"):
        a_paid_intent(platform, **shared, application_fee_amount=finer)
    with refused(r"transfer_data\[amount\]"):
        a_paid_intent(platform, **shared, transfer_amount=finer)
    with refused(r"split\[0\]\[amount\]"):
        a_paid_intent(platform, **half, split=[{"destination": seller.account_id, "amount": finer}])
    assert not PaymentIntent.objects.exists()
    held = a_paid_intent(platform, **shared, application_fee_amount=amount // 10)
    with refused("amount_to_capture"):
        authorizations.capture(
            tenant=platform, intent_id=held.id, amount_to_capture=finer, at=now()
        )
    with refused("application_fee_amount"):
        authorizations.capture(
            tenant=platform, intent_id=held.id, application_fee_amount=finer, at=now()
        )

    assert not Charge.objects.filter(is_captured=True).exists()
    assert total(platform, currency) == total(seller, currency) == 0
    assert_books_balance()


@pytest.mark.parametrize(("currency", "amount", "finer"), SPECIAL)
def test_what_goes_back_or_on_is_no_finer_than_the_currency(currency, amount, finer):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        amount=amount,
        currency=currency,
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        application_fee_amount=amount // 5,
    )
    charge = Charge.objects.get()
    before = total(platform, currency), total(seller, currency)

    with refused("amount"):
        refunds.create(tenant=platform, intent_id=intent.id, amount=finer, at=now())
    with refused("amount"):
        reversals.create(tenant=platform, transfer_id=charge.transfer_id, amount=finer, at=now())
    with refused("amount"):
        application_fees.refund(
            tenant=platform, fee_id=charge.application_fee_id, amount=finer, at=now()
        )
    with refused("amount"):
        transfers.create(
            tenant=platform,
            amount=finer,
            currency=currency,
            destination=seller.account_id,
            at=now(),
        )

    assert not Refund.objects.exists()
    assert (total(platform, currency), total(seller, currency)) == before
    assert_books_balance()


def test_whole_kronur_and_shillings_are_written_with_two_decimals():
    assert str(Money(500, "isk")) == "5.00 ISK"
    assert str(Money(500, "ugx")) == "5.00 UGX"


@pytest.mark.parametrize(
    ("currency", "amount", "method"),
    [
        ("usd", 999_999_999_999, "pm_card_visa"),
        ("idr", 999_999_999_999, "pm_card_visa"),
        ("usd", 999_999_999, "pm_card_amex"),
        ("usd", 99_999_999, "pm_usBankAccount_success"),
    ],
)
def test_the_largest_amount_is_charged(currency, amount, method):
    platform = a_platform()

    intent = payment_intents.create(
        tenant=platform, amount=amount, currency=currency, payment_method=method, at=now()
    )

    assert intent.status == "requires_confirmation"


@pytest.mark.parametrize(
    ("currency", "amount", "types", "method"),
    [
        ("usd", 10**12, [], None),
        ("usd", 10**9, [], "pm_card_amex"),
        ("usd", 10**8, [], "pm_usBankAccount_success"),
        ("usd", 10**8, ["us_bank_account"], None),
        ("eur", 10**8, ["sepa_debit"], None),
    ],
)
def test_a_larger_amount_than_can_be_paid_like_that_is_refused(currency, amount, types, method):
    platform = a_platform()

    with pytest.raises(InvalidRequest, match="no more than") as error:
        payment_intents.create(
            tenant=platform,
            amount=amount,
            currency=currency,
            payment_method_types=types,
            payment_method=method,
            at=now(),
        )

    assert (error.value.code, error.value.param) == ("amount_too_large", "amount")
    assert not PaymentIntent.objects.exists()


@pytest.mark.parametrize("currency", ["huf", "twd"])
def test_payouts_of_forints_and_taiwan_dollars_are_whole(currency):
    platform = a_platform()
    a_bank_account(platform, currency=currency)
    a_paid_intent(
        platform, amount=2_000_45, currency=currency, payment_method="pm_card_bypassPending"
    )
    before, code = usable(platform, currency), currency.upper()

    with pytest.raises(
        InvalidRequest,
        match=rf": 1,045\.45 {code}\. Payouts in {code} must be multiples of 1\.00 {code}\.$",
    ):
        payouts.create(tenant=platform, amount=1_045_45, currency=currency, at=now())
    payouts.create(tenant=platform, amount=1_045_00, currency=currency, at=now())

    assert usable(platform, currency) == before - 1_045_00
    assert_books_balance()


def test_an_automatic_payout_leaves_the_fraction_of_a_forint_behind():
    platform = a_platform()
    seller = a_seller(platform)
    a_bank_account(seller, currency="huf")
    a_paid_intent(
        platform,
        amount=2_000_45,
        currency="huf",
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        transfer_amount=2_000_45,
    )

    runs.run_due(at=now() + timedelta(days=8))

    assert Payout.objects.get().amount == 2_000_00
    assert usable(seller, "huf") == 45
    assert_books_balance()
