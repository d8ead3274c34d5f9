"""What the endpoints of setup intents take."""

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
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from payments import method_types
from payments.method_types.published import PUBLISHED
from payments.methods.params import PAYMENT_METHOD_DATA
from payments.params.details import MANDATE_DATA
from payments.params.ignored import NO_LIBRARY, PageParams

_TYPES = Many(Choice(*method_types.LASTING))
_EXCLUDED = Many(Choice(*PUBLISHED), nullable=True)


class CreateSetupIntentParams(Params):
    confirmation_token = Id()
    attach_to_self = Boolean()
    automatic_payment_methods = Table(
        {"enabled": Boolean(required=True), "allow_redirects": Choice("always", "never")}
    )
    confirm = Boolean()
    customer = Id(name="customer_id")
    description = Text(most=1_000)
    flow_directions = Many(Choice("inbound", "outbound"))
    mandate_data = MANDATE_DATA
    metadata = NewMetadata()
    on_behalf_of = Id()
    payment_method = Id()
    payment_method_configuration = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    payment_method_options = Free()
    payment_method_types = _TYPES
    allowed_payment_method_types = _TYPES
    excluded_payment_method_types = _EXCLUDED
    return_url = Text(most=2_048)
    single_use = Table({"amount": Amount(required=True), "currency": Currency(required=True)})
    usage = Choice("off_session", "on_session")
    use_stripe_sdk = Ignored(NO_LIBRARY)


class UpdateSetupIntentParams(Params):
    attach_to_self = Boolean()
    customer = Id(name="customer_id")
    description = Text(most=1_000, nullable=True)
    flow_directions = Many(Choice("inbound", "outbound"))
    metadata = Metadata()
    payment_method = Id()
    payment_method_configuration = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    payment_method_options = Free()
    payment_method_types = _TYPES
    allowed_payment_method_types = _TYPES
    excluded_payment_method_types = _EXCLUDED


class ConfirmSetupIntentParams(PageParams):
    allowed_payment_method_types = _TYPES
    confirmation_token = Id()
    client_secret = Text(most=100)
    mandate_data = MANDATE_DATA
    payment_method = Id()
    payment_method_data = PAYMENT_METHOD_DATA
    payment_method_options = Free()
    return_url = Text(most=2_048)
    use_stripe_sdk = Ignored(NO_LIBRARY)


class RetrieveSetupIntentParams(Params):
    client_secret = Text(most=100)


class CancelSetupIntentParams(Params):
    cancellation_reason = Choice("abandoned", "duplicate", "requested_by_customer")


class VerifyMicrodepositsParams(Params):
    amounts = Ignored("No bank account is verified by small payments here.")
    client_secret = Text(most=100)
    descriptor_code = Text(most=20)


class ListSetupIntentsParams(ListParams):
    attach_to_self = Boolean()
    created = Range()
    customer = Id()
    payment_method = Id()


class ListSetupAttemptsParams(ListParams):
    created = Range()
    setup_intent = Id(required=True)
