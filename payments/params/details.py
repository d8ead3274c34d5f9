"""Addresses, names and descriptors, wherever they are taken."""

from typing import Any, Final

from api.wire.email import Email
from api.wire.params import Boolean, Choice, Free, Integer, Table, Text
from core.errors import InvalidRequest

_NOT_ON_STATEMENTS: Final = frozenset("<>\\'\"*")
_MOST_ON_STATEMENTS: Final = 22


class Descriptor(Text):
    """What the payer's statement says: at most 22 characters with a letter among them."""

    def __init__(self, *, least: int = 1, **more: Any) -> None:
        super().__init__(most=_MOST_ON_STATEMENTS, **more)
        self.least = least

    def convert(self, value: object, path: str) -> str:
        """Refuse what a bank would not print.

        Raises:
            InvalidRequest: `invalid_characters`, or too short.
        """
        text = super().convert(value, path).strip()
        if len(text) < self.least:
            raise InvalidRequest(f"{path} must have at least {self.least} characters.", param=path)
        is_printable = text.isascii() and text.isprintable()
        has_letter = any(character.isalpha() for character in text)
        if not is_printable or not has_letter or _NOT_ON_STATEMENTS & set(text):
            raise InvalidRequest(
                f"{path} takes Latin letters, digits and most signs, with at least one letter, "
                "and none of < > \\ ' \" *.",
                code="invalid_characters",
                param=path,
            )
        return text


ADDRESS = Table(
    {
        name: Text(nullable=True)
        for name in ("city", "country", "line1", "line2", "postal_code", "state")
    },
    nullable=True,
)

BILLING_DETAILS = Table(
    {
        "address": ADDRESS,
        "email": Email(nullable=True),
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "tax_id": Text(nullable=True),
    }
)

SHIPPING = Table(
    {
        "address": ADDRESS,
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "carrier": Text(nullable=True),
        "tracking_number": Text(nullable=True),
    },
    nullable=True,
)

# How the payer agreed to be charged.
MANDATE_DATA = Table(
    {
        "customer_acceptance": Table(
            {
                "type": Choice("online", "offline", required=True),
                "accepted_at": Integer(least=0),
                "online": Table(
                    {
                        "infer_from_client": Boolean(),
                        "ip_address": Text(most=45),
                        "user_agent": Text(most=1_000),
                    }
                ),
                "offline": Free(),
            },
            required=True,
        )
    },
    nullable=True,
)
