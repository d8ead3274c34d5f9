"""What the endpoints of refunds take."""

from api.wire.email import Email
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Either,
    Id,
    ListParams,
    Many,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
)

# Rialto's own: who bears a refund of a charge that was shared by transfers.
_TRANSFER_REVERSALS = Either(
    Choice("proportional", "none"),
    Many(Table({"transfer": Id(required=True), "amount": Amount(required=True)})),
)


class CreateRefundParams(Params):
    amount = Amount()
    charge = Id(name="charge_id")
    payment_intent = Id(name="intent_id")
    reason = Choice("duplicate", "fraudulent", "requested_by_customer")
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()
    transfer_reversals = _TRANSFER_REVERSALS
    instructions_email = Email()
    metadata = NewMetadata()


class PreviewRefundParams(Params):
    amount = Amount()
    charge = Id(name="charge_id")
    payment_intent = Id(name="intent_id")
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()
    transfer_reversals = _TRANSFER_REVERSALS


class UpdateMetadataParams(Params):
    metadata = Metadata()


class ListRefundsParams(ListParams):
    charge = Id()
    payment_intent = Id()
    created = Range()
