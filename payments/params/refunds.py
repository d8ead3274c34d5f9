"""What the endpoints of refunds take."""

from api.params import (
    Amount,
    Boolean,
    Choice,
    Id,
    ListParams,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Text,
)


class CreateRefundParams(Params):
    amount = Amount()
    charge = Id(name="charge_id")
    payment_intent = Id(name="intent_id")
    reason = Choice("duplicate", "fraudulent", "requested_by_customer")
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()
    instructions_email = Text(most=512)
    metadata = NewMetadata()


class PreviewRefundParams(Params):
    amount = Amount()
    charge = Id(name="charge_id")
    payment_intent = Id(name="intent_id")
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()


class UpdateMetadataParams(Params):
    metadata = Metadata()


class ListRefundsParams(ListParams):
    charge = Id()
    payment_intent = Id()
    created = Range()
