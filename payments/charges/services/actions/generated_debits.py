"""SEPA debits that payments by other methods leave behind: the account that the payer paid from."""

from typing import Final

from operations.unit_of_work import UnitOfWork
from payments.methods.services import bank_accounts, mandates, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import Charge, PaymentMethod, SetupAttempt, SetupIntent
from processors.protocols.instruments import BankAccount

# The columns of a charge that change.
_CHANGED: Final = ("card",)


def of_charge(work: UnitOfWork, charge: Charge, account: BankAccount | None) -> tuple[str, ...]:
    """Keep the account of a payer who agreed to later debits.

    Args:
        work: The unit of work.
        charge: The charge that has succeeded, with its intent and its payment method.
        account: The payer's, as the rail says; None if it may not be debited later.

    Returns:
        The columns of the charge that changed; the caller writes them.
    """
    intent = charge.payment_intent
    if account is None or not intent.setup_future_usage or charge.mandate_id is None:
        return ()
    row = _keep(work, charge.payment_method, account, intent.customer_id, charge=charge.id)
    mandates.fulfil(work, charge.mandate_id, row)
    charge.card = charge.card | {
        "generated_sepa_debit": row.id,
        "generated_sepa_debit_mandate": charge.mandate_id,
    }
    return _CHANGED


def of_setup(
    work: UnitOfWork, intent: SetupIntent, attempt: SetupAttempt, account: BankAccount
) -> PaymentMethod:
    """Keep the account of a payer who has set it up for later debits.

    Args:
        work: The unit of work.
        intent: The setup intent, whose mandate the caller makes of what is returned.
        attempt: Its attempt, with its payment method.
        account: The payer's, as the rail says.
    """
    method = attempt.payment_method
    return _keep(work, method, account, intent.customer_id, setup_attempt=attempt.id)


def _keep(
    work: UnitOfWork,
    method: PaymentMethod,
    account: BankAccount,
    customer_id: str | None,
    **source: str,
) -> PaymentMethod:
    row = bank_accounts.of_vault(method.tenant, account, at=work.at)
    row.billing_details = method.billing_details
    row.details = row.details | {"generated_from": {"charge": None, "setup_attempt": None} | source}
    payment_methods.attach_charged(work, row, row.tenant, customer_id)
    if row.customer_id is None:
        known_instruments.insert(work, row)
    return row
