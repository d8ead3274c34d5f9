"""What the endpoints of the ledger take."""

from api.wire.params import Currency, Id, ListParams, Range, Text


class ListBalanceTransactionsParams(ListParams):
    created = Range()
    payout = Id()
    currency = Currency()
    source = Id()
    type_ = Text(most=60)
