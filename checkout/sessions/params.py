"""What the endpoints of checkout sessions take."""

from typing import Final

from api.refused.parameters import NO_SUBSCRIPTIONS
from api.wire.email import Email
from api.wire.figures import PartialChoice
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Free,
    Id,
    Ignored,
    ListParams,
    Many,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from checkout.params.cart import (
    CHANGED_ITEMS,
    LINE_ITEMS,
    OPTIONAL_ITEMS,
    SHIPPING_OPTIONS,
    SHIPPING_OPTIONS_OR_NONE,
)
from checkout.params.collecting import (
    CONSENT,
    CUSTOM_FIELDS,
    CUSTOM_TEXT,
    LOCALES,
    NAME_COLLECTION,
    PHONE,
    SHIPPING_ADDRESS,
)
from checkout.params.refused import (
    AUTOMATIC_TAX,
    INVOICE_CREATION,
    MERCHANT_OF_RECORD,
    TAX_IDS,
)
from payments import method_types
from payments.method_types.published import PUBLISHED
from payments.params.details import BILLING_DETAILS, SHIPPING, Descriptor
from payments.params.ignored import PageParams
from payments.params.splits import SPLIT

_COLOR: Final = Text(most=7, nullable=True)
_PICTURE: Final = Table(
    {"file": Id(), "type": Choice("file", "url", required=True), "url": Text(most=2_048)}
)
_SWITCH: Final = Choice("auto", "never")
_PAYMENT_INTENT_DATA: Final = Table(
    {
        "application_fee_amount": Amount(least=0),
        "capture_method": Choice("automatic", "automatic_async", "manual"),
        "description": Text(most=1_000),
        "metadata": NewMetadata(),
        "on_behalf_of": Id(),
        "receipt_email": Email(),
        "setup_future_usage": Choice("off_session", "on_session"),
        "shipping": SHIPPING,
        "split": SPLIT,
        "statement_descriptor": Descriptor(least=5),
        "statement_descriptor_suffix": Descriptor(),
        "transfer_data": Table({"amount": Amount(), "destination": Id(required=True)}),
        "transfer_group": Text(most=255),
    }
)


class CreateSessionParams(Params):
    adaptive_pricing = Ignored("No charge is converted: the object says enabled: false.")
    after_expiration = Table(
        {"recovery": Table({"allow_promotion_codes": Boolean(), "enabled": Boolean(required=True)})}
    )
    allow_promotion_codes = Boolean()
    allowed_payment_method_types = Many(Choice(*method_types.TYPES))
    automatic_tax = AUTOMATIC_TAX
    billing_address_collection = Choice("auto", "required")
    branding_settings = Table(
        {
            "background_color": _COLOR,
            "border_style": Choice("pill", "rectangular", "rounded", nullable=True),
            "button_color": _COLOR,
            "display_name": Text(most=64),
            "font_family": Text(most=40, nullable=True),
            "icon": _PICTURE,
            "logo": _PICTURE,
        }
    )
    cancel_url = Text(most=5_000)
    client_reference_id = Text(most=200)
    consent_collection = CONSENT
    currency = Currency()
    custom_fields = CUSTOM_FIELDS
    custom_text = CUSTOM_TEXT
    customer = Id(name="customer_id")
    customer_creation = Choice("always", "if_required")
    customer_email = Email()
    customer_update = Table({"address": _SWITCH, "name": _SWITCH, "shipping": _SWITCH})
    discounts = Many(Table({"coupon": Text(most=200), "promotion_code": Id()}), most=1)
    excluded_payment_method_types = Many(Choice(*PUBLISHED))
    expires_at = Moment()
    integration_identifier = Text(most=200)
    invoice_creation = INVOICE_CREATION
    line_items = LINE_ITEMS
    locale = Choice(*LOCALES)
    managed_payments = MERCHANT_OF_RECORD
    metadata = NewMetadata()
    mode = PartialChoice("payment", "setup", others=("subscription",), why=NO_SUBSCRIPTIONS)
    name_collection = NAME_COLLECTION
    optional_items = OPTIONAL_ITEMS
    origin_context = Choice("mobile_app", "web")
    payment_intent_data = _PAYMENT_INTENT_DATA
    payment_method_configuration = Id()
    payment_method_data = Table({"allow_redisplay": Choice("always", "limited", "unspecified")})
    payment_method_options = Free()
    payment_method_types = Many(Choice(*method_types.TYPES))
    permissions = Table({"update_shipping_details": Choice("client_only", "server_only")})
    phone_number_collection = PHONE
    redirect_on_completion = Choice("always", "if_required", "never")
    return_url = Text(most=5_000)
    saved_payment_method_options = Table(
        {
            "allow_redisplay_filters": Many(Choice("always", "limited", "unspecified")),
            "payment_method_remove": Choice("disabled", "enabled"),
            "payment_method_save": Choice("disabled", "enabled"),
        }
    )
    setup_intent_data = Table(
        {"description": Text(most=1_000), "metadata": NewMetadata(), "on_behalf_of": Id()}
    )
    shipping_address_collection = SHIPPING_ADDRESS
    shipping_options = SHIPPING_OPTIONS
    submit_type = Choice("auto", "book", "donate", "pay", "subscribe")
    success_url = Text(most=5_000)
    tax_id_collection = TAX_IDS
    # The three words before 2025 mean the three after.
    ui_mode = Choice(
        "custom", "elements", "embedded", "embedded_page", "form", "hosted", "hosted_page"
    )
    wallet_options = Table({"link": Table({"display": _SWITCH})})


class UpdateSessionParams(Params):
    collected_information = Table(
        {
            "shipping_details": Table(
                {
                    "address": Table(
                        {
                            "city": Text(),
                            "country": Text(most=2, required=True),
                            "line1": Text(required=True),
                            "line2": Text(),
                            "postal_code": Text(),
                            "state": Text(),
                        },
                        required=True,
                    ),
                    "name": Text(most=255, required=True),
                }
            )
        }
    )
    line_items = CHANGED_ITEMS
    metadata = Metadata()
    payment_intent_data = Table(
        {
            "description": Text(most=1_000, nullable=True),
            "metadata": Metadata(),
            "setup_future_usage": Choice("off_session", "on_session", nullable=True),
            "statement_descriptor": Descriptor(least=5, nullable=True),
            "statement_descriptor_suffix": Descriptor(nullable=True),
        }
    )
    shipping_options = SHIPPING_OPTIONS_OR_NONE


class ListSessionsParams(ListParams):
    created = Range()
    customer = Id()
    customer_details = Table({"email": Email(required=True)})
    payment_intent = Id()
    payment_link = Id()
    status = Choice("complete", "expired", "open")
    subscription = Id()


class ConfirmPageParams(PageParams):
    """What the official command line sends when it plays the payer."""

    expected_amount = Amount(least=0)
    payment_method = Id(required=True)


class CompleteSessionParams(Params):
    """What a payer would do on the page, for tests."""

    customer_details = BILLING_DETAILS
    payment_method = Id()
    promotion_code = Text(most=500)
    shipping_details = SHIPPING
    shipping_rate = Id()
