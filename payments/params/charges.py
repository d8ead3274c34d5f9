"""What the endpoints of charges take."""

from api.params import Choice, Id, ListParams, Metadata, Params, Range, Table, Text
from payments.params.details import SHIPPING


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
