"""The pages on which sellers tell about themselves and see their money: on a phone, in two
languages, without JavaScript.
"""

import re

import pytest

from accounts.models import Account
from connect.models import ExternalAccount, Person
from connect.onboarding.services import accounts, people
from core.tenant import Tenant
from tests.factories import a_seller, now
from tests.pages.looking import assert_is_good
from tests.pages.walking import BACK, a_link, base, go_on, step

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_who_trades_alone_tells_everything_step_by_step(
    seen, live_server, platform, seller, tmp_path
):
    seen.goto(a_link(live_server, platform, seller))
    assert step(seen) == "business"
    assert_is_good(seen)
    seen.get_by_label("I trade alone").check()
    assert go_on(seen) == "you"
    assert_is_good(seen)
    for label, text in (
        ("First name", "Nok"),
        ("Last name", "Suk"),
        ("Date of birth", "1901-01-01"),
        ("E-mail address", "nok@example.com"),
        ("Phone number", "+15551234567"),
        ("Street and number", "1 Main Street"),
        ("City", "Springfield"),
        ("State or province", "IL"),
        ("Postal code", "62701"),
        ("Last four digits", "4321"),
    ):
        seen.get_by_label(label).fill(text)
    assert go_on(seen) == "profile"
    assert Person.objects.get().details["first_name"] == "Nok"
    assert_is_good(seen)
    seen.get_by_label("What do you sell").select_option("5812")
    seen.get_by_label("Website", exact=True).fill("https://nok.example.com")
    assert go_on(seen) == "bank"
    assert_is_good(seen)
    seen.get_by_label("Name of the account's holder").fill("Nok Suk")
    seen.get_by_label("Routing number").fill("110000001")
    seen.get_by_label("Account number").fill("000123456789")
    assert go_on(seen) == "bank"
    assert seen.get_by_text("This is not the number of a bank and branch.").is_visible()
    assert_is_good(seen)
    seen.get_by_label("Routing number").fill("110000000")
    assert go_on(seen) == "review"
    assert ExternalAccount.objects.get().last4 == "6789"
    assert_is_good(seen)
    seen.get_by_role("button", name="Finish", exact=True).click()
    assert seen.get_by_role("alert").inner_text() == "Agree to go on."
    seen.get_by_label("What I have told is true").check()
    seen.get_by_role("button", name="Finish", exact=True).click()

    seen.wait_for_url(BACK)
    account = Account.objects.get(id=seller.account_id)
    assert account.tos_acceptance["ip"] == "127.0.0.1"
    assert account.details_submitted is True


def test_a_document_is_photographed_when_somebody_cannot_be_found(
    seen, live_server, platform, tmp_path
):
    unknown = {
        "dob": {"day": 7, "month": 5, "year": 1980},
        "phone": "+15551234567",
        "ssn_last_4": "4321",
        "address": {"line1": "1 Main Street"},
    }
    seller = a_seller(platform, individual=unknown)
    person = Person.objects.get()
    Person.objects.update(answer_at=now())
    accounts.update(tenant=platform, account_id=seller.account_id, at=now())
    paper = tmp_path / "passport.png"
    paper.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    seen.goto(a_link(live_server, platform, seller))
    assert step(seen) == "document"
    assert "could not be verified" in seen.get_by_role("alert").inner_text()
    assert_is_good(seen)

    seen.get_by_label("Front of the passport").set_input_files(paper)
    assert go_on(seen) == "bank"

    person.refresh_from_db()
    assert person.details["verification"]["document"]["front"].startswith("file_")
    assert person.status == "pending"


