"""For whom the money is."""

from connect.models.application_fees import ApplicationFee, ApplicationFeeRefund
from connect.models.capabilities import Capability
from connect.models.transfers import SellerPayment, Transfer, TransferReversal

__all__ = [
    "ApplicationFee",
    "ApplicationFeeRefund",
    "Capability",
    "SellerPayment",
    "Transfer",
    "TransferReversal",
]
