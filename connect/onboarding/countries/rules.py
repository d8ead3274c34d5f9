"""The required fields of each country. Tables only: `required_fields` reads them.

Which countries there are, and what is particular to each, `catalog` has.

A field is spelled as the wire spells it. In the fields of a person, `{who}` stands for the
person: `individual`, `representative`, `owners` and so on, or its id.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from connect.onboarding.countries.catalog import TABLE

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
    """The required fields of a country.

    Args:
        person: Fields of the individual, or of the representative.
        person_later: Fields of the same person, required after activation.
        member: Fields of each owner, director and executive.
        company: Fields of a company.
        roles: The lists of people that a company must declare complete.
        statement: True if a statement descriptor is required.
    """

    person: Fields = _PERSON
    person_later: Fields = ()
    member: Fields = (*_NAME, *_BIRTH)
    company: Fields = _COMPANY
    roles: Fields = ("owners",)
    statement: bool = False


# What is asked, in one word of the tables. Our choice: the lists follow what Stripe publishes for
# some countries of each kind, and have not been compared with the law of each country.
FORMS: Final[dict[str, Country]] = {
    "us": Country(
        person=(*_PERSON, "address.state", "ssn_last_4"),
        person_later=("id_number",),
        member=(*_NAME, *_BIRTH, "email"),
        company=(*_COMPANY, "company.address.state"),
    ),
    "britain": Country(
        person_later=("verification.document",),
        member=(*_NAME, *_BIRTH, *_ADDRESS, "email"),
        roles=("owners", "directors"),
    ),
    "europe": Country(
        person_later=("verification.document", "nationality"),
        member=(*_NAME, *_BIRTH, *_ADDRESS, "email"),
        roles=("owners", "directors", "executives"),
    ),
    "general": Country(
        person_later=("verification.document", "nationality"),
        member=(*_NAME, *_BIRTH, "nationality"),
        roles=("owners", "directors"),
    ),
    "thailand": Country(
        person=(*_PERSON, "address.state", "id_number"),
        person_later=("verification.document", "nationality"),
        member=(*_NAME, *_BIRTH, "nationality"),
        company=(*_COMPANY, "company.address.state", "company.registration_date.year"),
        roles=("owners", "directors"),
    ),
    "japan": Country(
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

# The word of a capability → what it asks beyond what every one asks.
# Several fields in one entry are alternatives: the first is asked for, the others do as well.
_PAYMENTS: Final = (
    ("business_profile.mcc",),
    ("business_profile.url", "business_profile.product_description"),
)
CAPABILITIES: Final[dict[str, tuple[Fields, ...]]] = {
    "afterpay_clearpay_payments": _PAYMENTS,
    "bancontact_payments": _PAYMENTS,
    "blik_payments": _PAYMENTS,
    "card_payments": _PAYMENTS,
    "eps_payments": _PAYMENTS,
    "grabpay_payments": _PAYMENTS,
    "ideal_payments": _PAYMENTS,
    "klarna_payments": _PAYMENTS,
    "konbini_payments": _PAYMENTS,
    "legacy_payments": _PAYMENTS,
    "link_payments": _PAYMENTS,
    "p24_payments": _PAYMENTS,
    "paynow_payments": _PAYMENTS,
    "pix_payments": _PAYMENTS,
    "promptpay_payments": _PAYMENTS,
    "sepa_debit_payments": _PAYMENTS,
    "swish_payments": _PAYMENTS,
    "transfers": (),
    "us_bank_account_ach_payments": _PAYMENTS,
}
# Whose schemes are of one country.
AT_HOME: Final = {
    "konbini_payments": "JP",
    "paynow_payments": "SG",
    "pix_payments": "BR",
    "promptpay_payments": "TH",
}
# What only receives transfers need not be reached by payers.
LESS_FOR_TRANSFERS: Final = frozenset({"phone", "ssn_last_4"})

OF_EVERYONE: Final = ("tos_acceptance.date", "tos_acceptance.ip")
BUSINESS_TYPES: Final = ("individual", "company", "non_profit", "government_entity")


@lru_cache(maxsize=512)
def country(code: str) -> Country | None:
    """Return the rules of a country; None if accounts cannot be opened there."""
    row = TABLE.get(code)
    if row is None:
        return None
    form = FORMS[row.form]
    return replace(
        form,
        person=_without((*form.person, *row.tells), row.omits),
        member=_without(form.member, row.omits),
        company=_without((*form.company, *_company_fields(row.tells)), row.omits),
    )


def _company_fields(tells: Fields) -> Fields:
    return tuple(f"company.{name}" for name in tells if name.startswith("address."))


def _without(fields: Fields, omits: Fields) -> Fields:
    return tuple(name for name in fields if name.rpartition(".")[2] not in omits)


def currency_of(code: str) -> str | None:
    """Return the settlement currency of a country."""
    row = TABLE.get(code)
    return row.currency if row else None


def abilities_of(code: str) -> tuple[str, ...]:
    """Return the default capabilities of a country."""
    row = TABLE.get(code)
    return row.able if row else ()


def codes() -> list[str]:
    """Return the countries in which accounts can be opened, in alphabetical order."""
    return list(TABLE)


def bank_countries(currency: str, *, home: str) -> list[str]:
    """Return the countries to which an account can be paid out in a currency.

    Euros go wherever they are paid by SEPA or at home; anything else stays at home.

    Args:
        currency: Lower-case ISO code.
        home: The account's country.
    """
    if currency != "eur":
        return [home]
    return [code for code, row in TABLE.items() if "eur" in row.currencies]
