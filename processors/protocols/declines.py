"""Why a rail said no, and what is worth trying next."""

from dataclasses import dataclass
from enum import StrEnum


class Advice(StrEnum):
    """The advice after a decline."""

    RETRY_OTHER = "retry_other"
    RETRY_LATER = "retry_later"
    STEP_UP = "step_up"
    ASK_NEW_INSTRUMENT = "ask_new_instrument"
    NEVER_RETRY = "never_retry"


# The same words mean the same on every rail, so there is one table and not one per rail.
_ADVICE = {
    "authentication_required": Advice.STEP_UP,
    "expired_card": Advice.ASK_NEW_INSTRUMENT,
    "incorrect_cvc": Advice.ASK_NEW_INSTRUMENT,
    "incorrect_number": Advice.ASK_NEW_INSTRUMENT,
    "insufficient_funds": Advice.RETRY_LATER,
    "card_velocity_exceeded": Advice.RETRY_LATER,
    "try_again_later": Advice.RETRY_LATER,
    "processing_error": Advice.RETRY_OTHER,
    "issuer_not_available": Advice.RETRY_OTHER,
    "lost_card": Advice.NEVER_RETRY,
    "stolen_card": Advice.NEVER_RETRY,
    "pickup_card": Advice.NEVER_RETRY,
    "fraudulent": Advice.NEVER_RETRY,
}
_ADVICE_OF_THE_WIRE = {
    "do_not_try_again": Advice.NEVER_RETRY,
    "confirm_card_data": Advice.ASK_NEW_INSTRUMENT,
    "try_again_later": Advice.RETRY_LATER,
}


@dataclass(frozen=True, slots=True)
class Decline:
    """The reason of a refusal or failure, in the same words for every rail.

    Args:
        code: A word of the wire: `"card_declined"`, `"expired_card"`, ...
        message: The message, for the payer.
        decline_code: The issuer's reason, with `"card_declined"`.
        advice: `"try_again_later"`, `"do_not_try_again"` or `"confirm_card_data"`.
        network_code: The network's two characters, such as `"05"`.
        for_operator: What the rail said besides, which is not the payer's business.
        blocked_as: The wire's reason, if the network was not asked at all.
    """

    code: str
    message: str
    decline_code: str | None = None
    advice: str | None = None
    network_code: str | None = None
    for_operator: str | None = None
    blocked_as: str | None = None

    @property
    def next_step(self) -> Advice:
        """What is worth trying next; another rail, if nothing more is known."""
        for word in (self.decline_code, self.code):
            if word in _ADVICE:
                return _ADVICE[word]
        return _ADVICE_OF_THE_WIRE.get(self.advice or "", Advice.RETRY_OTHER)
