"""What the endpoints of payments take: types and shapes only."""

from api.params import (
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

ADDRESS = Table(
    {
        name: Text(nullable=True)
        for name in ("city", "country", "line1", "line2", "postal_code", "state")
    },
    nullable=True,
)
BILLING_DETAILS = Table(
    {
        "address": ADDRESS,
        "email": Text(nullable=True, most=512),
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "tax_id": Text(nullable=True),
    }
)
SHIPPING = Table(
    {
        "address": ADDRESS,
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "carrier": Text(nullable=True),
        "tracking_number": Text(nullable=True),
    },
    nullable=True,
)


class CustomerParams(Params):
    address = ADDRESS
    description = Text(most=350, nullable=True)
    email = Text(most=512, nullable=True)
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


class IntentWords(Params):
    """What both creating and updating an intent take."""

    customer = Id(name="customer_id", nullable=True)
    description = Text(most=1_000, nullable=True)
    metadata = Metadata()
    payment_method = Id()
    receipt_email = Text(most=512, nullable=True)
    setup_future_usage = Choice("on_session", "off_session", nullable=True)
    shipping = SHIPPING
    statement_descriptor = Text(most=22, nullable=True)
    statement_descriptor_suffix = Text(most=22, nullable=True)
    application_fee_amount = Amount(least=0, nullable=True)
    transfer_group = Text(most=255, nullable=True)
    payment_method_types = Many(Choice("card"))
    payment_method_options = Free()


_CAPTURE_METHOD = Choice("automatic", "automatic_async", "manual")
_AUTOMATIC_METHODS = Table(
    {"enabled": Boolean(required=True), "allow_redirects": Choice("always", "never")}
)


class CreateIntentParams(IntentWords):
    metadata = NewMetadata()
    amount = Amount(required=True)
    currency = Currency(required=True)
    automatic_payment_methods = _AUTOMATIC_METHODS
    capture_method = _CAPTURE_METHOD
    confirm = Boolean()
    confirmation_method = Choice("automatic", "manual")
    error_on_requires_action = Ignored()
    off_session = Boolean()
    on_behalf_of = Id()
    return_url = Text(most=2_048)
    transfer_data = Table({"destination": Id(required=True), "amount": Amount()})


class UpdateIntentParams(IntentWords):
    amount = Amount()
    currency = Currency()
    capture_method = _CAPTURE_METHOD
    transfer_data = Table({"amount": Amount()})


class ConfirmIntentParams(Params):
    payment_method = Id()
    receipt_email = Text(most=512, nullable=True)
    shipping = SHIPPING
    setup_future_usage = Choice("on_session", "off_session", nullable=True)
    capture_method = _CAPTURE_METHOD
    off_session = Boolean()
    return_url = Text(most=2_048)
    error_on_requires_action = Ignored()
    use_stripe_sdk = Ignored()
    client_secret = Text(most=100)
    payment_method_types = Many(Choice("card"))
    payment_method_options = Free()


class RetrieveIntentParams(Params):
    client_secret = Text(most=100)


class CaptureIntentParams(Params):
    amount_to_capture = Amount()
    application_fee_amount = Amount(least=0)
    final_capture = Boolean()
    metadata = Metadata()
    statement_descriptor = Text(most=22)
    statement_descriptor_suffix = Text(most=22)
    transfer_data = Table({"amount": Amount()})


class CancelIntentParams(Params):
    cancellation_reason = Choice("duplicate", "fraudulent", "requested_by_customer", "abandoned")


class ListIntentsParams(ListParams):
    created = Range()
    customer = Id()


class UpdateChargeParams(Params):
    customer = Id(name="customer_id")
    description = Text(most=1_000, nullable=True)
    fraud_details = Table({"user_report": Choice("fraudulent", "safe", nullable=True)})
    metadata = Metadata()
    receipt_email = Text(most=512, nullable=True)
    shipping = SHIPPING
    transfer_group = Text(most=255)


class ListChargesParams(ListParams):
    created = Range()
    customer = Id()
    payment_intent = Id()
    transfer_group = Text(most=255)


class CreateRefundParams(Params):
    amount = Amount()
    charge = Id(name="charge_id")
    payment_intent = Id(name="intent_id")
    reason = Choice("duplicate", "fraudulent", "requested_by_customer")
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()
    instructions_email = Text(most=512)
    metadata = NewMetadata()


class UpdateMetadataParams(Params):
    metadata = Metadata()


class ListRefundsParams(ListParams):
    charge = Id()
    payment_intent = Id()
    created = Range()
