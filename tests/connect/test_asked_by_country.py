"""What people and companies are asked for where addresses and numbers are not as at home."""

import re

import pytest

from connect.onboarding.countries import number_formats
from connect.onboarding.countries.catalog import TABLE
from connect.onboarding.required_fields import look_up

# Country → whether city, state, postal code and the person's own number are asked at once. The
# parts of addresses are those without which the post of the country does not deliver.
ASKED = {
    "TH": (True, True, True, True),
    "SG": (False, False, True, True),
    "MY": (True, True, True, True),
    "ID": (True, True, True, True),
    "VN": (True, False, True, True),
    "PH": (True, False, True, True),
    "IN": (True, True, True, True),
    "BR": (True, True, True, True),
    "MX": (True, True, True, True),
    "AE": (True, True, False, True),
}


@pytest.mark.parametrize("code", ASKED)
def test_a_person_is_asked_for_what_the_country_knows(code):
    fields = look_up(country=code, business_type="individual", capabilities=("transfers",)).now

    wanted = ("address.city", "address.state", "address.postal_code", "id_number")
    assert tuple(f"individual.{name}" in fields for name in wanted) == ASKED[code]


@pytest.mark.parametrize("code", ASKED)
def test_a_company_is_asked_for_the_same_parts_of_its_address(code):
    fields = look_up(country=code, business_type="company", capabilities=("transfers",)).now

    wanted = ("city", "state", "postal_code")
    assert tuple(f"company.address.{name}" in fields for name in wanted) == ASKED[code][:3]


def test_a_singaporean_says_of_which_nation():
    fields = look_up(country="SG", business_type="individual", capabilities=("transfers",)).now

    assert "individual.nationality" in fields


@pytest.mark.parametrize(
    ("number", "is_one"), [("0001234", True), ("12345678X", True), ("1X345", False), ("X", False)]
)
def test_a_brazilian_account_may_end_with_a_letter_as_its_check_digit(number, is_one):
    shape = number_formats.pattern(TABLE["BR"].account)

    assert bool(re.fullmatch(shape, number)) is is_one
