"""Every column with secrets that are read again, and what each of them is bound to.

What is gone within a day is not among them: idempotent answers, and what sellers have typed into a
form that they have not sent.
"""

from operator import attrgetter
from typing import Final

from accounts.people import adapters
from config.secrets.reencryption import Encoding, SealedColumn
from connect.onboarding.services import identity_numbers, sealed_tokens
from connect.payouts import account_numbers
from payments.charges.services.actions import kept_actions
from payments.methods.services.instruments import known_instruments
from processors.accounts import sealing
from processors.adyen import mapping, told
from processors.sepa import rail as bank_files
from webhooks import encryption as signing_secrets

_ID: Final = attrgetter("id")
_NAME: Final = attrgetter("name")
_ATTEMPT: Final = attrgetter("attempt_id")
_HEX: Final = Encoding.HEX

SEALED: Final = (
    SealedColumn(
        "mfa.Authenticator", "data", adapters.PURPOSE, lambda row: adapters.ROW,
        Encoding.BASE64, ("secret", "seed"),
    ),
    SealedColumn("webhooks.Endpoint", "secret", signing_secrets.PURPOSE, _ID),
    SealedColumn("webhooks.Endpoint", "previous_secret", signing_secrets.PURPOSE, _ID),
    SealedColumn("processors.ProcessorAccount", "sealed_credentials", sealing.CREDENTIALS, _NAME),
    SealedColumn(
        "processors.ProcessorAccount", "sealed_notice_secrets", sealing.NOTICE_SECRETS, _NAME
    ),
    SealedColumn("processors.BankPayment", "sealed_payee", bank_files.PURPOSE, attrgetter("key")),
    SealedColumn(
        "processors.ToldEvent", "more", told.PURPOSE, _NAME, Encoding.BASE64, (mapping.INSTRUMENT,)
    ),
    SealedColumn("payments.Instrument", "sealed_token", known_instruments.PURPOSE, _ID, _HEX),
    SealedColumn("payments.PayerAction", "sealed", kept_actions.PURPOSE, _ATTEMPT, _HEX),
    SealedColumn("payments.PayerAction", "returned", kept_actions.PURPOSE, _ATTEMPT, _HEX),
    SealedColumn("connect.ExternalAccount", "sealed_number", account_numbers.PURPOSE, _ID),
    SealedColumn("connect.Person", "sealed_numbers", identity_numbers.PURPOSE, _ID),
    SealedColumn(
        "connect.AccountRequirements", "sealed_numbers", identity_numbers.PURPOSE,
        attrgetter("account_id"),
    ),
    SealedColumn("connect.SealedToken", "sealed", sealed_tokens.PURPOSE, _ID),
)  # fmt: skip
