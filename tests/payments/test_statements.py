"""What a payer's statement says: the account's texts, and what the payment names itself."""

import pytest
import stripe

from accounts.models import Account
from core.errors import InvalidRequest
from payments import resources
from payments.intents.services import authorizations, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge
from processors.simulator.rail import Simulator
from processors.stripe import mapping
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

GALLERY = {"payments": {"statement_descriptor": "Harbour Gallery"}}
SHORT = GALLERY | {"card_payments": {"statement_descriptor_prefix": "Harbour"}}
SHOP = {
    "payments": {"statement_descriptor": "Ada books"},
    "card_payments": {"statement_descriptor_prefix": "ADA"},
}


def printed(charge: Charge) -> str | None:
    wire = stripe.Charge.construct_from(resources.charge(charge), "sk_test_x")
    return wire.calculated_statement_descriptor


class Told(Simulator):
    """The simulated processor, which notes what it was told to print."""

    def __init__(self):
        super().__init__()
        self.statements: list[str] = []

    def charge(self, request):
        self.statements.append(request.statement)
        return super().charge(request)


@pytest.fixture
def told():
    with rails.registered(Told()) as rail:
        yield rail.statements


def a_debit(platform, **details):
    agreed = ConfirmationOptions(customer_acceptance={"type": "offline"})
    a_paid_intent(platform, payment_method="pm_usBankAccount_success", session=agreed, **details)


def dressed(tenant, settings):
    Account.objects.filter(id=tenant.account_id).update(settings=settings)
    return tenant


# What the account has, what the payment names as descriptor and suffix, what is printed.
PRINTED = (
    (SHORT, None, None, "HARBOUR GALLERY"),
    (SHORT, None, "Poster no. 12", "HARBOUR* POSTER NO. 12"),
    (SHORT, "order 7", None, "HARBOUR* ORDER 7"),
    (SHORT, "Ada shop", "order 7", "HARBOUR* ORDER 7"),
    (SHORT, "Works of Ada Byron", None, "HARBOUR* WORKS OF ADA"),
    (GALLERY, None, "order 7", "HARBOUR GALLE* ORDER 7"),
    (GALLERY, None, "order 1234567", "HARBOUR* ORDER 1234567"),
    (GALLERY, None, "an order of 22 letters", "AN ORDER OF 22 LETTERS"),
    ({"payments": {"statement_descriptor": None}}, None, "order 7", "ORDER 7"),
    ({"card_payments": {"statement_descriptor_prefix": "Harbour"}}, None, None, "HARBOUR"),
    ({}, None, None, None),
)


def test_a_card_prints_the_accounts_prefix_and_the_payments_suffix(told):
    for settings, descriptor, suffix, text in PRINTED:
        platform = a_platform(settings=settings)
        named = {"statement_descriptor": descriptor, "statement_descriptor_suffix": suffix}

        intent = a_paid_intent(platform, **named)

        charge = Charge.objects.get(id=intent.latest_charge_id)
        assert (told.pop(), printed(charge)) == (text or "", text)
        assert charge.statement_descriptor == descriptor
    assert_books_balance()


def test_another_method_prints_what_the_payment_names_or_the_accounts_text(told):
    platform = a_platform(settings=SHORT)

    for named in ({}, {"statement_descriptor": "Spring show"}):
        a_debit(platform, **named)

    assert told == ["HARBOUR GALLERY", "SPRING SHOW"]
    assert {printed(charge) for charge in Charge.objects.all()} == {None}


def test_the_account_is_the_one_whose_charge_it_is(told):
    platform = a_platform(settings=SHORT)
    seller = dressed(a_seller(platform), SHOP)
    suffix = {"statement_descriptor_suffix": "order 7"}

    a_paid_intent(platform, transfer_destination=seller.account_id, **suffix)
    a_paid_intent(platform, on_behalf_of=seller.account_id, **suffix)
    a_paid_intent(seller, platform_id=platform.account_id, **suffix)

    assert told == ["HARBOUR* ORDER 7", "ADA* ORDER 7", "ADA* ORDER 7"]
    assert_books_balance()


def test_a_suffix_that_does_not_fit_behind_the_prefix_is_refused_and_nothing_is_charged(told):
    platform = a_platform(settings=SHORT)

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(platform, statement_descriptor_suffix="Poster no. 123")

    assert refused.value.param == "statement_descriptor_suffix"
    assert "at most 22 characters" in str(refused.value)
    assert (told, Charge.objects.count(), total(platform)) == ([], 0, 0)
    a_debit(platform, statement_descriptor_suffix="Poster no. 123")
    assert told == ["HARBOUR GALLERY"]
    assert_books_balance()


def test_what_was_printed_stays_and_older_charges_show_what_they_named(told):
    platform = a_platform(settings=SHORT)
    intent = a_paid_intent(platform, capture_method="manual", statement_descriptor_suffix="order 7")
    dressed(platform, SHOP)

    authorizations.capture(tenant=platform, intent_id=intent.id, at=now())

    charge = Charge.objects.get()
    assert printed(charge) == "HARBOUR* ORDER 7"
    charge.statement_text, charge.statement_descriptor = None, "Ada shop"
    assert printed(charge) == "ADA SHOP* ORDER 7"


def test_a_charge_that_was_cut_off_is_told_the_same_and_a_declined_one_shows_it():
    platform = a_platform(settings=SHORT)
    with rails.simulator_with(charge=rails.raising(rails.CutOff())), pytest.raises(rails.CutOff):
        a_paid_intent(platform, statement_descriptor_suffix="order 7")
    assert Charge.objects.get().statement_text is None

    with rails.registered(Told()) as rail:
        payment_intents.repair(at=now().replace(year=now().year + 1))

    assert rail.statements == ["HARBOUR* ORDER 7"]
    assert printed(Charge.objects.get()) == "HARBOUR* ORDER 7"
    assert_books_balance()


def test_stripe_as_a_rail_is_told_the_first_words_that_fit_behind_its_own_prefix():
    fitting = {
        "HARBOUR* ORDER 7": "HARBOUR",
        "ADA* ORDER 7": "ADA ORDER",
        "ADA* NO 7": "ADA NO 7",
        "ARCHIPELAGOSHOP": "ARCHIPELAG",
        "1234567890 A": None,
        "ร้านค้า": None,
        "": None,
    }
    assert {statement: mapping.suffix(statement) for statement in fitting} == fitting
