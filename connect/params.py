"""What the endpoints of connect take: types and shapes only."""

from api.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Free,
    Id,
    ListParams,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)

CAPABILITIES = Table(
    {
        name: Table({"requested": Boolean(required=True)})
        for name in (
            "card_payments", "transfers", "legacy_payments", "us_bank_account_ach_payments",
            "sepa_debit_payments", "link_payments", "bancontact_payments", "ideal_payments",
        )
    }
)  # fmt: skip
BUSINESS_TYPE = Choice("company", "government_entity", "individual", "non_profit")


class AccountParams(Params):
    business_profile = Free()
    business_type = BUSINESS_TYPE
    capabilities = CAPABILITIES
    company = Free()
    default_currency = Currency()
    email = Text(most=800)
    individual = Free()
    metadata = Metadata()
    settings = Free()
    tos_acceptance = Table(
        {
            "date": Moment(),
            "ip": Text(most=45),
            "service_agreement": Choice("full", "recipient"),
            "user_agent": Text(most=500),
        }
    )


class CreateAccountParams(AccountParams):
    metadata = NewMetadata()
    controller = Table(
        {
            "fees": Table({"payer": Choice("account", "application")}),
            "losses": Table({"payments": Choice("application", "stripe")}),
            "requirement_collection": Choice("application", "stripe"),
            "stripe_dashboard": Table({"type": Choice("express", "full", "none")}),
        }
    )
    country = Text(most=2)
    type_ = Choice("custom", "express", "standard")


class ListAccountsParams(ListParams):
    created = Range()


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
