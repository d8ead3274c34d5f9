"""A rail is chosen by what it says that it can do, and never by its name."""

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from core.errors import InvalidRequest
from payments.models import Charge, PaymentIntent, SetupAttempt
from payments.resources import payment_intent, setup_intent
from payments.setups.services import setup_intents
from processors import registry
from processors.protocols.base import Capabilities
from processors.simulator.rail import Simulator
from tests import rails
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, now

DOMESTIC = Capabilities(
    methods=frozenset({"card"}),
    currencies=frozenset({"chf", "eur"}),
    captures_later=False,
    verifies=False,
)


class DomesticAcquirer(Simulator):
    """Takes cards in two currencies, at once."""

    name = "domestic"
    capabilities = DOMESTIC


@pytest.fixture
def domestic(db):
    with rails.registered(DomesticAcquirer(), name="domestic") as rail:
        yield rail


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"currency": "usd"}, r"domestic does not take USD\. It takes CHF, EUR\."),
        (
            {"currency": "eur", "capture_method": "manual"},
            "domestic cannot capture later: use capture_method=automatic",
        ),
    ],
)
def test_what_a_rail_cannot_do_is_refused_before_a_charge_is_opened(domestic, details, message):
    platform = a_platform()

    with pytest.raises(InvalidRequest, match=message) as refused:
        a_paid_intent(platform, **details)

    assert refused.value.code == "account_invalid"
    assert not Charge.objects.exists()
    assert not PaymentIntent.objects.exists()
    assert_books_balance()


@pytest.mark.django_db
def test_what_a_rail_can_do_is_paid_there(domestic):
    paid = a_paid_intent(a_platform(), currency="eur")

    assert paid.status == "succeeded"
    assert Charge.objects.get().processor == "domestic"
    assert_books_balance()


@pytest.mark.django_db
def test_a_method_is_not_kept_at_a_rail_that_cannot_say_whether_it_is_good(domestic):
    with pytest.raises(InvalidRequest, match="domestic cannot keep a card for later"):
        setup_intents.create(
            tenant=a_platform(), confirm=True, payment_method="pm_card_visa", at=now()
        )

    assert not SetupAttempt.objects.exists()


@pytest.mark.django_db
def test_a_bank_account_is_not_kept_at_a_rail_that_takes_cards_only(domestic):
    domestic.capabilities = replace(DOMESTIC, verifies=True)

    with pytest.raises(InvalidRequest, match="domestic does not take us_bank_account"):
        setup_intents.create(
            tenant=a_platform(),
            confirm=True,
            payment_method="pm_usBankAccount_success",
            payment_method_types=["us_bank_account"],
            customer_acceptance={"type": "offline"},
            at=now(),
        )

    assert not SetupAttempt.objects.exists()


@pytest.mark.django_db
def test_payers_are_offered_what_the_rail_takes_and_no_more(domestic):
    platform = a_platform()
    domestic.capabilities = replace(DOMESTIC, currencies=None, verifies=True)

    paid = payment_intent(a_paid_intent(platform))
    kept = setup_intent(setup_intents.create(tenant=platform, at=now()))
    named = setup_intent(
        setup_intents.create(tenant=platform, payment_method_types=["sepa_debit"], at=now())
    )
    usual = Client().get(
        "/v1/payment_method_configurations",
        headers={"Authorization": f"Bearer {a_key(platform)}"},
    )

    assert paid["payment_method_types"] == kept["payment_method_types"] == ["card"]
    assert named["payment_method_types"] == ["sepa_debit"]
    (row,) = usual.json()["data"]
    assert (row["card"]["available"], row["promptpay"]["available"]) == (True, False)
    assert row["promptpay"]["display_preference"]["value"] == "on"


@pytest.mark.django_db
def test_where_there_is_no_rail_nothing_is_held_back():
    assert registry.methods(livemode=True) is None
    assert registry.methods(livemode=False) == Simulator.capabilities.methods


@pytest.mark.django_db
def test_payouts_too_are_chosen_by_what_a_rail_can_do(settings):
    settings.TEST_PAYOUT_RAIL = "domestic"
    with rails.registered(DomesticAcquirer(), name="domestic"):
        assert registry.choose_for_payouts(livemode=False, currency="chf") == "domestic"
        with pytest.raises(registry.NoRail, match="go out in CHF, EUR only; USD cannot"):
            registry.choose_for_payouts(livemode=False, currency="usd")
        with pytest.raises(registry.NoRail, match="Instant payouts are not available"):
            registry.choose_for_payouts(livemode=False, currency="eur", is_instant=True)


@pytest.mark.parametrize(
    ("setting", "name", "message"),
    [
        ("TEST_RAIL", "nobody", "RIALTO_TEST_RAIL: There is no rail 'nobody'. The rails are "),
        ("TEST_RAIL", "bankfile", "RIALTO_TEST_RAIL: bankfile takes no payments."),
        ("TEST_PAYOUT_RAIL", "stripe", "RIALTO_TEST_PAYOUT_RAIL: stripe sends no payouts."),
    ],
)
def test_rialto_does_not_start_with_a_rail_that_is_not_there(settings, setting, name, message):
    registry.check_settings()
    setattr(settings, setting, name)

    with pytest.raises(ImproperlyConfigured) as refused:
        registry.check_settings()

    assert str(refused.value).startswith(message)
    assert "adyen, bankfile, simulator, stripe" in str(refused.value)
