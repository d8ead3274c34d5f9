"""What the endpoints of a customer's sources take."""

from api.wire.email import Email
from api.wire.params import (
    Amount,
    Choice,
    Currency,
    Either,
    Ignored,
    Integer,
    ListParams,
    Many,
    Metadata,
    NewMetadata,
    Params,
    Table,
    Text,
)
from payments.params.details import ADDRESS
from payments.params.ignored import PageParams

_ADDRESS = {
    f"address_{part}": Text() for part in ("city", "country", "line1", "line2", "state", "zip")
}
_TYPED_IN = Table(
    {
        "object": Choice("card", "bank_account", required=True),
        "number": Text(most=30),
        "exp_month": Integer(least=-1, most=9_999),
        "exp_year": Integer(least=-1, most=9_999),
        "cvc": Text(most=4),
        "name": Text(),
        "account_holder_name": Text(most=200),
        "account_holder_type": Choice("company", "individual"),
        "account_number": Text(most=64),
        "account_type": Choice("checking", "savings"),
        "country": Text(most=2),
        "currency": Choice("usd"),
        "routing_number": Text(most=20),
        **_ADDRESS,
    }
)


class CreateSourceParams(Params):
    metadata = NewMetadata()
    source = Either(Text(most=100), _TYPED_IN, required=True)
    validate = Ignored("A card is always looked at when it is added.")


_OWNER = Table(
    {
        "address": ADDRESS,
        "email": Email(nullable=True),
        "name": Text(nullable=True),
        "phone": Text(most=20, nullable=True),
    }
)


class CreateOlderSourceParams(PageParams):
    amount = Amount()
    currency = Currency()
    flow = Choice("code_verification", "none", "receiver", "redirect")
    metadata = NewMetadata()
    owner = _OWNER
    statement_descriptor = Text(most=22)
    token = Text(most=60)
    type_ = Text(most=40, required=True)
    usage = Choice("reusable", "single_use")


class RetrieveOlderSourceParams(PageParams):
    client_secret = Text(most=100)


class UpdateOlderSourceParams(Params):
    amount = Amount()
    metadata = Metadata()
    owner = _OWNER


class UpdateSourceParams(Params):
    account_holder_name = Text()
    account_holder_type = Ignored("A payment method keeps what its mandate was given for.")
    exp_month = Integer(least=1, most=12)
    exp_year = Integer(least=2000, most=2100)
    metadata = Metadata()
    name_ = Text()
    owner = Ignored("Sources here are cards and bank accounts, which have a name and an address.")


UpdateSourceParams.fields = {**UpdateSourceParams.fields, **_ADDRESS}


class VerifySourceParams(Params):
    amounts = Many(Integer(least=1, most=99), most=2, required=True)


class ListSourcesParams(ListParams):
    object = Choice("bank_account", "card")
