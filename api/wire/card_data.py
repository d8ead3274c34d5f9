"""Numbers of cards are refused where they would be kept as they are."""

from typing import Final

from django.conf import settings

from core.errors import InvalidRequest
from core.security.card_numbers import contains_card_number, find_parameter
from core.types import JsonObject

_WHY: Final = (
    "holds what looks like the number of a card. It would be kept and shown as it is: send card "
    "numbers as card[number] only. If it is another number, put letters in front of it."
)


def check(payload: JsonObject, idempotency_key: str | None) -> None:
    """Refuse the number of a card in a parameter that is not for it.

    Args:
        payload: The request, after its parameters were read.
        idempotency_key: It is kept, too.

    Raises:
        InvalidRequest: It names the parameter, and never says the number.
    """
    if not settings.CARD_NUMBERS_REFUSED:
        return
    if idempotency_key and contains_card_number(idempotency_key):
        raise InvalidRequest(f"The Idempotency-Key {_WHY}")
    place = find_parameter(payload)
    if place is not None:
        raise InvalidRequest(f"The parameter {place} {_WHY}", param=place[:100])
