"""Pure: validating and normalizing a seller's answers by its country."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

# Numbers that the simulated registry goes by, which are nobody's.
_OF_TESTS: Final = frozenset(
    {"000000000", "111111111", "222222222", "0000", "1111", "0000000000"}
)  # fmt: skip
# Source: the USPS's list of states and possessions.
_STATES: Final = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands", "AA": "", "AE": "", "AP": "",
}  # fmt: skip
_BY_NAME: Final = {name.upper(): code for code, name in _STATES.items() if name}
# Source: the Universal Postal Union's formats, without spaces, in capital letters. Where a country
# is not here, any is taken.
_POSTAL: Final = {
    **dict.fromkeys(
        "BA CR CZ DE DO DZ EE ES FI FR GR GT HR ID IT JO KE KR KW LK MA MC ME MX MY NI NP PE PK SE"
        " SK SM SN TH TR UA UY ZM".split(),
        r"\d{5}",
    ),
    **dict.fromkeys(
        "AL AM AT AU BD BE BG CH CY DK GE HU LI LU MK MZ NE NO NZ PH SI SV TN ZA".split(), r"\d{4}"
    ),
    **dict.fromkeys("CN CO EC IN NG RO SG UZ".split(), r"\d{6}"),
    **dict.fromkeys(("IS", "MG", "OM"), r"\d{3}"),
    "US": r"\d{5}(-?\d{4})?", "SA": r"\d{5}(-?\d{4})?", "JP": r"\d{3}-?\d{4}",
    "PT": r"\d{4}-?\d{3}", "BR": r"\d{5}-?\d{3}", "PL": r"\d{2}-?\d{3}", "CL": r"\d{3}-?\d{4}",
    "NL": r"[1-9]\d{3}[A-Z]{2}", "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z]\d[A-Z]\d",
    "GB": r"(GIR0AA|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2})", "IE": r"[A-Z]\d[\dW][A-Z\d]{4}",
    "AD": r"(AD)?\d{3}", "AR": r"([A-HJ-NP-Z])?\d{4}([A-Z]{3})?", "AZ": r"(AZ)?\d{4}",
    "LT": r"(LT-?)?\d{5}", "LV": r"(LV-?)?\d{4}", "MD": r"(MD-?)?\d{4}", "IL": r"\d{5}(\d{2})?",
    "VN": r"\d{5,6}", "TW": r"\d{3}-?(\d{2,3})?", "BN": r"[A-Z]{2}\d{4}",
}  # fmt: skip
# Source: the national numbering plans, without separators.
_PHONES: Final = {
    **dict.fromkeys(("US", "CA"), r"1?[2-9]\d{9}"), "TH": r"0[2-9]\d{7,8}", "JP": r"0\d{9,10}",
    "SG": r"[3689]\d{7}", "GB": r"0\d{9,10}", "FR": r"0[1-9]\d{8}",
}  # fmt: skip
# With the country's own code in front.
_PHONES_ABROAD: Final = {
    "1": r"[2-9]\d{9}", "66": r"0?[2-9]\d{7,8}", "81": r"0?\d{9,10}", "65": r"[3689]\d{7}",
    "33": r"0?[1-9]\d{8}",
}  # fmt: skip
_ANY_PHONE: Final = r"\d{7,15}"
# The Social Security Administration has never given out the others; the tax office's own numbers
# for people begin with 9.
_SSN: Final = r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}"
_ITIN: Final = r"9\d{2}(5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}"


def normalize(kind: str, text: str, *, country: str, livemode: bool) -> str | None:
    """Return an answer in its canonical form; None if it is invalid.

    Args:
        kind: The last word of the field, such as `postal_code`.
        text: The answer as typed, in any digits.
        country: Of the account, ISO 3166.
        livemode: False if the numbers of tests are valid.
    """
    check = _CHECKS.get(kind)
    if check is None:
        return text
    plain = _plain(text)
    bare = re.sub(r"[\s().\-/〒]", "", plain)
    if not livemode and bare in _OF_TESTS:
        return bare
    return check(plain, bare, country)


def _phone(plain: str, bare: str, country: str) -> str | None:
    if bare.startswith("+"):
        number = bare[1:]
        shape = next((s for c, s in _PHONES_ABROAD.items() if number.startswith(c)), None)
        code = next((c for c in _PHONES_ABROAD if number.startswith(c)), "")
        is_good = re.fullmatch(shape or r"[2-9]\d{6,14}", number[len(code) :])
    else:
        is_good = re.fullmatch(_PHONES.get(country, _ANY_PHONE), bare)
    return plain if is_good else None


def _postal_code(plain: str, bare: str, country: str) -> str | None:
    shape = _POSTAL.get(country)
    if shape is None:
        return plain
    code = re.sub(r"[\s〒]", "", plain).upper()
    return plain.lstrip("〒").strip().upper() if re.fullmatch(shape, code) else None


def _state(plain: str, bare: str, country: str) -> str | None:
    if country != "US":
        return plain
    name = plain.upper().rstrip(".")
    return name if name in _STATES else _BY_NAME.get(name)


def _id_number(plain: str, bare: str, country: str) -> str | None:
    if country == "US":
        return bare if re.fullmatch(f"{_SSN}|{_ITIN}", bare) else None
    if country == "TH":
        # A foreigner's passport has nine characters at most.
        is_good = _is_thai(bare) or re.fullmatch(r"[A-Z0-9]{6,9}", bare.upper())
        return bare.upper() if is_good else None
    return plain


def _last_four(plain: str, bare: str, country: str) -> str | None:
    return bare if re.fullmatch(r"\d{4}", bare) else None


def _tax_id(plain: str, bare: str, country: str) -> str | None:
    if country == "US":
        return plain if re.fullmatch(r"\d{9}", bare) else None
    if country == "TH":
        return bare if _is_thai(bare) else None
    return plain


def _is_thai(number: str) -> bool:
    """Check the digit of a Thai identity or tax number."""
    if not re.fullmatch(r"\d{13}", number):
        return False
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(number[:12]))
    return (11 - total % 11) % 10 == int(number[12])


def _plain(text: str) -> str:
    """Replace full-width and Thai digits by ASCII digits."""
    wide = unicodedata.normalize("NFKC", text).strip()
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in wide)


_CHECKS: Final[dict[str, Callable[[str, str, str], str | None]]] = {
    "phone": _phone, "postal_code": _postal_code, "state": _state, "id_number": _id_number,
    "ssn_last_4": _last_four, "tax_id": _tax_id,
}  # fmt: skip
