"""What a seller has typed is kept or shown again, whichever button it presses."""

import html
import re

import pytest
from django.test import Client

from accounts.models import Account
from connect.models import ExternalAccount, Person
from connect.onboarding.services import people
from tests.connect.test_seller_tabs import BANK, a_company, enter, form_of
from tests.factories import a_platform, a_seller, now

pytestmark = pytest.mark.django_db

BO = {
    "first_name": "Bo", "last_name": "Li", "dob": "1902-01-01", "email": "bo@example.com",
    "roles": "owner",
}  # fmt: skip
_BACK = "https://market.example.com/"


def the_people_of_a_company():
    platform, tab = a_platform(), Client()
    seller = a_company(platform)
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/people"
    return platform, seller, tab, address, form_of(tab, address)


def read(tab, address) -> str:
    answer = tab.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def value(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)[0]
    found = re.search(r'value="([^"]*)"', field)
    return found[1] if found else ""


def test_who_is_typed_in_is_added_when_a_seller_says_that_this_is_everybody():
    _, seller, tab, address, form = the_people_of_a_company()

    answer = tab.post(address, BO | form | {"do": "complete"})

    assert answer.status_code == 302
    assert Person.objects.get().details["first_name"] == "Bo"
    assert Account.objects.get(id=seller.account_id).company["owners_provided"] is True


def test_nobody_is_declared_everybody_while_somebody_is_half_typed_in():
    _, seller, tab, address, form = the_people_of_a_company()

    answer = tab.post(address, {"first_name": "Bo"} | form | {"do": "complete"})

    assert answer["Location"] == address
    page = read(tab, address)
    assert value(page, "first_name") == "Bo"
    assert "This is not kept yet. Complete it, or empty it." in page
    assert "owners_provided" not in Account.objects.get(id=seller.account_id).company
    # Emptied, it is in nobody's way.
    assert tab.post(address, form | {"do": "complete"}).status_code == 302
    assert Account.objects.get(id=seller.account_id).company["owners_provided"] is True
    assert value(read(tab, address), "first_name") == ""


def test_who_is_typed_in_stays_there_while_somebody_else_is_removed():
    platform, seller, tab, address, form = the_people_of_a_company()
    other = people.create(
        tenant=platform, account_id=seller.account_id, params={"first_name": "Nok"}, at=now()
    )

    tab.post(address, {"first_name": "Bo", "email": "bo@"} | form | {"person": other.id})

    assert Person.objects.get().deleted_at is not None
    page = read(tab, address)
    assert (value(page, "first_name"), value(page, "email")) == ("Bo", "bo@")
    assert 'class="errorlist"' not in page


def test_what_is_typed_is_saved_before_a_seller_goes_back_to_where_it_came_from():
    platform, tab = a_platform(), Client()
    seller = a_seller(platform)
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/bank"
    form = form_of(tab, address)

    half = tab.post(address, {"account_number": "000222222227"} | form | {"do": "leave"})
    assert half["Location"] == address
    page = read(tab, address)
    assert value(page, "account_number") == "000222222227"
    assert "Go back to market.example.com without what is typed here" in page

    whole = tab.post(address, BANK | form | {"do": "leave"})
    assert whole["Location"] == _BACK
    assert ExternalAccount.objects.get().last4 == "2227"


def test_a_seller_may_go_back_without_what_it_has_typed_or_with_nothing_typed():
    platform, tab = a_platform(), Client()
    seller = a_seller(platform)
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/bank"
    form = form_of(tab, address)
    tab.post(address, {"account_number": "1"} | form)

    assert tab.post(address, {"account_number": "1"} | form | {"do": "drop"})["Location"] == _BACK
    assert value(read(tab, address), "account_number") == ""
    assert tab.post(address, form | {"do": "leave"})["Location"] == _BACK
    assert ExternalAccount.objects.count() == 0


@pytest.mark.parametrize(
    ("step", "payload", "problem"),
    [
        ("bank", BANK | {"routing_number": "110000001"}, "not the number of a bank and branch"),
        ("you", {"first_name": "Nok", "email": "nok@"}, "Enter a valid email address."),
        ("business", {"business_type": "circus"}, "circus is not one of the available choices"),
        ("review", {"do": "finish"}, "Agree to go on."),
        ("document", {}, "Fill this in."),
    ],
)
def test_a_form_that_is_refused_is_answered_by_an_address_and_not_by_a_page(step, payload, problem):
    platform, tab = a_platform(), Client()
    seller = a_seller(
        platform,
        individual={
            "dob": {"day": 7, "month": 5, "year": 1980},
            "phone": "+15551234567",
            "ssn_last_4": "4321",
            "address": {"line1": "1 Main Street"},
        },
    )
    Person.objects.update(answer_at=now())
    Account.objects.update(tos_acceptance={})
    address = f"{enter(tab, platform, seller, 'account_onboarding')}setup/{step}"
    people.update(
        tenant=platform,
        account_id=seller.account_id,
        person_id=Person.objects.get().id,
        params={},
        at=now(),
    )
    form = form_of(tab, address)

    answer = tab.post(address, payload | form)

    assert (answer.status_code, answer["Location"]) == (302, address)
    page = read(tab, address)
    assert problem in page
    for name, typed in payload.items():
        if step in ("bank", "you"):
            assert value(page, name) == typed


def test_what_is_typed_is_shown_to_no_other_link_and_is_kept_encrypted():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    address = f"{enter(tab, platform, first)}setup/bank"
    tab.post(address, {"account_number": "000222222227"} | form_of(tab, address))
    other = f"{enter(tab, platform, second)}setup/bank"

    assert value(read(tab, other), "account_number") == ""
    assert value(read(tab, address), "account_number") == "000222222227"
    assert "000222222227" not in str(dict(tab.session))
    enter(tab, platform, first)
    assert value(read(tab, address), "account_number") == ""


def test_a_page_is_shown_in_another_language_with_what_its_address_says():
    platform, seller, tab, address, _ = the_people_of_a_company()
    person = people.create(
        tenant=platform,
        account_id=seller.account_id,
        at=now(),
        params={"first_name": "Nok", "relationship": {"owner": True}},
    )

    page = read(tab, f"{address}?edit={person.id}&lang=en")

    assert f'href="?edit={person.id}&lang=th"' in page
