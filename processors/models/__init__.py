"""Our accounts at processors, what these told us, and what banks are sent and say."""

from processors.models.accounts import ProcessorAccount
from processors.models.balances import ReportedBalance
from processors.models.bank import BankFile, BankLine, BankPayment, BankStatement
from processors.models.live_payments import LivePayments
from processors.models.notices import InboundNotice, ToldEvent
from processors.models.routing import RoutingBreaker, RoutingRuleSet, RoutingTallies
from processors.models.settlements import SettlementLine
from processors.models.simulated import SimulatedRequest

__all__ = [
    "BankFile",
    "BankLine",
    "BankPayment",
    "BankStatement",
    "InboundNotice",
    "LivePayments",
    "ProcessorAccount",
    "ReportedBalance",
    "RoutingBreaker",
    "RoutingRuleSet",
    "RoutingTallies",
    "SettlementLine",
    "SimulatedRequest",
    "ToldEvent",
]
