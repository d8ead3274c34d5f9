"""Adyen's reasons of a refusal, in the words of the wire.

Source: Adyen's page of refusal reasons, by `refusalReasonCode`; and its page of raw responses for
what networks advise.
"""

from typing import Final, NamedTuple

from core.types import Fields
from processors.protocols.declines import Decline

_DECLINED: Final = "Your card was declined."
_TRY_LATER: Final = "try_again_later"
_NEVER: Final = "do_not_try_again"
_CONFIRM: Final = "confirm_card_data"
# What the test of a payer's identity ended with, when it was not passed.
NOT_AUTHENTICATED: Final = "payment_intent_authentication_failure"


class _Reason(NamedTuple):
    decline_code: str
    advice: str | None = None
    code: str = "card_declined"
    message: str = _DECLINED


_PROCESSING: Final = _Reason(
    "processing_error",
    _TRY_LATER,
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
_FRAUD: Final = _Reason("fraudulent", _NEVER)
_RESTRICTED: Final = _Reason("restricted_card", _NEVER)
_NOT_ALLOWED: Final = _Reason("transaction_not_allowed")
_PIN: Final = _Reason("online_or_offline_pin_required")
_NOBODY_CONFIRMED: Final = _Reason(
    "authentication_failed",
    None,
    NOT_AUTHENTICATED,
    "The payer's bank could not confirm who pays. Confirm the payment again, or pay otherwise.",
)
_ASK: Final = _Reason(
    "authentication_required",
    None,
    "authentication_required",
    "The payer's bank wants to ask who pays.",
)

_REASONS: Final[dict[str, _Reason]] = {
    "2": _Reason("generic_decline", _TRY_LATER),
    "3": _Reason("call_issuer"),
    "4": _PROCESSING,
    "5": _RESTRICTED,
    "6": _Reason("expired_card", _NEVER, "expired_card", "Your card has expired."),
    "7": _Reason("invalid_amount"),
    "8": _Reason(
        "incorrect_number", _CONFIRM, "incorrect_number", "Your card number is incorrect."
    ),
    "9": _Reason("issuer_not_available", _TRY_LATER),
    "10": _NOT_ALLOWED,
    "11": _NOBODY_CONFIRMED,
    "12": _Reason("insufficient_funds", _TRY_LATER, message="Your card has insufficient funds."),
    "14": _FRAUD,
    # The payer, or the page on which the bank asked, gave up.
    "15": _NOBODY_CONFIRMED,
    "16": _NOBODY_CONFIRMED,
    "17": _Reason("incorrect_pin"),
    "18": _Reason("pin_try_exceeded"),
    "19": _Reason("incorrect_pin"),
    "20": _FRAUD,
    "21": _PROCESSING,
    "22": _FRAUD,
    "23": _NOT_ALLOWED,
    "24": _Reason(
        "incorrect_cvc", _CONFIRM, "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "25": _RESTRICTED,
    "26": _Reason("revocation_of_authorization", _NEVER),
    "27": _Reason("generic_decline", _TRY_LATER),
    "28": _Reason("withdrawal_count_limit_exceeded", _TRY_LATER),
    "29": _Reason("withdrawal_count_limit_exceeded", _TRY_LATER),
    "31": _FRAUD,
    "32": _Reason("incorrect_zip", _CONFIRM),
    "33": _PIN,
    "34": _Reason("invalid_account"),
    "35": _Reason("invalid_account"),
    "36": _PIN,
    "37": _PIN,
    "38": _ASK,
    "39": _NOBODY_CONFIRMED,
    "40": _PROCESSING,
    "41": _PIN,
    "42": _NOBODY_CONFIRMED,
    "43": _PIN,
    "44": _PIN,
    "45": _PIN,
    # Asked for so often that the networks would fine it.
    "46": _Reason("card_velocity_exceeded", _NEVER),
}
# The first characters of `merchantAdviceCode`.
_ADVICE: Final = {"01": _CONFIRM, "02": _TRY_LATER, "03": _NEVER, "21": _NEVER}


def decline(answer: Fields) -> Decline:
    """Return why a payment was refused, as an answer of Adyen's says."""
    reason = _REASONS.get(str(answer.get("refusalReasonCode", "")), _Reason("generic_decline"))
    # An answer has it inside; what was kept of one, beside.
    more = answer.get("additionalData") or answer
    raw = str(more.get("refusalReasonRaw", "")).strip()
    advised = _ADVICE.get(str(more.get("merchantAdviceCode", ""))[:2])
    return Decline(
        reason.code,
        reason.message,
        reason.decline_code,
        advised or reason.advice,
        raw[:2] if raw[:2].isalnum() and len(raw) > 1 else None,
        str(raw or answer.get("refusalReason") or "") or None,
    )


def error(for_operator: str) -> Decline:
    """Return why Adyen did not do at all what it was asked, and nothing moved."""
    return Decline(_PROCESSING.code, _PROCESSING.message, for_operator=for_operator[:500])


def without_payer() -> Decline:
    """Return why nobody can be charged whose bank wants to ask, and who is not there."""
    return Decline(_ASK.code, _ASK.message, _ASK.decline_code)
