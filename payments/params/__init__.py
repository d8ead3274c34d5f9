"""What the endpoints of payments take: types and shapes only."""

from payments.params.charges import ListChargesParams, UpdateChargeParams
from payments.params.customers import (
    CreateCustomerParams,
    ListCustomersParams,
    UpdateCustomerParams,
)
from payments.params.payment_intents import (
    AuthenticateParams,
    CancelIntentParams,
    CaptureIntentParams,
    ConfirmIntentParams,
    CreateIntentParams,
    ListIntentsParams,
    RetrieveIntentParams,
    UpdateIntentParams,
)
from payments.params.payment_methods import (
    AttachParams,
    CreatePaymentMethodParams,
    ListPaymentMethodsParams,
    UpdatePaymentMethodParams,
)
from payments.params.refunds import (
    CreateRefundParams,
    ListRefundsParams,
    PreviewRefundParams,
    UpdateMetadataParams,
)

__all__ = [
    "AttachParams",
    "AuthenticateParams",
    "CancelIntentParams",
    "CaptureIntentParams",
    "ConfirmIntentParams",
    "CreateCustomerParams",
    "CreateIntentParams",
    "CreatePaymentMethodParams",
    "CreateRefundParams",
    "ListChargesParams",
    "ListCustomersParams",
    "ListIntentsParams",
    "ListPaymentMethodsParams",
    "ListRefundsParams",
    "PreviewRefundParams",
    "RetrieveIntentParams",
    "UpdateChargeParams",
    "UpdateCustomerParams",
    "UpdateIntentParams",
    "UpdateMetadataParams",
    "UpdatePaymentMethodParams",
]
