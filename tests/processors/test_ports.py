"""Vaults and checks of identity are found by mode, and say no more than the domain may know."""

from dataclasses import fields

import pytest

from accounts.models import Account
from connect.onboarding.services import external_accounts
from payments.methods.services import tokens
from payments.resources import token
from processors import registry
from processors.protocols.instruments import Card, PayoutAccount
from processors.simulator.cards import CARDS
from tests.factories import a_platform, now


def test_live_mode_has_neither_a_vault_nor_a_verifier():
    assert registry.vault(livemode=True) is None
    assert registry.identity_verifier(livemode=True) is None
    assert registry.load_card("visa", livemode=True) is None


def test_a_vault_gives_names_and_never_a_number_of_a_card():
    vault = registry.vault(livemode=False)
    for card in CARDS:
        found = vault.load_card(card.name)
        assert found == (vault.find_card(card.number) if card.number else found)
        words = [str(getattr(found, field.name)) for field in fields(Card)]
        assert card.number not in words


def test_a_payee_is_a_debit_card_or_a_bank_account_of_a_token():
    vault = registry.vault(livemode=False)

    assert vault.find_payout_card("4242424242424242") is None
    assert vault.find_payout_card("4000056655665556").instrument == "visa_debit"
    assert vault.find_payee_by_token("btok_us") == PayoutAccount(
        "US", "usd", "110000000", "000123456789"
    )
    failing = vault.find_payee_by_token("tok_visa_debit_us_transferFail")
    assert (failing.instrument, failing.last4) == ("visa_debit_us_transferFail", "5556")
    assert vault.find_payee_by_token("tok_visa") is None


def test_a_document_of_the_registry_office_is_not_uploaded():
    verifier = registry.identity_verifier(livemode=False)

    assert verifier.has_document("file_identity_document_success")
    assert not verifier.has_document("file_of_somebody")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "brand", "last4"),
    [
        ("tok_visa_debit", "Visa", "5556"),
        ("tok_mastercard_debit", "MasterCard", "8210"),
        ("tok_discover_debit", "Discover", "1113"),
    ],
)
def test_a_debit_card_of_a_token_shows_its_own_brand_and_digits(name, brand, last4):
    platform = a_platform()
    account = Account.objects.get(id=platform.account_id)

    row = external_accounts.draft(platform, account, name, at=now())

    assert (row.kind, row.brand, row.last4) == ("card", brand, last4)


@pytest.mark.django_db
def test_a_token_shows_the_card_that_was_typed_in():
    card = {"number": "378282246310005", "exp_month": 12, "exp_year": 2040, "cvc": "1234"}

    shown = token(tokens.create(tenant=a_platform(), card=card, billing_details={}, at=now()))

    assert (shown["card"]["brand"], shown["card"]["last4"]) == ("American Express", "0005")
