"""What the endpoints of payment intents take."""

from api.wire.email import Email
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Free,
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
from payments import method_types
from payments.method_types.published import PUBLISHED
from payments.methods.params import PAYMENT_METHOD_DATA
from payments.params.details import MANDATE_DATA, SHIPPING, Descriptor
from payments.params.ignored import NO_GUARD, NO_LIBRARY, PageParams
from payments.params.splits import SPLIT

# What is bought, item by item: kept and shown, for no card network sees it.
_LINE_ITEM = Table(
    {
        "discount_amount": Amount(least=0),
        "payment_method_options": Free(),
        "product_code": Text(most=12),
        "product_name": Text(most=1_024, required=True),
        "quantity": Integer(least=1, most=999_999_999, required=True),
        "tax": Table({"total_tax_amount": Amount(least=0, required=True)}),
        "unit_cost": Amount(least=0, required=True),
        "unit_of_measure": Text(most=12),
    }
)
_AMOUNT_DETAILS = Table(
    {
        "discount_amount": Amount(least=0, nullable=True),
        "enforce_arithmetic_validation": Ignored(
            "Line items are not compared with the amount: no card network sees them."
        ),
        "line_items": Many(_LINE_ITEM, most=200, nullable=True),
        "shipping": Table(
            {
                "amount": Amount(least=0, nullable=True),
                "from_postal_code": Text(most=10, nullable=True),
                "to_postal_code": Text(most=10, nullable=True),
            }
        ),
        "tax": Table({"total_tax_amount": Amount(least=0)}),
    },
    nullable=True,
)


_PAYMENT_DETAILS = Table(
    {
        "customer_reference": Text(most=25, nullable=True),
        "order_reference": Text(most=25, nullable=True),
    },
    nullable=True,
)


class IntentWords(Params):
    """What both creating and updating an intent take."""

    amount_details = _AMOUNT_DETAILS
    customer = Id(name="customer_id", nullable=True)
    description = Text(most=1_000, nullable=True)
    metadata = Metadata()
    payment_details = _PAYMENT_DETAILS
    payment_method = Id()
    payment_method_configuration = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    receipt_email = Email(nullable=True)
    setup_future_usage = Choice("on_session", "off_session", nullable=True)
    shipping = SHIPPING
    statement_descriptor = Descriptor(least=5, nullable=True)
    statement_descriptor_suffix = Descriptor(nullable=True)
    application_fee_amount = Amount(least=0, nullable=True)
    split = SPLIT
    transfer_group = Text(most=255, nullable=True)
    payment_method_types = Many(Choice(*method_types.TYPES))
    allowed_payment_method_types = Many(Choice(*method_types.TYPES))
    excluded_payment_method_types = Many(Choice(*PUBLISHED), nullable=True)
    payment_method_options = Free()


_CAPTURE_METHOD = Choice("automatic", "automatic_async", "manual")

_AUTOMATIC_METHODS = Table(
    {"enabled": Boolean(required=True), "allow_redirects": Choice("always", "never")}
)


class CreateIntentParams(IntentWords):
    confirmation_token = Id()
    metadata = NewMetadata()
    amount = Amount(required=True)
    currency = Currency(required=True)
    automatic_payment_methods = _AUTOMATIC_METHODS
    capture_method = _CAPTURE_METHOD
    confirm = Boolean()
    confirmation_method = Choice("automatic", "manual")
    error_on_requires_action = Boolean()
    mandate = Id()
    mandate_data = MANDATE_DATA
    off_session = Boolean("one_off", "recurring")
    on_behalf_of = Id()
    return_url = Text(most=2_048)
    radar_options = Ignored(NO_GUARD)
    transfer_data = Table({"destination": Id(required=True), "amount": Amount()})
    use_stripe_sdk = Ignored(NO_LIBRARY)


class UpdateIntentParams(IntentWords):
    amount = Amount()
    currency = Currency()
    capture_method = _CAPTURE_METHOD
    transfer_data = Table({"amount": Amount()})


class ConfirmIntentParams(PageParams):
    amount_to_confirm = Amount()
    amount_details = _AMOUNT_DETAILS
    confirmation_token = Id()
    payment_details = _PAYMENT_DETAILS
    payment_method = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    receipt_email = Email(nullable=True)
    shipping = SHIPPING
    split = SPLIT
    setup_future_usage = Choice("on_session", "off_session", nullable=True)
    capture_method = _CAPTURE_METHOD
    off_session = Boolean("one_off", "recurring")
    radar_options = Ignored(NO_GUARD)
    return_url = Text(most=2_048)
    error_on_requires_action = Boolean()
    mandate = Id()
    mandate_data = MANDATE_DATA
    use_stripe_sdk = Ignored(NO_LIBRARY)
    client_secret = Text(most=100)
    payment_method_types = Many(Choice(*method_types.TYPES))
    allowed_payment_method_types = Many(Choice(*method_types.TYPES))
    excluded_payment_method_types = Many(Choice(*PUBLISHED), nullable=True)
    payment_method_options = Free()


class RetrieveIntentParams(Params):
    client_secret = Text(most=100)


class CaptureIntentParams(Params):
    amount_to_capture = Amount()
    application_fee_amount = Amount(least=0)
    split = SPLIT
    final_capture = Boolean()
    metadata = Metadata()
    statement_descriptor = Descriptor(least=5)
    statement_descriptor_suffix = Descriptor()
    transfer_data = Table({"amount": Amount()})


class CancelIntentParams(Params):
    cancellation_reason = Choice("duplicate", "fraudulent", "requested_by_customer", "abandoned")


class ListIntentsParams(ListParams):
    created = Range()
    customer = Id()


class AuthenticateParams(Params):
    outcome = Choice(
        "authenticated", "wrong_code", "rejected", "canceled", "abandoned", "unavailable"
    )
