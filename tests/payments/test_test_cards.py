"""The published test values, all of them, and what a bank says of an address and a code."""

from pathlib import Path

import pytest

from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.models import Charge
from payments.resources import payment_method
from processors.simulator import cards
from tests.books import assert_books_balance
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db

# Source: the published page of test cards; tokens that pages and fixtures use.
PUBLISHED = (
    "visa visa_debit mastercard mastercard_debit mastercard_prepaid amex discover diners jcb "
    "unionpay us ar br ca cl co cr ec mx pa py pe uy ae at be bg by hr cy cz dk ee fi fr de gi gr "
    "hu ie it lv li lt lu mt nl no pl pt ro sa si sk es se ch gb gb_debit gb_mastercard au cn hk "
    "in jp my nz sg tw th_credit th_debit bypassPending pendingRefund refundFail avsFail "
    "avsLine1Fail avsZipFail avsUnchecked cvcCheckFail chargeCustomerFail radarBlock "
    "riskLevelElevated riskLevelHighest createDispute createDisputeProductNotReceived "
    "createDisputeInquiry createIssuerFraudRecord visa_chargeDeclined "
    "visa_chargeDeclinedInsufficientFunds visa_chargeDeclinedLostCard "
    "visa_chargeDeclinedStolenCard chargeDeclinedExpiredCard chargeDeclinedIncorrectCvc "
    "chargeDeclinedProcessingError visa_chargeDeclinedVelocityLimitExceeded"
).split()
NUMBERS = (
    "4012888888881881 2223003122003222 371449635398431 6011000990139424 6011981111111113 "
    "36227206271667 6200000000000047 6205500000000000004"
).split()


def test_every_published_token_is_a_card():
    assert [name for name in PUBLISHED if cards.by_token(f"pm_card_{name}") is None] == []
    assert [name for name in PUBLISHED if cards.by_token(f"tok_{name}") is None] == []


def test_every_published_second_number_is_a_card():
    assert [number for number in NUMBERS if number not in cards.BY_NUMBER] == []


def test_every_number_is_on_the_page_of_test_cards():
    page = Path("docs/reference/test-cards.md").read_text()

    assert [card.number for card in cards.CARDS if card.number and card.number not in page] == []


def test_a_card_of_a_country_pays_and_says_where_it_is_from():
    merchant = a_platform()

    intent = payment_intents.create(
        tenant=merchant,
        amount=2_000,
        currency="usd",
        payment_method="pm_card_br",
        confirm=True,
        at=now(),
    )

    assert intent.status == "succeeded"
    assert Charge.objects.get().card["country"] == "BR"
    assert_books_balance()


@pytest.mark.parametrize(
    ("name", "line1", "postal_code", "code"),
    [
        ("visa", "pass", "pass", "pass"),
        ("avsFail", "fail", "fail", "pass"),
        ("avsLine1Fail", "fail", "pass", "pass"),
        ("avsZipFail", "pass", "fail", "pass"),
        ("avsUnchecked", "unavailable", "unavailable", "pass"),
        ("cvcCheckFail", "pass", "pass", "fail"),
    ],
)
def test_a_bank_says_what_it_thinks_of_address_and_code(name, line1, postal_code, code):
    merchant = a_platform()
    method = payment_methods.create(
        tenant=merchant,
        card={"token": f"tok_{name}"},
        at=now(),
        billing_details={"address": {"line1": "1 Main Street", "postal_code": "10115"}},
    )

    payment_intents.create(
        tenant=merchant,
        amount=2_000,
        currency="usd",
        payment_method=method.id,
        confirm=True,
        at=now(),
    )

    assert Charge.objects.get().card["checks"] == {
        "address_line1_check": line1,
        "address_postal_code_check": postal_code,
        "cvc_check": code,
    }
    assert_books_balance()


def test_no_address_is_not_checked():
    method = payment_methods.create(tenant=a_platform(), card={"token": "tok_avsFail"}, at=now())

    checks = payment_method(method)["card"]["checks"]

    assert checks["address_line1_check"] is None
    assert checks["address_postal_code_check"] is None
