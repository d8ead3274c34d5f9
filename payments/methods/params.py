"""What the endpoints of payment methods take."""

from collections.abc import Mapping

from api.wire.params import (
    Choice,
    Free,
    Id,
    Ignored,
    Integer,
    ListParams,
    Metadata,
    NewMetadata,
    Params,
    Table,
    Text,
)
from connect.onboarding.person_params import ACCOUNT_TOKEN, PERSON_TOKEN, PII_TOKEN
from connect.payouts.params import BANK_ACCOUNT_TOKEN
from payments import method_types
from payments.params.details import BILLING_DETAILS, SHIPPING
from payments.params.ignored import NO_GUARD, ONE_NETWORK, PageParams

_CARD_EXPIRY = {
    "exp_month": Integer(least=-1, most=9_999),
    "exp_year": Integer(least=-1, most=9_999),
}


# `ACCOUNT:TOKEN` of a processor's own library, which may be long; of a card also `tok_...`.
_LONGEST_TOKEN = 10_000
_TYPE = Choice(*method_types.TYPES, required=True)
_US_BANK_ACCOUNT = Table(
    {
        "account_holder_type": Choice("individual", "company"),
        "account_number": Text(most=30),
        "account_type": Choice("checking", "savings"),
        "routing_number": Text(most=20),
        "token": Text(most=_LONGEST_TOKEN),
    }
)
_SEPA_DEBIT = Table({"iban": Text(most=50), "token": Text(most=_LONGEST_TOKEN)})
_KLARNA = Table({"dob": Ignored("No wallet here asks for a day of birth, and none is kept.")})
# What the payer says of what it agrees to elsewhere: its bank at the most.
_OF_PAYERS: Mapping[str, Table] = {
    method.type: Table({"bank": Choice(*method.banks)} if method.banks else {})
    for method in method_types.ALL
    if method.is_push or method.is_redirect
} | {"klarna": _KLARNA}
_CARD = Table(
    {
        "number": Text(most=30),
        "cvc": Text(most=4),
        "token": Text(most=_LONGEST_TOKEN),
        "networks": Ignored(ONE_NETWORK),
        **_CARD_EXPIRY,
    }
)
_ALLOW_REDISPLAY = Choice("always", "limited", "unspecified")

# A payment method that is made with the intent that uses it.
PAYMENT_METHOD_DATA = Table(
    {
        "type": _TYPE,
        "card": _CARD,
        "us_bank_account": _US_BANK_ACCOUNT,
        "sepa_debit": _SEPA_DEBIT,
        **_OF_PAYERS,
        "billing_details": BILLING_DETAILS,
        "allow_redisplay": _ALLOW_REDISPLAY,
        "metadata": NewMetadata(),
        "radar_options": Ignored(NO_GUARD),
        **PageParams.fields,
    }
)


class CreatePaymentMethodParams(PageParams):
    # Required, but for a copy of one.
    type_ = Choice(*method_types.TYPES)
    customer = Id()
    payment_method = Id()
    card = _CARD
    us_bank_account = _US_BANK_ACCOUNT
    sepa_debit = _SEPA_DEBIT
    billing_details = BILLING_DETAILS
    allow_redisplay = _ALLOW_REDISPLAY
    metadata = NewMetadata()
    radar_options = Ignored(NO_GUARD)


CreatePaymentMethodParams.fields = {**CreatePaymentMethodParams.fields, **_OF_PAYERS}


class CreateTokenParams(PageParams):
    card = Table(
        {
            "number": Text(most=30, required=True),
            "exp_month": Integer(least=-1, most=9_999, required=True),
            "exp_year": Integer(least=-1, most=9_999, required=True),
            "cvc": Text(most=4),
            "name": Text(),
            "currency": Ignored("A card pays in any currency."),
            "networks": Ignored(ONE_NETWORK),
            **{
                f"address_{part}": Text()
                for part in ("city", "country", "line1", "line2", "state", "zip")
            },
        }
    )
    account = ACCOUNT_TOKEN
    bank_account = BANK_ACCOUNT_TOKEN
    person = PERSON_TOKEN
    pii = PII_TOKEN


class CreateConfirmationTokenParams(PageParams):
    payment_method = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    payment_method_options = Free()
    return_url = Text(most=2_048)
    setup_future_usage = Choice("on_session", "off_session")
    shipping = SHIPPING


class UpdatePaymentMethodParams(Params):
    card = Table(_CARD_EXPIRY)
    billing_details = BILLING_DETAILS
    allow_redisplay = Choice("always", "limited", "unspecified")
    metadata = Metadata()


class AttachParams(Params):
    customer = Id(required=True)


class ListPaymentMethodsParams(ListParams):
    customer = Id()
    type_ = Choice(*method_types.TYPES)
    allow_redisplay = Choice("always", "limited", "unspecified")
