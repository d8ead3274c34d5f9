"""What the endpoints of payment links take."""

from typing import Final

from api.wire.params import (
    Amount,
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
    Table,
    Text,
)
from checkout.params.cart import (
    LINKED_ITEMS,
    LINKED_ITEMS_CHANGED,
    OPTIONAL_ITEMS,
    OPTIONAL_ITEMS_OR_NONE,
)
from checkout.params.collecting import (
    CONSENT,
    CUSTOM_FIELDS,
    CUSTOM_FIELDS_OR_NONE,
    CUSTOM_TEXT,
    NAME_COLLECTION,
    NAME_COLLECTION_OR_NONE,
    PHONE,
    SHIPPING_ADDRESS,
    SHIPPING_ADDRESS_OR_NONE,
)
from checkout.params.refused import (
    AUTOMATIC_TAX,
    INVOICE_CREATION,
    MERCHANT_OF_RECORD,
    TAX_IDS,
)
from payments import method_types
from payments.params.details import Descriptor
from payments.params.splits import SPLIT

_MOST_COMPLETIONS: Final = 2_000_000_000
_AFTER_COMPLETION: Final = Table(
    {
        "hosted_confirmation": Table({"custom_message": Text(most=500)}),
        "redirect": Table({"url": Text(most=2_048, required=True)}),
        "type": Choice("hosted_confirmation", "redirect", required=True),
    }
)
_RESTRICTION: Final = {
    "completed_sessions": Table(
        {"limit": Integer(least=1, most=_MOST_COMPLETIONS, required=True)}, required=True
    )
}
_SHIPPING_OPTION: Final = Table({"shipping_rate": Id(required=True)})
_TYPE: Final = Choice(*method_types.TYPES)
_ADDRESS: Final = Choice("auto", "required")
_CUSTOMER: Final = Choice("always", "if_required")
_SUBMIT: Final = Choice("auto", "book", "donate", "pay", "subscribe")
_USAGE: Final = ("off_session", "on_session")


class CreateLinkParams(Params):
    after_completion = _AFTER_COMPLETION
    allow_promotion_codes = Boolean()
    application_fee_amount = Amount(least=0)
    automatic_tax = AUTOMATIC_TAX
    billing_address_collection = _ADDRESS
    consent_collection = CONSENT
    currency = Currency()
    custom_fields = CUSTOM_FIELDS
    custom_text = CUSTOM_TEXT
    customer_creation = _CUSTOMER
    inactive_message = Text(most=500)
    invoice_creation = INVOICE_CREATION
    line_items = LINKED_ITEMS
    managed_payments = MERCHANT_OF_RECORD
    metadata = NewMetadata()
    name_collection = NAME_COLLECTION
    on_behalf_of = Id()
    optional_items = OPTIONAL_ITEMS
    payment_intent_data = Table(
        {
            "capture_method": Choice("automatic", "automatic_async", "manual"),
            "description": Text(most=1_000),
            "metadata": NewMetadata(),
            "setup_future_usage": Choice(*_USAGE),
            "split": SPLIT,
            "statement_descriptor": Descriptor(least=5),
            "statement_descriptor_suffix": Descriptor(),
            "transfer_group": Text(most=255),
        }
    )
    payment_method_types = Many(_TYPE)
    phone_number_collection = PHONE
    restrictions = Table(_RESTRICTION)
    shipping_address_collection = SHIPPING_ADDRESS
    shipping_options = Many(_SHIPPING_OPTION, most=5)
    submit_type = _SUBMIT
    tax_id_collection = TAX_IDS
    transfer_data = Table({"amount": Amount(), "destination": Id(required=True)})


class UpdateLinkParams(Params):
    active = Boolean(name="is_active")
    after_completion = _AFTER_COMPLETION
    allow_promotion_codes = Boolean()
    application_fee_amount = Amount(least=0, nullable=True)
    automatic_tax = AUTOMATIC_TAX
    billing_address_collection = _ADDRESS
    consent_collection = CONSENT
    custom_fields = CUSTOM_FIELDS_OR_NONE
    custom_text = CUSTOM_TEXT
    customer_creation = _CUSTOMER
    inactive_message = Text(most=500, nullable=True)
    invoice_creation = INVOICE_CREATION
    line_items = LINKED_ITEMS_CHANGED
    metadata = Metadata()
    name_collection = NAME_COLLECTION_OR_NONE
    on_behalf_of = Id(nullable=True)
    optional_items = OPTIONAL_ITEMS_OR_NONE
    payment_intent_data = Table(
        {
            "description": Text(most=1_000, nullable=True),
            "metadata": Metadata(),
            "setup_future_usage": Choice(*_USAGE, nullable=True),
            "split": SPLIT,
            "statement_descriptor": Descriptor(least=5, nullable=True),
            "statement_descriptor_suffix": Descriptor(nullable=True),
            "transfer_group": Text(most=255, nullable=True),
        }
    )
    payment_method_types = Many(_TYPE, nullable=True)
    phone_number_collection = PHONE
    restrictions = Table(_RESTRICTION, nullable=True)
    shipping_address_collection = SHIPPING_ADDRESS_OR_NONE
    shipping_options = Many(_SHIPPING_OPTION, most=5, nullable=True)
    submit_type = _SUBMIT
    tax_id_collection = TAX_IDS
    transfer_data = Table(
        {"amount": Amount(nullable=True), "destination": Id(required=True)}, nullable=True
    )


class ListLinksParams(ListParams):
    active = Boolean()
