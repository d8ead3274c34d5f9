"""For whom the money is."""

from connect.models.application_fees import ApplicationFee, ApplicationFeeRefund
from connect.models.capabilities import Capability
from connect.models.exchange_rates import ExchangeRate
from connect.models.external_accounts import ExternalAccount
from connect.models.location_cash import LocationCash
from connect.models.payout_prices import PayoutPrice
from connect.models.payouts import (
    Payout,
    PayoutAttempt,
    PayoutLine,
    PayoutRun,
    PayoutSchedule,
)
from connect.models.people import AccountBlock, AccountLink, AccountRequirements, Person
from connect.models.reserves import ConnectReserveChange
from connect.models.sealed_tokens import SealedToken
from connect.models.transfer_reversals import TransferReversal
from connect.models.transfers import SellerPayment, Transfer
from connect.models.treasury import TreasuryMove

__all__ = [
    "AccountBlock",
    "AccountLink",
    "AccountRequirements",
    "ApplicationFee",
    "ApplicationFeeRefund",
    "Capability",
    "ConnectReserveChange",
    "ExchangeRate",
    "ExternalAccount",
    "LocationCash",
    "Payout",
    "PayoutAttempt",
    "PayoutLine",
    "PayoutPrice",
    "PayoutRun",
    "PayoutSchedule",
    "Person",
    "SealedToken",
    "SellerPayment",
    "Transfer",
    "TransferReversal",
    "TreasuryMove",
]
