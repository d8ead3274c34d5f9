"""Parameters of transfers and application fees: types and shapes only."""

from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Id,
    ListParams,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Text,
)


class CreateTransferParams(Params):
    amount = Amount(required=True)
    currency = Currency(required=True)
    destination = Id(required=True)
    description = Text(most=1_000)
    metadata = NewMetadata()
    source_transaction = Id()
    source_type = Choice("card")
    transfer_group = Text(most=255)


class UpdateTransferParams(Params):
    description = Text(most=1_000, nullable=True)
    metadata = Metadata()


class ListTransfersParams(ListParams):
    created = Range()
    destination = Id()
    transfer_group = Text(most=255)


class CreateReversalParams(Params):
    amount = Amount()
    description = Text(most=1_000)
    metadata = NewMetadata()
    refund_application_fee = Boolean()


class UpdateMetadataParams(Params):
    metadata = Metadata()


class ListFeesParams(ListParams):
    created = Range()
    charge = Id()


class CreateFeeRefundParams(Params):
    amount = Amount()
    metadata = NewMetadata()
