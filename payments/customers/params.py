"""What the endpoints of customers take."""

from api.wire.email import Email
from api.wire.params import (
    Choice,
    Currency,
    Id,
    Ignored,
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
from connect.onboarding.person_params import PatternText
from payments.customers.tax_id_params import TAX_ID
from payments.params.details import ADDRESS, SHIPPING

_CUSTOM_FIELD = Table(
    {"name": Text(most=40, required=True), "value": Text(most=140, required=True)}
)


class CustomerParams(Params):
    address = ADDRESS
    balance = Integer(least=-99_999_999, most=99_999_999)
    business_name = Text(most=150, nullable=True)
    description = Text(most=350, nullable=True)
    email = Email(nullable=True)
    individual_name = Text(most=150, nullable=True)
    invoice_prefix = PatternText(r"[A-Z0-9]{1,12}", "up to 12 capital letters and digits")
    invoice_settings = Table(
        {
            "custom_fields": Many(_CUSTOM_FIELD, most=4, nullable=True),
            "default_payment_method": Id(nullable=True),
            "footer": Text(nullable=True),
            "rendering_options": Table(
                {
                    "amount_tax_display": Choice(
                        "exclude_tax", "include_inclusive_tax", nullable=True
                    ),
                    "template": Text(most=64),
                },
                nullable=True,
            ),
        }
    )
    metadata = Metadata()
    name_ = Text(most=256, nullable=True)
    next_invoice_sequence = Integer(least=1, most=999_999_999)
    phone = Text(most=20, nullable=True)
    preferred_locales = Many(Text(most=10))
    shipping = SHIPPING
    source = Text(most=100)
    tax = Table(
        {
            "ip_address": Text(most=45, nullable=True),
            "validate_location": Ignored("No tax is computed, so no place is looked up."),
        }
    )
    tax_exempt = Choice("none", "exempt", "reverse")
    validate = Ignored("A card is always looked at when it is added.")


class UpdateCustomerParams(CustomerParams):
    default_source = Text(most=100)


class CreateCustomerParams(CustomerParams):
    metadata = NewMetadata()
    payment_method = Id()
    tax_id_data = Many(Table(TAX_ID), most=25)


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
