"""The tables of countries in `data`, read once and checked. Adding a country is a line."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connect.onboarding.countries import number_formats
from core import currencies
from core.types import JsonObject

FOLDER: Final = Path(__file__).parent / "data"
BY_IBAN: Final = "iban"
# What the form of a bank account's numbers rests on. The reference page of countries has the words.
BASES: Final = {
    "registry": "SWIFT's registry of IBANs",
    "system": "the country's payment system",
    "swift": "ISO 9362 (BIC), and any account number",
    "own": "Rialto's own choice: wide enough for what banks there are known to use",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One country, as its line says it.

    Args:
        code: ISO 3166-1 alpha-2.
        currency: The settlement currency.
        also: Other common currencies of bank accounts there.
        form: The form of its required fields; one of `rules.FORMS`.
        tells: Further required fields of its people.
        omits: Fields of the form that are not required.
        able: The default capabilities.
        routing: Shape of the number of bank and branch; empty if there is none.
        routing_is: Its name there, for people.
        account: Shape of the account's number, or `iban`.
        check: One of `number_formats.CHECKS`.
        test_routing: A number of tests, as people write it.
        test_account: An account number of tests, as people write it.
        basis: One of `BASES`.
        region: The file's name.
    """

    code: str
    currency: str
    also: tuple[str, ...]
    form: str
    tells: tuple[str, ...]
    omits: tuple[str, ...]
    able: tuple[str, ...]
    routing: str
    routing_is: str
    account: str
    check: str
    test_routing: str
    test_account: str
    basis: str
    region: str

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the currencies of bank accounts there, the own one first."""
        return self.currency, *self.also


def read(folder: Path = FOLDER) -> dict[str, Row]:
    """Read the tables.

    Raises:
        ValueError: If a line is invalid.
    """
    found: dict[str, Row] = {}
    for row in _rows(folder):
        if why := _find_error(row):
            raise ValueError(f"{row.region}: {row.code}: {why}")
        if row.code in found:
            raise ValueError(f"{row.region}: {row.code}: {found[row.code].region} has it, too.")
        found[row.code] = row
    return dict(sorted(found.items()))


def _rows(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("*.csv")):
        lines = (line for line in path.read_text().splitlines() if not line.startswith("#"))
        for record in csv.DictReader(lines, delimiter=";", strict=True):
            if None in record or None in record.values():
                raise ValueError(f"{path.stem}: {record['code']}: too many columns, or too few.")
            line: JsonObject = {
                name: tuple(value.split()) if name in _MANY else value
                for name, value in record.items()
            }
            yield Row(**line, region=path.stem)


_MANY: Final = ("also", "tells", "omits", "able")


def _find_error(row: Row) -> str:
    """Return what is wrong with a line; empty if nothing is."""
    unknown = [code for code in row.currencies if code not in currencies.CODES]
    if not re.fullmatch(r"[A-Z]{2}", row.code):
        return "the code is two capital letters."
    if unknown or len(set(row.currencies)) < len(row.currencies):
        return f"a currency is unknown, or said twice: {row.currencies}."
    if row.basis not in BASES or row.check not in number_formats.CHECKS:
        return f"no such basis or check: {row.basis}, {row.check}."
    if bool(row.routing) != bool(row.routing_is) or bool(row.routing) != bool(row.test_routing):
        return "a routing number has a shape, a name and a number for tests, or none of them."
    if row.account == BY_IBAN:
        # Its own digits are checked when a bank account is added, by the same package.
        return "" if row.test_account.startswith(row.code) else "that is another country's IBAN."
    return _find_number_error(row)


def _find_number_error(row: Row) -> str:
    routing, account = (
        re.sub(r"[\s\-]", "", number).upper() for number in (row.test_routing, row.test_account)
    )
    if not re.fullmatch(number_formats.pattern(row.account), account):
        return f"{row.test_account} is not {row.account}."
    if not re.fullmatch(number_formats.pattern(row.routing), routing):
        return f"{row.test_routing} is not {row.routing}."
    if not number_formats.CHECKS[row.check](routing, account, row.code):
        return "the check digits of the number for tests are wrong."
    return ""


TABLE: Final = read()
