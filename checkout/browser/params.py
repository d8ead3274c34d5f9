"""What the endpoints that pages ask take."""

from typing import Final

from api.wire.email import Email
from api.wire.params import (
    Amount,
    Choice,
    Currency,
    Id,
    Integer,
    Many,
    Params,
    Table,
    Text,
)
from payments.params.details import ADDRESS

_SECRET: Final = Text(most=500, required=True)
_PIECES: Final = Integer(least=0, most=999_999, required=True)
_CONTACT: Final = Table({"address": ADDRESS, "name": Text(most=255, nullable=True)})


class ElementsSessionParams(Params):
    mode = Choice("payment", "setup", required=True)
    client_secret = Text(most=500)
    amount = Amount(least=0)
    currency = Currency()
    capture_method = Choice("automatic", "automatic_async", "manual")
    setup_future_usage = Choice("on_session", "off_session")
    customer_session_client_secret = Text(most=200)
    payment_method_configuration = Id()


class RemoveSavedMethodParams(Params):
    checkout_session_client_secret = Text(most=500)
    customer_session_client_secret = Text(most=200)


class ElementsCheckoutParams(Params):
    client_secret = Text(most=500)


class ChangeElementsCheckoutParams(Params):
    client_secret = _SECRET
    line_items = Many(Table({"id": Id(required=True), "quantity": _PIECES}))
    optional_items = Many(Table({"price": Id(required=True), "quantity": _PIECES}), most=10)
    promotion_code = Text(most=500, nullable=True)
    shipping_rate = Id()


class ConfirmElementsCheckoutParams(Params):
    billing_address = _CONTACT
    business_name = Text(most=150)
    client_secret = _SECRET
    email = Email(nullable=True)
    expected_amount = Amount(least=0)
    individual_name = Text(most=150)
    payment_method = Id()
    phone = Text(most=20, nullable=True)
    return_url = Text(most=5_000)
    shipping_address = _CONTACT
