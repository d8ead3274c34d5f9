"""Parameters of payouts and external accounts: types and shapes only."""

from api.wire.figures import Amounts, AsTyped
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Either,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)

_ADDRESS = {
    f"address_{name}": Text(most=200)
    for name in ("city", "country", "line1", "line2", "state", "zip")
}
_ACCOUNT = (
    Id(),
    Table(
        {
            "object": Choice("bank_account", "card", required=True),
            "account_holder_name": Text(most=200),
            "account_holder_type": Choice("company", "individual"),
            "account_number": Text(most=64),
            "account_type": Choice("checking", "futsu", "savings", "toza"),
            "country": Text(most=2),
            "currency": Currency(),
            "routing_number": Text(most=20),
            "token": Id(),
            "number": Text(most=30),
            "exp_month": Integer(least=1, most=12),
            "exp_year": Integer(least=2000, most=2100),
            "cvc": Text(most=4),
            "name": Text(most=200),
            "metadata": NewMetadata(),
        }
        | _ADDRESS
    ),
)
EXTERNAL_ACCOUNT = Either(*_ACCOUNT)
BANK_ACCOUNT_TOKEN = AsTyped(
    {
        "account_holder_name": Text(most=200),
        "account_holder_type": Choice("company", "individual"),
        "account_number": Text(most=64, required=True),
        "account_type": Choice("checking", "futsu", "savings", "toza"),
        "country": Text(most=2, required=True),
        "currency": Currency(),
        "routing_number": Text(most=20),
    }
)


class CreateExternalAccountParams(Params):
    external_account = Either(*_ACCOUNT, required=True)
    default_for_currency = Boolean()
    metadata = NewMetadata()


class UpdateExternalAccountParams(Params):
    account_holder_name = Text(most=200, nullable=True, name="holder_name")
    account_holder_type = Choice("company", "individual", nullable=True, name="holder_type")
    account_type = Choice("checking", "futsu", "savings", "toza")
    default_for_currency = Boolean(name="is_default")
    exp_month = Integer(least=1, most=12)
    exp_year = Integer(least=2000, most=2100)
    name = Text(most=200, name="holder_name")
    metadata = Metadata()
    address_city = Text(most=200)
    address_country = Text(most=200)
    address_line1 = Text(most=200)
    address_line2 = Text(most=200)
    address_state = Text(most=200)
    address_zip = Text(most=200)


class ListExternalAccountsParams(ListParams):
    object = Choice("bank_account", "card")


class CreatePayoutParams(Params):
    amount = Amount(required=True)
    currency = Currency(required=True)
    description = Text(most=1_000)
    destination = Id()
    metadata = NewMetadata()
    method = Choice("instant", "standard")
    source_type = Choice("card")
    statement_descriptor = Text(most=22)


class UpdatePayoutParams(Params):
    metadata = Metadata()


class ListPayoutsParams(ListParams):
    arrival_date = Range()
    created = Range()
    destination = Id()
    status = Choice("pending", "in_transit", "paid", "failed", "canceled")


class ReversePayoutParams(Params):
    metadata = NewMetadata()


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_PAYOUTS = Table(
    {
        "minimum_balance_by_currency": Amounts(nullable=True),
        "schedule": Table(
            {
                "interval": Choice("daily", "manual", "monthly", "weekly"),
                "monthly_payout_days": Many(Integer(least=1, most=31), most=31),
                "weekly_payout_days": Many(Choice(*_WEEKDAYS), most=5),
            }
        ),
        "statement_descriptor": Text(most=22, nullable=True),
    }
)


class BalanceSettingsParams(Params):
    payments = Table(
        {
            "debit_negative_balances": Boolean(),
            "payouts": _PAYOUTS,
            "settlement_timing": Table(
                {"delay_days_override": Integer(least=0, most=31, nullable=True)}
            ),
        }
    )
