"""What the endpoints of products and prices take."""

from typing import Final

from api.refused.parameters import NO_METERS, NO_TIERS
from api.wire.figures import DecimalText, PartialChoice
from api.wire.params import (
    Boolean,
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
from checkout.params.chosen_ids import ChosenId
from checkout.params.prices import (
    CURRENCY_OPTIONS,
    CURRENCY_OPTIONS_OR_NONE,
    CUSTOM_UNIT_AMOUNT,
    INTERVALS,
    RECURRING,
    TAX_BEHAVIOR,
    UNIT_AMOUNT,
    UNIT_AMOUNT_DECIMAL,
)
from payments.params.details import Descriptor

_SIDE: Final = DecimalText(places=2, most=999_999, required=True)
_LOOKUP_KEY: Final = Text(most=200)
_TAX_DETAILS: Final = {
    "performance_location": Text(most=64),
    "tax_code": Text(most=64, nullable=True),
}
_USAGE_TYPE: Final = PartialChoice("licensed", others=("metered",), why=NO_METERS)


class ProductParams(Params):
    active = Boolean(name="is_active")
    description = Text(most=40_000, nullable=True)
    images = Many(Text(most=2_048), most=8, nullable=True)
    marketing_features = Many(Table({"name": Text(most=80, required=True)}), most=15, nullable=True)
    metadata = Metadata()
    name_ = Text(most=5_000)
    package_dimensions = Table(
        {"height": _SIDE, "length": _SIDE, "weight": _SIDE, "width": _SIDE}, nullable=True
    )
    shippable = Boolean(name="is_shippable")
    statement_descriptor = Descriptor()
    tax_code = Text(most=64, nullable=True)
    tax_details = Table(_TAX_DETAILS, nullable=True)
    unit_label = Text(most=12, nullable=True)
    url = Text(most=2_048, nullable=True)


class CreateProductParams(ProductParams):
    default_price_data = Table(
        {
            "currency": Currency(required=True),
            "currency_options": CURRENCY_OPTIONS,
            "custom_unit_amount": CUSTOM_UNIT_AMOUNT,
            "metadata": NewMetadata(),
            "recurring": Table(RECURRING),
            "tax_behavior": TAX_BEHAVIOR,
            "unit_amount": UNIT_AMOUNT,
            "unit_amount_decimal": UNIT_AMOUNT_DECIMAL,
        }
    )
    id = ChosenId(name="public_id")
    metadata = NewMetadata()
    name_ = Text(most=5_000, required=True)
    type = Choice("good", "service")


class UpdateProductParams(ProductParams):
    default_price = Id()


class ListProductsParams(ListParams):
    active = Boolean()
    created = Range()
    ids = Many(Text(most=64))
    shippable = Boolean()
    type = Choice("good", "service")
    url = Text(most=2_048)


class NewFeatureParams(Params):
    entitlement_feature = Text(most=64)


class PriceParams(Params):
    active = Boolean(name="is_active")
    lookup_key = _LOOKUP_KEY
    metadata = Metadata()
    nickname = Text(most=5_000)
    tax_behavior = TAX_BEHAVIOR
    transfer_lookup_key = Boolean()


class CreatePriceParams(PriceParams):
    billing_scheme = PartialChoice("per_unit", others=("tiered",), why=NO_TIERS)
    currency = Currency(required=True)
    currency_options = CURRENCY_OPTIONS
    custom_unit_amount = CUSTOM_UNIT_AMOUNT
    metadata = NewMetadata()
    product = Id()
    product_data = Table(
        {
            "active": Boolean(name="is_active"),
            "id": ChosenId(name="public_id"),
            "metadata": NewMetadata(),
            "name": Text(most=5_000, required=True),
            "statement_descriptor": Descriptor(),
            "tax_code": Text(most=64),
            "tax_details": Table(_TAX_DETAILS),
            "unit_label": Text(most=12),
        }
    )
    recurring = Table(
        RECURRING | {"trial_period_days": Integer(least=1, most=730), "usage_type": _USAGE_TYPE}
    )
    transform_quantity = Table(
        {
            "divide_by": Integer(least=1, most=1_000_000_000, required=True),
            "round": Choice("down", "up", required=True),
        }
    )
    unit_amount = UNIT_AMOUNT
    unit_amount_decimal = UNIT_AMOUNT_DECIMAL


class UpdatePriceParams(PriceParams):
    currency_options = CURRENCY_OPTIONS_OR_NONE
    lookup_key = Text(most=200, nullable=True)
    nickname = Text(most=5_000, nullable=True)


class ListPricesParams(ListParams):
    active = Boolean()
    created = Range()
    currency = Currency()
    lookup_keys = Many(_LOOKUP_KEY, most=10)
    product = Text(most=64)
    recurring = Table({"interval": Choice(*INTERVALS), "usage_type": Choice("licensed", "metered")})
    type = Choice("one_time", "recurring")
