"""The test bank accounts, and what becomes of a debit of each. Another number is refused."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from core.ids import new_id
from processors.protocols.base import ChargeRequest, Outcome, OutcomeStatus, VerifyRequest
from processors.protocols.declines import Decline


class Ending(StrEnum):
    """The payer's bank's answer."""

    PAY = "pay"
    REFUSE = "refuse"
    # It pays, and takes the money back.
    TAKE_BACK = "take_back"
    SAY_NOTHING = "say_nothing"
    # The processor does not even ask it.
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class TestAccount:
    """A bank account of the simulated world.

    Args:
        name: Its token without `pm_`.
        type: The payment method's.
        number: Routing number and account number, or the IBAN.
        ending: What becomes of a debit.
        code: Why the bank refuses.
        seconds: After which its bank answers; in the world it is days.
    """

    name: str
    type: str
    number: str
    ending: Ending = Ending.PAY
    code: str = "bank_account_declined"
    seconds: int = 2


# How long a bank that takes the money back leaves it.
TAKEN_BACK_AFTER: Final = 30

_MESSAGES: Final = {
    "account_closed": "The customer's bank account has been closed.",
    "charge_exceeds_source_limit": "The payment exceeds the account's weekly limit.",
    "bank_account_declined": "The payment could not be processed.",
    "debit_not_authorized": "The customer has notified their bank that this payment was not "
    "authorized.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "no_account": "The customer's bank account could not be located.",
}


def _ach(name: str, number: str, ending: Ending = Ending.REFUSE, code: str = "") -> TestAccount:
    return TestAccount(
        f"usBankAccount_{name}", "us_bank_account", f"110000000 {number}", ending, code
    )


def _sepa(
    name: str,
    iban: str,
    ending: Ending = Ending.REFUSE,
    code: str = "bank_account_declined",
    seconds: int = 2,
) -> TestAccount:
    return TestAccount(name, "sepa_debit", iban, ending, code, seconds)


# Source: Stripe's pages on testing ACH and SEPA direct debits. Accounts that are disputed or need
# micro-deposits are not in the table.
ACCOUNTS: Final = (
    _ach("success", "000123456789", Ending.PAY),
    _ach("accountClosed", "000111111113", code="account_closed"),
    _ach("noAccount", "000111111116", code="no_account"),
    _ach("insufficientFunds", "000222222227", code="insufficient_funds"),
    _ach("debitNotAuthorized", "000333333335", code="debit_not_authorized"),
    _ach("processing", "000000000009", Ending.SAY_NOTHING),
    _ach("riskLevelHighest", "000000004954", Ending.BLOCK, "bank_account_declined"),
    _sepa("success_de", "DE89370400440532013000", Ending.PAY),
    _sepa("successDelayed_de", "DE08370400440532013003", Ending.PAY, seconds=180),
    _sepa("failed_de", "DE62370400440532013001"),
    _sepa("failedDelayed_de", "DE78370400440532013004", seconds=180),
    _sepa(
        "exceedsWeeklyVolumeLimit_de", "DE65370400440000343434",
        code="charge_exceeds_source_limit",
    ),
    _sepa("insufficientFunds_de", "DE65370400440002222227", code="insufficient_funds"),
    _sepa("success_at", "AT611904300234573201", Ending.PAY),
    _sepa("success_nl", "NL39RABO0300065264", Ending.PAY),
    _sepa("success_be", "BE62510007547061", Ending.PAY),
    # Rialto's own, to rehearse what no published account does.
    _ach("rialto_takenBack", "000888888885", Ending.TAKE_BACK, "debit_not_authorized"),
    _sepa("rialto_takenBack_de", "DE20370400440000000088", Ending.TAKE_BACK, "insufficient_funds"),
)  # fmt: skip

BY_NAME: Final = {account.name: account for account in ACCOUNTS}
BY_NUMBER: Final = {(account.type, account.number): account for account in ACCOUNTS}


def by_token(token: str) -> TestAccount | None:
    """Return the account of `pm_...`; None if there is no such account."""
    return BY_NAME.get(token.removeprefix("pm_")) if token.startswith("pm_") else None


def answer(request: ChargeRequest | VerifyRequest, account: TestAccount) -> Outcome:
    """Answer a debit at once: it is on its way. To keep an account asks no bank."""
    if isinstance(request, VerifyRequest):
        return Outcome(OutcomeStatus.SUCCEEDED, new_id("simse"), 0, "xxx")
    sent = Outcome(
        OutcomeStatus.PENDING,
        new_id("simch"),
        request.amount,
        request.currency,
        details={"account": account.name},
        is_final=False,
    )
    if account.ending is Ending.BLOCK:
        return replace(_decline(sent, account), risk="highest")
    return sent


def by_now(sent: Outcome, age_seconds: float) -> Outcome:
    """Return the outcome of a debit by its age."""
    account = BY_NAME.get(sent.details.get("account", ""))
    if account is None or sent.is_final:
        return sent
    if age_seconds < account.seconds or account.ending is Ending.SAY_NOTHING:
        return sent
    if account.ending is Ending.PAY:
        return replace(sent, status=OutcomeStatus.SUCCEEDED, is_final=True)
    if account.ending is Ending.TAKE_BACK and age_seconds < TAKEN_BACK_AFTER:
        return replace(sent, status=OutcomeStatus.SUCCEEDED)
    return _decline(sent, account)


def _decline(sent: Outcome, account: TestAccount) -> Outcome:
    decline = Decline(account.code, _MESSAGES[account.code])
    return replace(sent, status=OutcomeStatus.DECLINED, decline=decline, is_final=True)
