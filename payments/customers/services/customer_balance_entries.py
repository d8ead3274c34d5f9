"""The entries of customers' invoice balances, which the ledger has no part in."""

from typing import Final

from accounts.models import Account
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from operations.unit_of_work import UnitOfWork
from payments.models import Customer, CustomerBalanceTransaction

_MOST: Final = 99_999_999_999
COLUMNS: Final = ("balance_amount", "balance_currency")


def prepare(customer: Customer, amount: int, currency: str | None = None) -> None:
    """Set a customer's new balance, without saving it.

    Args:
        customer: The customer, locked or new.
        amount: Minor units; negative for a credit.
        currency: Lower-case ISO code; None for the balance's own, or the merchant's.

    Raises:
        InvalidRequest: If the balance is in another currency, or would be too large.
    """
    if currency is None:
        currency = customer.balance_currency or _usual(customer)
    if customer.balance_currency not in (None, currency):
        raise InvalidRequest(
            f"The balance of {customer.id} is in {customer.balance_currency}.", param="currency"
        )
    customer.balance_amount += amount
    customer.balance_currency = currency
    if abs(customer.balance_amount) > _MOST:
        raise InvalidRequest("The balance would be too large.", param="amount")


def add(
    work: UnitOfWork,
    customer: Customer,
    amount: int,
    *,
    row_id: str | None = None,
    **details: object,
) -> CustomerBalanceTransaction:
    """Add the entry of a prepared change to a unit of work."""
    require_transaction()
    row = CustomerBalanceTransaction(
        id=row_id or new_id("cbtxn"),
        account_id=customer.account_id,
        livemode=customer.livemode,
        customer=customer,
        amount=amount,
        currency=customer.balance_currency or _usual(customer),
        ending_balance_amount=customer.balance_amount,
        created_at=work.at,
        **details,
    )
    work.insert(row)
    return row


def _usual(customer: Customer) -> str:
    row: str = Account.objects.values_list("default_currency", flat=True).get(
        id=customer.account_id
    )
    return row
