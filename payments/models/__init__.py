"""How the money comes, and goes back."""

from payments.models.authentications import Authentication
from payments.models.charges import Charge, Refund
from payments.models.customers import Customer, PaymentMethod
from payments.models.fees import FeeSchedule, FeeTrueUp
from payments.models.payment_intents import PaymentIntent

__all__ = [
    "Authentication",
    "Charge",
    "Customer",
    "FeeSchedule",
    "FeeTrueUp",
    "PaymentIntent",
    "PaymentMethod",
    "Refund",
]
