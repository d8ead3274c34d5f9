"""Why banks refuse a payment or send it back: ISO's codes, and the words of the wire for them."""

from dataclasses import dataclass
from typing import Final

from processors.protocols.declines import Decline

UNCLEAR: Final = "could_not_process"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as ISO codes it.

    Args:
        code: Four characters.
        name: ISO's name of it, for operators.
        failure_code: What a payout that ends with it says on the wire.
    """

    code: str
    name: str
    failure_code: str


# Source: ISO 20022 external code sets, status reasons and return reasons. What is wrong on our own
# side, or with the file, says nothing about the payee's account: `could_not_process`, as does
# every code that is not here.
REASONS: Final = (
    Reason("AC01", "IncorrectAccountNumber", "no_account"),
    Reason("AC03", "InvalidCreditorAccountNumber", "no_account"),
    Reason("AC04", "ClosedAccountNumber", "account_closed"),
    Reason("AC06", "BlockedAccount", "account_frozen"),
    Reason("AC07", "ClosedCreditorAccountNumber", "account_closed"),
    Reason("AC09", "InvalidAccountCurrency", "invalid_currency"),
    Reason("AC11", "InvalidCreditorAccountCurrency", "invalid_currency"),
    Reason("AC12", "InvalidAccountType", "bank_account_restricted"),
    Reason("AC14", "InvalidCreditorAccountType", "bank_account_restricted"),
    Reason("AG01", "TransactionForbidden", "bank_account_restricted"),
    Reason("AG03", "TransactionNotSupported", "bank_account_restricted"),
    Reason("AM03", "NotAllowedCurrency", "invalid_currency"),
    Reason("AM04", "InsufficientFunds", "insufficient_funds"),
    Reason("BE01", "InconsistentWithEndCustomer", "incorrect_account_holder_name"),
    Reason("BE06", "UnknownEndCustomer", "no_account"),
    Reason("BE22", "MissingCreditorName", "incorrect_account_holder_name"),
    Reason("CURR", "IncorrectCurrency", "invalid_currency"),
    Reason("LEGL", "LegalDecision", "declined"),
    Reason("MD01", "NoMandate", "debit_not_authorized"),
    Reason("MD07", "EndCustomerDeceased", "declined"),
    Reason("MS02", "NotSpecifiedReasonCustomerGenerated", "declined"),
    Reason("MS03", "NotSpecifiedReasonAgentGenerated", "declined"),
    Reason("NOAS", "NoAnswerFromCustomer", "declined"),
    Reason("NOCM", "NotCompliant", "declined"),
    Reason("RC01", "BankIdentifierIncorrect", "no_account"),
    Reason("RC04", "InvalidCreditorBankIdentifier", "no_account"),
    Reason("RC07", "InvalidCreditorBICIdentifier", "no_account"),
    Reason("RR03", "MissingCreditorNameOrAddress", "incorrect_account_holder_name"),
    Reason("RR04", "RegulatoryReason", "declined"),
    Reason("SL02", "SpecificServiceOfferedByCreditorAgent", "declined"),
    Reason("AC02", "InvalidDebtorAccountNumber", UNCLEAR),
    Reason("AC05", "ClosedDebtorAccountNumber", UNCLEAR),
    Reason("AG02", "InvalidBankOperationCode", UNCLEAR),
    Reason("AM01", "ZeroAmount", UNCLEAR),
    Reason("AM02", "NotAllowedAmount", UNCLEAR),
    Reason("AM05", "Duplication", UNCLEAR),
    Reason("AM09", "WrongAmount", UNCLEAR),
    Reason("AM10", "InvalidControlSum", UNCLEAR),
    Reason("BE05", "UnrecognisedInitiatingParty", UNCLEAR),
    Reason("CUST", "RequestedByCustomer", UNCLEAR),
    Reason("DT01", "InvalidDate", UNCLEAR),
    Reason("DUPL", "DuplicatePayment", UNCLEAR),
    Reason("ED05", "SettlementFailed", UNCLEAR),
    Reason("FF01", "InvalidFileFormat", UNCLEAR),
    Reason("FOCR", "FollowingCancellationRequest", UNCLEAR),
    Reason("FRAD", "FraudulentOrigin", UNCLEAR),
    Reason("NARR", "Narrative", UNCLEAR),
    Reason("TM01", "InvalidCutOffTime", UNCLEAR),
)
BY_CODE: Final = {reason.code: reason for reason in REASONS}

MESSAGES: Final = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": "The bank account does not take payouts of this kind.",
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on the bank account.",
    "declined": "The bank has declined this payout.",
    "incorrect_account_holder_name": "The account holder's name does not fit the bank account.",
    "insufficient_funds": "There are not enough funds to create this payout.",
    "invalid_currency": "The bank account cannot receive this currency.",
    "no_account": "The bank account details on file are probably incorrect. No bank account "
    "could be located with those details.",
}


def failure_code(code: str | None) -> str:
    """Return the wire's word for a bank's reason.

    Args:
        code: ISO's or the bank's own; None if it gave none.

    Returns:
        A key of `MESSAGES`; `could_not_process` for what is not in the table.
    """
    reason = BY_CODE.get(code or "")
    return reason.failure_code if reason else UNCLEAR


def decline(code: str | None, words: str = "") -> Decline:
    """Return a bank's reason as a rail says it; the bank's words are for operators."""
    failure = failure_code(code)
    return Decline(failure, MESSAGES[failure], for_operator=describe(code, words))


def describe(code: str | None, words: str = "") -> str:
    """Return a bank's reason for operators: `"AC04 ClosedAccountNumber: gone since May"`.

    Args:
        code: ISO's or the bank's own; None if it gave none.
        words: What the bank added.
    """
    reason = BY_CODE.get(code or "")
    named = f"{code} {reason.name}" if reason else code or "no reason given"
    return f"{named}: {words}" if words else named
