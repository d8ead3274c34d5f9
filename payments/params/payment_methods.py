"""What the endpoints of payment methods take."""

from api.params import (
    Choice,
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
from payments.params.details import BILLING_DETAILS

_CARD_EXPIRY = {
    "exp_month": Integer(least=-1, most=9_999),
    "exp_year": Integer(least=-1, most=9_999),
}


class CreatePaymentMethodParams(Params):
    type_ = Choice("card", required=True)
    card = Table(
        {
            "number": Text(most=30),
            "cvc": Text(most=4),
            "token": Text(most=60),
            "networks": Ignored(),
            **_CARD_EXPIRY,
        }
    )
    billing_details = BILLING_DETAILS
    allow_redisplay = Choice("always", "limited", "unspecified")
    metadata = NewMetadata()


class UpdatePaymentMethodParams(Params):
    card = Table(_CARD_EXPIRY)
    billing_details = BILLING_DETAILS
    allow_redisplay = Choice("always", "limited", "unspecified")
    metadata = Metadata()


class AttachParams(Params):
    customer = Id(required=True)


class ListPaymentMethodsParams(ListParams):
    customer = Id()
    type_ = Choice("card")
    allow_redisplay = Choice("always", "limited", "unspecified")
