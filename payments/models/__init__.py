"""How the money comes, and goes back."""

from payments.models.charges import Charge, Refund
from payments.models.customers import Customer, PaymentMethod
from payments.models.payment_intents import PaymentIntent

__all__ = ["Charge", "Customer", "PaymentIntent", "PaymentMethod", "Refund"]
