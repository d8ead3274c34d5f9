"""What the endpoints of customers take."""

from api.email import Email
from api.params import (
    Choice,
    Currency,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from payments.params.details import ADDRESS, SHIPPING


class CustomerParams(Params):
    address = ADDRESS
    description = Text(most=350, nullable=True)
    email = Email(nullable=True)
    invoice_settings = Table({"default_payment_method": Id(nullable=True)})
    metadata = Metadata()
    name_ = Text(most=256, nullable=True)
    phone = Text(most=20, nullable=True)
    preferred_locales = Many(Text(most=10))
    shipping = SHIPPING
    tax_exempt = Choice("none", "exempt", "reverse")


class CreateCustomerParams(CustomerParams):
    metadata = NewMetadata()
    payment_method = Id()


class ListCustomersParams(ListParams):
    created = Range()
    email = Text(most=512)


class CreateCustomerBalanceParams(Params):
    amount = Integer(least=-99_999_999, most=99_999_999, required=True)
    currency = Currency(required=True)
    description = Text(most=350)
    metadata = NewMetadata()


class UpdateCustomerBalanceParams(Params):
    description = Text(most=350, nullable=True)
    metadata = Metadata()


class ListCustomerBalancesParams(ListParams):
    created = Range()
    invoice = Id()