def test_a_company_names_its_people(seen, live_server, platform, seller):
    seen.goto(a_link(live_server, platform, seller))
    seen.get_by_label("A company").check()
    assert go_on(seen) == "company"
    assert_is_good(seen)
    for label, text in (
        ("Name of the company", "Noodles Inc."),
        ("Tax number", "000000000"),
        ("Phone number", "0000000000"),
        ("Street and number", "1 Main Street"),
        ("City", "Springfield"),
        ("State or province", "IL"),
        ("Postal code", "62701"),
    ):
        seen.get_by_label(label, exact=True).fill(text)
    assert go_on(seen) == "representative"
    for label, text in (
        ("First name", "Nok"),
        ("Last name", "Suk"),
        ("Job title", "CEO"),
        ("Date of birth", "1902-01-01"),
        ("E-mail address", "nok@example.com"),
        ("Phone number", "0000000000"),
        ("Street and number", "1 Main Street"),
        ("City", "Springfield"),
        ("State or province", "IL"),
        ("Postal code", "62701"),
        ("Last four digits", "0000"),
    ):
        seen.get_by_label(label).fill(text)
    assert go_on(seen) == "people"
    for label, text in (
        ("First name", "Bo"),
        ("Last name", "Li"),
        ("E-mail address", "bo@example.com"),
        ("Date of birth", "1902-01-01"),
    ):
        seen.get_by_label(label).fill(text)
    seen.get_by_label("Owns a quarter").check()
    seen.get_by_role("button", name="Add", exact=True).click()
    assert seen.get_by_text("Bo Li").is_visible()
    assert_is_good(seen)
    seen.get_by_role("button", name="That is everybody").click()
    assert step(seen) == "profile"

    found = {p.details["first_name"]: p.status for p in Person.objects.all()}
    assert found == {"Nok": "verified", "Bo": "verified"}


def fill(page, form: int, **more) -> None:
    """Fill in a form of the page as somebody in Thailand would."""
    text = {
        "first_name": "Nok",
        "last_name": "Suk",
        "dob": "1902-01-01",
        "email": "nok@example.com",
        "phone": "0000000000",
        "address.line1": "address_full_match",
        "address.city": "Bangkok",
        "address.state": "Bangkok",
        "address.postal_code": "10110",
        "id_number": "000000000",
        "relationship.title": "CEO",
        **more,
    }
    fields = page.locator("main form").nth(form).locator("input:not([type=hidden]), select")
    for field in fields.all():
        name = field.get_attribute("name")
        if name == "nationality":
            field.select_option("TH")
        elif name != "roles":
            field.fill(text[name])


def a_company(platform, country: str, **more) -> Tenant:
    address = {"line1": "address_full_match", "city": "Bangkok", "postal_code": "10110"}
    company = {
        "name": "Noodles",
        "tax_id": "000000000",
        "phone": "0000000000",
        "address": {**address, "state": "Bangkok"},
        "registration_date": {"day": 1, "month": 1, "year": 2020},
    }
    account = accounts.create(
        tenant=platform,
        type="express",
        country=country,
        business_type="company",
        at=now(),
        capabilities={"transfers": {"requested": True}},
        company=company,
        **more,
    )
    return Tenant(account.id, livemode=False)


def test_a_company_tells_of_its_people_what_its_country_asks(seen, live_server, platform):
    seller = a_company(platform, "TH")
    seen.goto(a_link(live_server, platform, seller))
    assert step(seen) == "representative"
    fill(seen, 0)
    seen.get_by_label("Is a director").check()
    assert_is_good(seen)
    assert go_on(seen) == "people"
    assert seen.get_by_label("Leads the company").count() == 0  # Thailand does not ask who
    fill(seen, 0, first_name="Bo")
    seen.get_by_label("Owns a quarter").check()
    seen.get_by_role("button", name="Add", exact=True).click()
    seen.get_by_role("link", name="Change Bo Suk").click()
    assert seen.get_by_label("Owns a quarter").is_checked()
    assert_is_good(seen)
    seen.get_by_label("First name").fill("Ba")
    seen.get_by_role("button", name="Save", exact=True).click()
    assert seen.get_by_text("Ba Suk").is_visible()
    seen.get_by_role("button", name="That is everybody").click()
    assert step(seen) == "bank"
    for label, text in (
        ("Name of the account's holder", "Noodles"),
        ("Account number", "000123456789"),
        ("Number of the bank and branch", "0040001"),
    ):
        seen.get_by_label(label).fill(text)
    assert go_on(seen) == "review"
    assert seen.get_by_text("You have told everything that is asked.").is_visible()
    seen.get_by_label("What I have told is true").check()
    seen.get_by_role("button", name="Finish", exact=True).click()

    seen.wait_for_url(BACK)
    assert Account.objects.get(id=seller.account_id).payouts_enabled is True
    roles = {p.details["first_name"]: p.relationship for p in Person.objects.all()}
    assert roles["Nok"]["director"] is True
    assert roles["Ba"] == {"owner": True, "director": False}


