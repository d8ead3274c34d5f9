"""What the endpoints of people and companies take: types and shapes only."""

import re
from typing import Any

from api.wire.email import Email
from api.wire.figures import AsTyped, Percent
from api.wire.params import (
    Boolean,
    Choice,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Table,
    Text,
)
from connect.onboarding.person_resources import OF_COMPANIES
from core.errors import InvalidRequest


class PatternText(Text):
    """Text of a certain shape.

    Args:
        shape: A regular expression of the whole text.
        description: The required form, for people.
        code: The error code of another form.
    """

    def __init__(self, shape: str, description: str, code: str | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.shape, self.description, self.code = shape, description, code

    def convert(self, value: object, path: str) -> str:
        text = super().convert(value, path)
        if not re.fullmatch(self.shape, text):
            raise InvalidRequest(f"This must be {self.description}.", code=self.code, param=path)
        return text


EMAIL = Email(most=254, nullable=True)
_TEXT = Text(most=5_000, nullable=True)
_NAME = Text(most=100, nullable=True)
_LINES = ("city", "country", "line1", "line2", "postal_code", "state")
ADDRESS = Table(dict.fromkeys(_LINES, Text(most=200, nullable=True)))
_JAPANESE = Table(dict.fromkeys((*_LINES, "town"), Text(most=200, nullable=True)))
_DAY = {
    "day": Integer(least=1, most=31, required=True),
    "month": Integer(least=1, most=12, required=True),
    "year": Integer(least=1, most=9_999, required=True),
}
_PAPER = Table({"back": Id(nullable=True), "front": Id(nullable=True)})
_SIGNED = Table({"date": Moment(), "ip": Text(most=45), "user_agent": Text(most=500)})
_NUMBER = Text(most=64, nullable=True)

INDIVIDUAL = {
    "additional_tos_acceptances": Table(
        {
            "account": Table(
                {
                    "date": Integer(),
                    "ip": Text(most=45),
                    "user_agent": Text(most=500, nullable=True),
                }
            )
        }
    ),
    "address": ADDRESS,
    "address_kana": _JAPANESE,
    "address_kanji": _JAPANESE,
    "dob": Table(_DAY, nullable=True),
    "email": EMAIL,
    "first_name": _NAME,
    "first_name_kana": _NAME,
    "first_name_kanji": _NAME,
    "full_name_aliases": Many(Text(most=300), nullable=True),
    "gender": Choice("female", "male", nullable=True),
    "id_number": _NUMBER,
    "id_number_secondary": _NUMBER,
    "last_name": _NAME,
    "last_name_kana": _NAME,
    "last_name_kanji": _NAME,
    "maiden_name": _NAME,
    "metadata": Metadata(),
    "nationality": Text(most=2, nullable=True),
    "phone": Text(most=40, nullable=True),
    "political_exposure": Choice("existing", "none", nullable=True),
    "registered_address": ADDRESS,
    "relationship": Table(
        {
            "authorizer": Boolean(),
            "director": Boolean(),
            "executive": Boolean(),
            "legal_guardian": Boolean(),
            "owner": Boolean(),
            "percent_ownership": Percent(nullable=True),
            "representative": Boolean(),
            "title": Text(most=100, nullable=True),
        }
    ),
    "ssn_last_4": PatternText(r"[0-9]{4}", "the last four digits", nullable=True),
    "verification": Table({"additional_document": _PAPER, "document": _PAPER}),
}
COMPANY = Table(
    {
        **dict.fromkeys(OF_COMPANIES, ADDRESS),
        "address_kana": _JAPANESE,
        "address_kanji": _JAPANESE,
        "directors_provided": Boolean(),
        "directorship_declaration": _SIGNED,
        "executives_provided": Boolean(),
        "export_license_id": _TEXT,
        "export_purpose_code": _TEXT,
        "name": _NAME,
        "name_kana": _NAME,
        "name_kanji": _NAME,
        "owners_provided": Boolean(),
        "ownership_declaration": _SIGNED,
        "ownership_exemption_reason": Choice(
            "qualified_entity_exceeds_ownership_threshold",
            "qualifies_as_financial_institution",
            nullable=True,
        ),
        "phone": Text(most=40, nullable=True),
        "registration_date": Table(_DAY, nullable=True),
        "registration_number": _NUMBER,
        "representative_declaration": _SIGNED,
        "structure": Text(most=60, nullable=True),
        "tax_id": _NUMBER,
        "tax_id_registrar": _TEXT,
        "vat_id": _NUMBER,
        "verification": Table({"document": _PAPER}),
    }
)


class CreatePersonParams(Params):
    fields = {**INDIVIDUAL, "metadata": NewMetadata(), "person_token": Id()}


class UpdatePersonParams(Params):
    fields = {**INDIVIDUAL, "person_token": Id()}


# What pages make tokens of, besides cards.
ACCOUNT_TOKEN = AsTyped(
    {
        "business_type": Choice("company", "government_entity", "individual", "non_profit"),
        "company": Table({**COMPANY.fields, "ownership_declaration_shown_and_signed": Boolean()}),
        "individual": Table(INDIVIDUAL),
        "tos_shown_and_accepted": Boolean(),
    }
)
PERSON_TOKEN = AsTyped(INDIVIDUAL)
PII_TOKEN = AsTyped({"id_number": Text(most=64, required=True)})


class ListPersonsParams(ListParams):
    relationship = Table(
        dict.fromkeys(
            ("authorizer", "director", "executive", "legal_guardian", "owner", "representative"),
            Boolean(),
        )
    )
