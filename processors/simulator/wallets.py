"""The simulated banks and wallets at which payers agree: what they are asked, and what they say."""

from dataclasses import replace
from typing import Final

from core.ids import new_id, random_text
from processors.protocols.base import ChargeRequest, Outcome, OutcomeStatus, VerifyRequest
from processors.protocols.declines import Decline
from processors.protocols.instruments import BankAccount
from processors.protocols.next_actions import ActionKind, NextAction
from processors.simulator import accounts

TYPES: Final = frozenset(
    {
        "afterpay_clearpay", "alipay", "bancontact", "blik", "eps", "grabpay", "ideal", "klarna",
        "p24",
    }
)  # fmt: skip
# What each says of a payer who agreed; `#` is a digit, a letter or both.
_TOLD: Final[dict[str, dict[str, str]]] = {
    "afterpay_clearpay": {"order_id": "#"},
    "alipay": {"buyer_id": "2088000000000000", "fingerprint": "#", "transaction_id": "#"},
    "bancontact": {
        "bank_code": "VAPE",
        "bank_name": "VAN DE PUT & CO",
        "bic": "VAPEBE22",
        "iban_last4": "7061",
        "verified_name": "Jenny Rosen",
    },
    "blik": {"buyer_id": "#"},
    "eps": {"verified_name": "Jenny Rosen"},
    "grabpay": {"transaction_id": "#"},
    "ideal": {"iban_last4": "5264", "transaction_id": "#", "verified_name": "Jenny Rosen"},
    "klarna": {"payment_method_category": "pay_now"},
    "p24": {"reference": "P24-000-111-222", "verified_name": "Jenny Rosen"},
}
# The account that can be debited once its holder agreed to that.
_DEBITED: Final = {"bancontact": "success_be", "ideal": "success_nl"}
# The six digits of BLIK decide; all others are agreed to.
BLIK_WRONG: Final = "000000"
BLIK_PAYERS: Final = {"111111": "rialto_fail_immediately", "222222": "fill_never"}

REFUSED: Final = Decline(
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication: the payer did not agree. You can "
    "provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent "
    "again.",
)
NOT_KEPT: Final = Decline(
    "setup_intent_authentication_failure",
    "The latest attempt to set up the payment method has failed because authentication failed. "
    "You can provide a new PaymentMethod to attempt again.",
)
WRONG_CODE: Final = Decline(
    "payment_intent_payment_attempt_failed", "The BLIK code is wrong, or too old."
)
NOT_THERE: Final = Decline(
    "authentication_required", "The payer has to agree to it, and nobody can be asked."
)


def answer(request: ChargeRequest | VerifyRequest, type: str) -> Outcome:
    """Ask the payer to agree: on a page of the bank, or in its app."""
    is_charge = isinstance(request, ChargeRequest)
    asked = Outcome(
        OutcomeStatus.ACTION_REQUIRED,
        new_id("simch" if is_charge else "simse"),
        request.amount if isinstance(request, ChargeRequest) else 0,
        request.currency if isinstance(request, ChargeRequest) else "xxx",
        details={name: _told(word) for name, word in _TOLD[type].items()},
        is_final=False,
        next_action=NextAction(ActionKind.APPROVE),
        debited_later=_account(request, type),
    )
    if type == "blik":
        is_wrong = isinstance(request, ChargeRequest) and request.payer_code == BLIK_WRONG
        return refuse(asked, WRONG_CODE) if is_wrong else asked
    if request.return_url is None:
        return refuse(asked, NOT_THERE)
    # The bank's page stands beside the one to which it sends payers back.
    page = f"{request.return_url.removesuffix('/return')}/bank"
    return replace(asked, next_action=NextAction(ActionKind.REDIRECT, page))


def refuse(asked: Outcome, why: Decline) -> Outcome:
    """Return that a payer has not agreed."""
    return replace(
        asked,
        status=OutcomeStatus.DECLINED,
        decline=why,
        is_final=True,
        next_action=None,
        debited_later=None,
    )


def _told(word: str) -> str:
    return random_text(16).upper() if word == "#" else word


def _account(request: ChargeRequest | VerifyRequest, type: str) -> BankAccount | None:
    keeps = isinstance(request, VerifyRequest) or request.is_to_be_kept
    if not keeps or type not in _DEBITED:
        return None
    account = accounts.BY_NAME[_DEBITED[type]]
    return BankAccount(account.name, account.type, account.number)
