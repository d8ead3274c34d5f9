"""What a seller must tell, country by country. Tables only: `requirements` reads them.

A field is spelled as the wire spells it. In the fields of a person, `{who}` stands for the
person: `individual`, `representative`, `owners` and so on, or its id.
"""

from dataclasses import dataclass
from typing import Final

# A person's own fields, without the name of the person.
Fields = tuple[str, ...]

_NAME: Final = ("first_name", "last_name")
_BIRTH: Final = ("dob.day", "dob.month", "dob.year")
_ADDRESS: Final = ("address.city", "address.line1", "address.postal_code")
_CONTACT: Final = ("email", "phone")
_PERSON: Final = _NAME + _BIRTH + _ADDRESS + _CONTACT
_COMPANY: Final = (
    "company.name", "company.tax_id", "company.phone", "company.address.city",
    "company.address.line1", "company.address.postal_code",
)  # fmt: skip
_SCRIPTS: Final = ("first_name_kana", "first_name_kanji", "last_name_kana", "last_name_kanji")
_KANA: Final = ("postal_code", "state", "city", "town", "line1")


@dataclass(frozen=True, slots=True)
class Country:
    """What is asked in a country.

    Args:
        currency: What accounts there settle in, unless they say otherwise.
        person: Of the person who trades, or who represents a company.
        person_later: Of the same, some time after the account has become active.
        member: Of each owner, director and executive.
        company: Of a company.
        roles: The lists of people that a company must declare complete.
        statement: True if the payer's statement must name the seller in so many words.
    """

    currency: str
    person: Fields = _PERSON
    person_later: Fields = ()
    member: Fields = (*_NAME, *_BIRTH)
    company: Fields = _COMPANY
    roles: Fields = ("owners",)
    statement: bool = False


_EUROPE: Final = Country(
    currency="eur",
    person_later=("verification.document", "nationality"),
    member=(*_NAME, *_BIRTH, *_ADDRESS, "email"),
    roles=("owners", "directors", "executives"),
)

COUNTRIES: Final[dict[str, Country]] = {
    "US": Country(
        currency="usd",
        person=(*_PERSON, "address.state", "ssn_last_4"),
        person_later=("id_number",),
        member=(*_NAME, *_BIRTH, "email"),
        company=(*_COMPANY, "company.address.state"),
    ),
    "GB": Country(
        currency="gbp",
        person_later=("verification.document",),
        member=(*_NAME, *_BIRTH, *_ADDRESS, "email"),
        roles=("owners", "directors"),
    ),
    "DE": _EUROPE,
    "FR": _EUROPE,
    "TH": Country(
        currency="thb",
        person=(*_PERSON, "address.state", "id_number"),
        person_later=("verification.document", "nationality"),
        member=(*_NAME, *_BIRTH, "nationality"),
        company=(*_COMPANY, "company.address.state", "company.registration_date.year"),
        roles=("owners", "directors"),
    ),
    "JP": Country(
        currency="jpy",
        person=(
            *_SCRIPTS, *_BIRTH, *_CONTACT,
            *(f"address_kana.{part}" for part in _KANA),
            *(f"address_kanji.{part}" for part in _KANA),
        ),
        person_later=("verification.document",),
        member=(*_SCRIPTS, *_BIRTH),
        company=(
            "company.name", "company.name_kana", "company.name_kanji", "company.tax_id",
            "company.phone",
            *(f"company.address_kana.{part}" for part in _KANA),
            *(f"company.address_kanji.{part}" for part in _KANA),
        ),
        roles=("directors",),
        statement=True,
    ),
}  # fmt: skip

# Countries that ask for the same as another one.
_ALIKE: Final = {
    "DE": ("AT", "BE", "ES", "FI", "GR", "IE", "IT", "LU", "NL", "PT"),
    "GB": ("AU", "CA", "CH", "DK", "NO", "NZ", "SE", "SG"),
}
_CURRENCIES: Final = {
    "AU": "aud", "CA": "cad", "CH": "chf", "DK": "dkk", "NO": "nok", "NZ": "nzd", "SE": "sek",
    "SG": "sgd",
}  # fmt: skip

# The word of a capability → what it asks beyond what every one asks.
# Several fields in one entry are alternatives: the first is asked for, the others do as well.
_PAYMENTS: Final = (
    ("business_profile.mcc",),
    ("business_profile.url", "business_profile.product_description"),
)
CAPABILITIES: Final[dict[str, tuple[Fields, ...]]] = {
    "bancontact_payments": _PAYMENTS,
    "card_payments": _PAYMENTS,
    "ideal_payments": _PAYMENTS,
    "legacy_payments": _PAYMENTS,
    "link_payments": _PAYMENTS,
    "sepa_debit_payments": _PAYMENTS,
    "transfers": (),
    "us_bank_account_ach_payments": _PAYMENTS,
}
# What only receives transfers need not be reached by payers.
LESS_FOR_TRANSFERS: Final = frozenset({"phone", "ssn_last_4"})

OF_EVERYONE: Final = ("tos_acceptance.date", "tos_acceptance.ip")
BUSINESS_TYPES: Final = ("individual", "company", "non_profit", "government_entity")


def country(code: str) -> Country | None:
    """Return what is asked in a country; None if accounts cannot be opened there."""
    if found := COUNTRIES.get(code):
        return found
    return next((COUNTRIES[of] for of, codes in _ALIKE.items() if code in codes), None)


def currency_of(code: str) -> str | None:
    """Return what accounts of a country settle in."""
    found = country(code)
    return _CURRENCIES.get(code) or (found.currency if found else None)


def codes() -> list[str]:
    """Return the countries in which accounts can be opened, in the order of the alphabet."""
    return sorted({*COUNTRIES, *(code for codes in _ALIKE.values() for code in codes)})
