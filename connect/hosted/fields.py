"""What sellers are asked, in words: labels of fields, choices and problems. Tables only."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

# Field → label and what browsers may fill it with, in the order in which people are asked.
LABELS: Final[dict[str, tuple[Any, str]]] = {
    "name": (_("Name of the company"), "organization"),
    "name_kana": (_("Name of the company (kana)"), ""),
    "name_kanji": (_("Name of the company (kanji)"), ""),
    "tax_id": (_("Tax number"), ""),
    "registration_date": (_("Registered on"), ""),
    "first_name": (_("First name"), "given-name"),
    "last_name": (_("Last name"), "family-name"),
    "first_name_kana": (_("First name (kana)"), ""),
    "last_name_kana": (_("Last name (kana)"), ""),
    "first_name_kanji": (_("First name (kanji)"), "given-name"),
    "last_name_kanji": (_("Last name (kanji)"), "family-name"),
    "relationship.title": (_("Job title"), "organization-title"),
    "dob": (_("Date of birth"), "bday"),
    "nationality": (_("Nationality"), "country"),
    "id_number": (_("Identification number"), ""),
    "ssn_last_4": (_("Last four digits of the Social Security number"), ""),
    "email": (_("E-mail address"), "email"),
    "phone": (_("Phone number"), "tel"),
    "address.line1": (_("Street and number"), "address-line1"),
    "address.city": (_("City"), "address-level2"),
    "address.state": (_("State or province"), "address-level1"),
    "address.postal_code": (_("Postal code"), "postal-code"),
    "address_kana.postal_code": (_("Postal code"), "postal-code"),
    "address_kana.state": (_("Prefecture (kana)"), ""),
    "address_kana.city": (_("City (kana)"), ""),
    "address_kana.town": (_("Town (kana)"), ""),
    "address_kana.line1": (_("Block and building (kana)"), ""),
    "address_kanji.postal_code": (_("Postal code (kanji address)"), "postal-code"),
    "address_kanji.state": (_("Prefecture (kanji)"), ""),
    "address_kanji.city": (_("City (kanji)"), ""),
    "address_kanji.town": (_("Town (kanji)"), ""),
    "address_kanji.line1": (_("Block and building (kanji)"), ""),
    "mcc": (_("What do you sell?"), ""),
    "url": (_("Website"), "url"),
    "product_description": (_("Or describe what you sell, if you have no website"), ""),
    "statement_descriptor": (_("Name on your customers' statements"), ""),
}
# The error of an answer that is invalid in the account's country.
PROBLEMS: Final = {
    "phone": _("This is not a phone number. Begin with + if it is one of another country."),
    "postal_code": _("This is not a postal code of your country."),
    "state": _("This is not a state. Give its two letters or its name, such as IL or Illinois."),
    "id_number": _("This number has a wrong digit, or too many or too few."),
    "ssn_last_4": _("Give four digits."),
    "tax_id": _("This number has a wrong digit, or too many or too few."),
}
NUMBERS: Final = ("id_number", "ssn_last_4", "tax_id")
# Source: ISO 18245, the codes that marketplaces' sellers have most often.
TRADES: Final = (
    ("5411", _("Food and groceries")),
    ("5812", _("Restaurant or catering")),
    ("5691", _("Clothing and shoes")),
    ("5945", _("Toys, games and hobbies")),
    ("5734", _("Software and digital goods")),
    ("5732", _("Electronics")),
    ("5712", _("Furniture and household")),
    ("5970", _("Arts and crafts")),
    ("5942", _("Bookshop")),
    ("4215", _("Delivery and courier")),
    ("7299", _("Personal services")),
    ("8299", _("Lessons and courses")),
    ("7392", _("Consulting")),
    ("7011", _("Rooms and lodging")),
    ("5999", _("Something else")),
)
BUSINESSES: Final = (
    ("individual", _("I trade alone")),
    ("company", _("A company")),
    ("non_profit", _("A charity or association")),
    ("government_entity", _("A public body")),
)
# What the number of a bank and branch is called where it has a name.
BANK_NUMBERS: Final = {
    "US": _("Routing number"), "GB": _("Sort code"), "AU": _("BSB number"),
}  # fmt: skip
