"""What people and companies typed about themselves, as operators read it beside the documents."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from core.types import Fields

# Of a person or a company, as the wire spells them → what people call them.
TYPED: Final[Mapping[str, str]] = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "dob": "Born",
    "nationality": "Nationality",
    "address": "Address",
    "registered_address": "Registered address",
    "email": "E-mail",
    "phone": "Phone",
    "structure": "Structure",
    "political_exposure": "Political exposure",
}
# The database keeps the parts of an address in an order of its own.
_ADDRESS: Final = ("line1", "line2", "town", "city", "state", "postal_code", "country")


def lines(details: Fields) -> list[tuple[str, str]]:
    """Return what was typed, each with its title; what is empty is left out.

    Args:
        details: Of a person or a company, as the wire has them.
    """
    told = [(gettext(title), _say(details.get(name))) for name, title in TYPED.items()]
    return [(title, text) for title, text in told if text]


def _say(value: object) -> str:
    if isinstance(value, dict):
        if set(value) >= {"year", "month", "day"}:
            return f"{value['year']}-{value['month']:02}-{value['day']:02}"
        ordered = sorted(value, key=lambda name: _ADDRESS.index(name) if name in _ADDRESS else -1)
        return ", ".join(str(value[name]) for name in ordered if value[name])
    return str(value) if value else ""
