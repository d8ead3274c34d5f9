"""Addresses, names and descriptors, wherever they are taken."""

from typing import Any, Final

from api.wire.email import Email
from api.wire.params import Choice, Free, Ignored, Integer, Params, Table, Text
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
                "online": Table({"ip_address": Text(most=45), "user_agent": Text(most=1_000)}),
                "offline": Free(),
            },
            required=True,
        )
    },
    nullable=True,
)


_OF_PAGES: Final = (
    "Libraries of payment pages send it for a guard against fraud, which Rialto does not have."
)
# Where there is one network for a card, none can be preferred.
ONE_NETWORK: Final = "A card goes by the one network that it belongs to."
NO_GUARD: Final = "No session of a fraud guard is kept here."
NO_LIBRARY: Final = "What to do next is always an address to send the payer to."


class PageParams(Params):
    """What the libraries of payment pages send along, and nothing here asks for."""

    client_attribution_metadata = Ignored(_OF_PAGES)
    guid = Ignored(_OF_PAGES)
    muid = Ignored(_OF_PAGES)
    pasted_fields = Ignored(_OF_PAGES)
    payment_user_agent = Ignored(_OF_PAGES)
    referrer = Ignored(_OF_PAGES)
    sid = Ignored(_OF_PAGES)
    time_on_page = Ignored(_OF_PAGES)
