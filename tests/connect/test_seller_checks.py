"""What a seller types of itself is checked by the rules of its country, at the field."""

import pytest
from django.test import Client

from accounts.models import Account
from connect.hosted.seller_checks import normalize
from connect.models import Person
from tests.connect.test_seller_drafts import read
from tests.connect.test_seller_tabs import enter, form_of
from tests.factories import a_platform, a_seller


@pytest.mark.parametrize(
    ("kind", "country", "typed", "as_kept"),
    [
        ("phone", "US", "(217) 555-0142", "(217) 555-0142"),
        ("phone", "US", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("phone", "US", "1", None),
        ("phone", "US", "117 555 0142", None),
        ("phone", "US", "+1 555", None),
        ("phone", "US", "call me", None),
        ("phone", "TH", "081-234-5678", "081-234-5678"),
        ("phone", "TH", "๐๘๑๒๓๔๕๖๗๘", "0812345678"),
        ("phone", "TH", "+66 81 234 5678", "+66 81 234 5678"),
        ("phone", "TH", "12345678", None),
        ("phone", "DE", "030 123456", "030 123456"),
        ("ssn_last_4", "US", "4321", "4321"),
        ("ssn_last_4", "US", "12", None),
        ("ssn_last_4", "US", "12a4", None),
        ("id_number", "US", "078-05-1120", "078051120"),
        ("id_number", "US", "900-70-1234", "900701234"),
        ("id_number", "US", "12", None),
        ("id_number", "US", "666051120", None),
        ("id_number", "US", "078001120", None),
        ("id_number", "US", "0780511200", None),
        ("id_number", "TH", "1-1017-00207-03-0", "1101700207030"),
        ("id_number", "TH", "1101700207031", None),
        ("id_number", "TH", "110170020703", None),
        ("id_number", "TH", "aa1234567", "AA1234567"),
        ("id_number", "SG", "S1234567D", "S1234567D"),
        ("tax_id", "US", "12-3456789", "12-3456789"),
        ("tax_id", "US", "1234", None),
        ("tax_id", "TH", "0107536000269", "0107536000269"),
        ("tax_id", "TH", "0107536000268", None),
        ("state", "US", "il", "IL"),
        ("state", "US", "Illinois", "IL"),
        ("state", "US", "ZZ", None),
        ("state", "TH", "กรุงเทพมหานคร", "กรุงเทพมหานคร"),
        ("postal_code", "US", "62701", "62701"),
        ("postal_code", "US", "62701-1234", "62701-1234"),
        ("postal_code", "US", "1", None),
        ("postal_code", "TH", "๑๐๑๑๐", "10110"),
        ("postal_code", "TH", "1011", None),
        ("postal_code", "GB", "sw1a 1aa", "SW1A 1AA"),
        ("postal_code", "GB", "12345", None),
        ("postal_code", "JP", "〒100-0001", "100-0001"),
        ("postal_code", "CA", "k1a 0b1", "K1A 0B1"),
        ("postal_code", "BR", "01310-100", "01310-100"),
        ("postal_code", "BR", "0131", None),
        ("postal_code", "PL", "00-950", "00-950"),
        ("postal_code", "LV", "LV-1050", "LV-1050"),
        ("postal_code", "IN", "1100010", None),
        ("postal_code", "GY", "any", "any"),
        ("city", "US", "Springfield", "Springfield"),
    ],
)
def test_an_answer_is_kept_as_its_country_spells_it_or_refused(kind, country, typed, as_kept):
    assert normalize(kind, typed, country=country, livemode=True) == as_kept


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("phone", "0000000000"), ("ssn_last_4", "0000"), ("id_number", "000000000"),
        ("id_number", "222222222"), ("tax_id", "111111111"),
    ],
)  # fmt: skip
def test_the_numbers_of_tests_are_taken_in_test_mode_only(kind, number):
    assert normalize(kind, number, country="US", livemode=False) == number
    if kind in ("phone", "id_number") and number == "0" * len(number):
        assert normalize(kind, number, country="US", livemode=True) is None


NOK = {
    "first_name": "Nok", "last_name": "Suk", "dob": "1990-01-01", "email": "nok@example.com",
    "phone": "2175550142", "address.line1": "1 Main Street", "address.city": "Springfield",
    "address.state": "Illinois", "address.postal_code": "62701", "ssn_last_4": "4321",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "params"),
    [
        ({"phone": "1"}, "This is not a phone number."),
        ({"ssn_last_4": "12"}, "Give four digits."),
        ({"address.state": "ZZ"}, "This is not a state."),
        ({"address.postal_code": "1"}, "This is not a postal code of your country."),
        ({"dob": "2533-01-01"}, "Give the year of the Common Era"),
    ],
)
def test_what_cannot_be_right_is_shown_at_its_field_and_not_saved(wrong, params):
    platform, tab = a_platform(), Client()
    seller = a_seller(platform)
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/you"
    form = form_of(tab, address)
    before = Person.objects.get().details

    tab.post(address, NOK | wrong | form)

    shown = read(tab, address)
    [name] = wrong
    field = shown[shown.index(f'id="id_{name}_error"') :]
    assert field.index(params) < field.index(f'name="{name}"')
    assert shown.count('class="errorlist"') == 1
    assert Person.objects.get().details == before
    tab.post(address, NOK | form)
    assert Person.objects.get().details["address"]["state"] == "IL"


@pytest.mark.django_db
def test_a_buddhist_year_is_told_from_one_of_the_common_era_in_thai():
    platform, tab = a_platform(), Client(headers={"Accept-Language": "th"})
    seller = a_seller(platform)
    Account.objects.filter(id=seller.account_id).update(country="TH")
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/you"

    tab.post(address, {"dob": "2533-01-01"} | form_of(tab, address))

    assert "โปรดกรอกปีเป็น ค.ศ." in read(tab, address)
