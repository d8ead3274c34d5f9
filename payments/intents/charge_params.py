"""What the endpoints of charges take."""

from api.wire.email import Email
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Either,
    Id,
    Ignored,
    ListParams,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from payments.params.details import SHIPPING, Descriptor
from payments.params.ignored import NO_GUARD

# The older name of `transfer_data`.
_DESTINATION = Either(Id(), Table({"account": Id(required=True), "amount": Amount()}))


class CreateChargeParams(Params):
    amount = Amount(required=True)
    currency = Currency(required=True)
    application_fee = Amount(least=0, name="application_fee_amount")
    application_fee_amount = Amount(least=0)
    capture = Boolean()
    customer = Id(name="customer_id")
    description = Text(most=1_000)
    destination = _DESTINATION
    metadata = NewMetadata()
    on_behalf_of = Id()
    radar_options = Ignored(NO_GUARD)
    receipt_email = Email()
    shipping = SHIPPING
    source = Text(most=100)
    statement_descriptor = Descriptor(least=5)
    statement_descriptor_suffix = Descriptor()
    transfer_data = Table({"destination": Id(required=True), "amount": Amount()})
    transfer_group = Text(most=255)


class CaptureChargeParams(Params):
    amount = Amount()
    application_fee = Amount(least=0, name="application_fee_amount")
    application_fee_amount = Amount(least=0)
    receipt_email = Email()
    statement_descriptor = Descriptor(least=5)
    statement_descriptor_suffix = Descriptor()
    transfer_data = Table({"amount": Amount()})
    transfer_group = Text(most=255)


class UpdateChargeParams(Params):
    customer = Id(name="customer_id")
    description = Text(most=1_000, nullable=True)
    fraud_details = Table({"user_report": Choice("fraudulent", "safe", nullable=True)})
    metadata = Metadata()
    receipt_email = Email(nullable=True)
    shipping = SHIPPING
    transfer_group = Text(most=255)


class ListChargesParams(ListParams):
    created = Range()
    customer = Id()
    payment_intent = Id()
    transfer_group = Text(most=255)
