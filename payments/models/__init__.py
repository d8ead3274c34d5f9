"""The tables of payments."""

from payments.models.authentications import Authentication, PayerAction
from payments.models.charges import Charge, Refund, UnappliedPayment
from payments.models.customer_sessions import CustomerSession
from payments.models.customers import (
    Customer,
    CustomerBalanceTransaction,
    GuestErasure,
    PaymentMethod,
)
from payments.models.disputes import Dispute, EarlyFraudWarning
from payments.models.domains import ApplePayDomain, PaymentMethodDomain
from payments.models.fees import FeeSchedule, FeeTrueUp
from payments.models.payment_intents import PaymentIntent
from payments.models.payment_method_configurations import (
    PaymentMethodConfiguration,
)
from payments.models.receipts import Receipt
from payments.models.setups import Mandate, SetupAttempt, SetupIntent
from payments.models.tax_ids import TaxId
from payments.models.tokens import ConfirmationToken, Instrument, Token
from payments.models.unresolved_requests import UnresolvedRequest

__all__ = [
    "ApplePayDomain",
    "Authentication",
    "Charge",
    "ConfirmationToken",
    "Customer",
    "CustomerBalanceTransaction",
    "CustomerSession",
    "Dispute",
    "EarlyFraudWarning",
    "FeeSchedule",
    "FeeTrueUp",
    "GuestErasure",
    "Instrument",
    "Mandate",
    "PayerAction",
    "PaymentIntent",
    "PaymentMethod",
    "PaymentMethodConfiguration",
    "PaymentMethodDomain",
    "Receipt",
    "Refund",
    "SetupAttempt",
    "SetupIntent",
    "TaxId",
    "Token",
    "UnappliedPayment",
    "UnresolvedRequest",
]
