"""What the endpoints of tax rates and shipping rates take."""

from typing import Final

from api.wire.figures import ByCurrency, DecimalText
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Integer,
    ListParams,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from checkout.params.prices import TAX_BEHAVIOR
from connect.onboarding.person_params import PatternText

_TAX_TYPES: Final = (
    "admissions_tax", "amusement_tax", "attendance_tax", "communications_tax",
    "digital_excise_tax", "entertainment_tax", "get_fund", "gross_receipts_tax", "gst",
    "hospitality_tax", "hst", "igst", "jct", "lease_tax", "luxury_tax",
    "mass_transit_parking_tax", "nhil", "parking_tax", "pst", "qst", "resort_tax",
    "retail_delivery_fee", "rst", "sales_tax", "service_tax", "tourism_tax",
    "utility_users_tax", "vat",
)  # fmt: skip
_BOUND: Final = Table(
    {
        "unit": Choice("hour", "day", "business_day", "week", "month", required=True),
        "value": Integer(least=1, most=1_000, required=True),
    }
)


class TaxRateParams(Params):
    active = Boolean(name="is_active")
    country = PatternText(r"[A-Z]{2}", "a country's code of two capital letters")
    description = Text(most=5_000)
    display_name = Text(most=50)
    jurisdiction = Text(most=200)
    metadata = Metadata()
    state = Text(most=50)
    tax_type = Choice(*_TAX_TYPES)


class CreateTaxRateParams(TaxRateParams):
    display_name = Text(most=50, required=True)
    inclusive = Boolean(required=True, name="is_inclusive")
    metadata = NewMetadata()
    percentage = DecimalText(places=4, most=100, required=True)


class ListTaxRatesParams(ListParams):
    active = Boolean()
    created = Range()
    inclusive = Boolean()


class CreateShippingRateParams(Params):
    delivery_estimate = Table({"maximum": _BOUND, "minimum": _BOUND})
    display_name = Text(most=100, required=True)
    fixed_amount = Table(
        {
            "amount": Amount(least=0, required=True),
            "currency": Currency(required=True),
            "currency_options": ByCurrency(
                Table({"amount": Amount(least=0, required=True), "tax_behavior": TAX_BEHAVIOR})
            ),
        },
        required=True,
    )
    metadata = NewMetadata()
    tax_behavior = TAX_BEHAVIOR
    tax_code = Text(most=64)
    type = Choice("fixed_amount")


class UpdateShippingRateParams(Params):
    active = Boolean(name="is_active")
    fixed_amount = Table(
        {
            "currency_options": ByCurrency(
                Table({"amount": Amount(least=0), "tax_behavior": TAX_BEHAVIOR})
            )
        }
    )
    metadata = Metadata()
    tax_behavior = TAX_BEHAVIOR


class ListShippingRatesParams(ListParams):
    active = Boolean()
    created = Range()
    currency = Currency()
