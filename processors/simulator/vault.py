"""The vault of test mode: its numbers are the published ones, and its names the test tokens'."""

from typing import Final

from processors.protocols.instruments import BankAccount, Card, PayoutAccount
from processors.simulator import accounts, cards, payers
from processors.simulator.accounts import TestAccount
from processors.simulator.cards import TestCard

_ROUTING: Final = "110000000"
# What a card that only has a token shows of its number.
_NUMBER: Final = "4242424242424242"
# Source: Stripe's page on testing payouts.
_PAYOUT_ACCOUNTS: Final = {
    "btok_us_verified": "000123456789",
    "btok_us_verified_noAccount": "000111111116",
    "btok_us_verified_accountClosed": "000111111113",
    "btok_us_verified_insufficientFunds": "000222222227",
    "btok_us_verified_debitNotAuthorized": "000333333335",
    "btok_us_verified_invalidCurrency": "000444444440",
    "btok_us": "000123456789",
}
_VISA_DEBIT: Final = cards.BY_NAME["visa_debit"]
_DEBIT_CARDS: Final = {card.number: card for card in cards.CARDS if card.funding == "debit"}
# Token → the card that it shows, and the name under which the simulated bank knows it.
_PAYOUT_CARDS: Final = {f"tok_{card.name}": (card, card.name) for card in _DEBIT_CARDS.values()} | {
    "tok_visa_debit_us_transferSuccess": (_VISA_DEBIT, "visa_debit"),
    "tok_visa_debit_us_transferFail": (_VISA_DEBIT, "visa_debit_us_transferFail"),
}


class SimulatedVault:
    """Knows the published test cards and accounts, and no others."""

    def find_card(self, number: str) -> Card | None:
        """Return the test card with this number."""
        return _card(cards.BY_NUMBER.get(number))

    def find_card_by_token(self, token: str) -> Card | None:
        """Return the card of a test token."""
        return _card(cards.by_token(token))

    def load_card(self, instrument: str) -> Card | None:
        """Return the test card with this name."""
        return _card(cards.BY_NAME.get(instrument))

    def find_bank_account(self, type: str, number: str) -> BankAccount | None:
        """Return the test account with this number."""
        return _account(accounts.BY_NUMBER.get((type, number)))

    def find_bank_account_by_token(self, token: str) -> BankAccount | None:
        """Return the account of a test token."""
        return _account(accounts.by_token(token))

    def find_payer(self, type: str, email: str) -> str | None:
        """Return the test payer with this address: there is one for every address."""
        return payers.find(type, email)

    def find_payout_card(self, number: str) -> Card | None:
        """Return the test debit card with this number."""
        return _card(_DEBIT_CARDS.get(number))

    def find_payee_by_token(self, token: str) -> Card | PayoutAccount | None:
        """Return the account or the debit card of a test token."""
        if token in _PAYOUT_ACCOUNTS:
            return PayoutAccount("US", "usd", _ROUTING, _PAYOUT_ACCOUNTS[token])
        card, instrument = _PAYOUT_CARDS.get(token, (None, None))
        return _card(card, instrument)


def _card(card: TestCard | None, instrument: str | None = None) -> Card | None:
    if card is None:
        return None
    return Card(
        instrument=instrument or card.name,
        brand=card.brand,
        funding=card.funding,
        country=card.country,
        last4=(card.number or _NUMBER)[-4:],
        line1_check=card.line1_check,
        zip_check=card.zip_check,
        cvc_check=card.cvc_check,
    )


def _account(account: TestAccount | None) -> BankAccount | None:
    if account is None:
        return None
    routing, _, number = account.number.rpartition(" ")
    return BankAccount(account.name, account.type, number, routing)