def test_the_document_of_an_owner_is_kept_as_the_owners(seen, live_server, platform, tmp_path):
    seller = a_company(platform, "US")
    boss, owner = (
        people.create(
            tenant=platform,
            account_id=seller.account_id,
            at=now(),
            params={
                "first_name": name,
                "last_name": "Li",
                "email": "li@example.com",
                "dob": {"day": 1, "month": 1, "year": year},
                "address": {
                    "line1": "address_full_match" if name == "Nok" else "1 Main Street",
                    "city": "A",
                    "state": "IL",
                    "postal_code": "62701",
                },
                "relationship": role,
            },
        )
        for name, year, role in (
            ("Nok", 1902, {"representative": True, "title": "CEO"}),
            ("Bo", 1980, {"owner": True}),
        )
    )
    accounts.update(
        tenant=platform, account_id=seller.account_id, at=now(), company={"owners_provided": True}
    )
    Person.objects.filter(id=owner.id).update(answer_at=now())
    accounts.update(tenant=platform, account_id=seller.account_id, at=now())
    paper = tmp_path / "passport.png"
    paper.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    seen.goto(a_link(live_server, platform, seller))
    assert step(seen) == "document"
    assert "Bo Li: What was typed in" in seen.get_by_role("alert").inner_text()
    assert_is_good(seen)

    seen.get_by_label("Front of the passport").set_input_files(paper)
    assert go_on(seen) == "bank"

    boss.refresh_from_db()
    owner.refresh_from_db()
    assert "verification" not in boss.details
    assert owner.details["verification"]["document"]["front"].startswith("file_")


def test_a_seller_is_paid_to_a_bank_of_another_country(seen, live_server, platform):
    seller = a_company(platform, "DE")
    seen.goto(a_link(live_server, platform, seller))
    seen.goto(f"{live_server.url}{base(seller)}setup/bank")
    seen.get_by_label("Name of the account's holder").fill("Noodles")
    seen.get_by_label("IBAN").fill("fr14 2004 1010 0505 0001 3M02 606")

    assert go_on(seen) == "review"

    assert ExternalAccount.objects.get().country == "FR"


def test_what_was_given_is_kept_when_the_seller_leaves_and_comes_back(
    seen, live_server, platform, seller
):
    first = a_link(live_server, platform, seller)
    seen.goto(first)
    seen.get_by_label("I trade alone").check()
    go_on(seen)
    seen.get_by_role("button", name=re.compile("Go back to market")).click()
    seen.wait_for_url(BACK)
    again = seen.request.get(first, max_redirects=0)
    assert (again.status, again.headers["location"]) == (302, f"{BACK}again")

    seen.goto(a_link(live_server, platform, seller))

    assert step(seen) == "you"


def test_the_pages_speak_thai(seen, live_server, platform, seller):
    seen.goto(a_link(live_server, platform, seller))
    seen.get_by_role("link", name="ไทย").click()
    assert seen.get_by_role("heading", level=1).inner_text() == "ธุรกิจของคุณ"
    assert seen.locator("html").get_attribute("lang") == "th"
    assert_is_good(seen)
    seen.get_by_label("บุคคลธรรมดา").check()
    seen.get_by_role("button", name="บันทึกและดำเนินการต่อ").click()
    seen.get_by_role("button", name="บันทึกและดำเนินการต่อ").click()

    assert seen.locator(".errorlist").first.inner_text() == "โปรดกรอกช่องนี้"
    assert_is_good(seen)


def test_a_link_that_was_used_has_expired_or_never_was_lets_nobody_in(seen, live_server, platform):
    seller = a_seller(platform)
    used = a_link(live_server, platform, seller, type="login")
    seen.goto(used)
    assert step(seen) == "home"
    seen.context.clear_cookies()

    assert seen.goto(used).status == 410
    assert_is_good(seen)
    assert seen.goto(f"{live_server.url}/sellers/enter/nonsense").status == 404
    assert seen.goto(f"{live_server.url}{base(seller)}home").status == 401


def test_a_page_that_is_not_asked_for_leads_to_the_one_that_is(seen, live_server, platform, seller):
    seen.goto(a_link(live_server, platform, seller))

    seen.goto(f"{live_server.url}{base(seller)}setup/document")

    assert step(seen) == "business"
