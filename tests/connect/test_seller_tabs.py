"""Two sellers' pages in one browser: what is typed on one's page is kept of nobody else."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, Connection, Membership, OAuthGrant, User
from connect.hosted.services import links
from connect.models import ExternalAccount, Person
from connect.oauth.services import oauth
from connect.onboarding.services import accounts, people
from core.tenant import Tenant
from tests.connect.test_oauth import a_person, address, agree, an_application, hidden_in
from tests.factories import a_bank_account, a_platform, a_seller, a_seller_with, now

pytestmark = pytest.mark.django_db

_BACK = "https://market.example.com/"


def enter(tab, platform, seller, type=links.SESSION, back=_BACK) -> str:
    """Open a link in a browser; the beginning of its addresses is returned."""
    urls = {} if type == links.SESSION else {"return_url": back, "refresh_url": back}
    tenant = Tenant(platform.account_id, seller.livemode)
    _, token = links.create(
        tenant=tenant, account_id=seller.account_id, type=type, at=now(), **urls
    )
    to = tab.get(f"/sellers/enter/{token}")["Location"]
    return re.match(r"/sellers/[^/]+/(live|test)/", to)[0]


def form_of(tab, address) -> dict[str, str]:
    """The hidden fields of a page that is open in a tab."""
    page = tab.get(address)
    assert page.status_code == 200
    return {"form_of": hidden_in(page)["form_of"]}


def a_company(platform) -> Tenant:
    account = accounts.create(
        tenant=platform,
        type="express",
        country="US",
        business_type="company",
        at=now(),
        capabilities={"transfers": {"requested": True}},
        company={"name": "Noodles"},
    )
    return Tenant(account.id, livemode=False)


BANK = {
    "account_holder_name": "Ada", "routing_number": "110000000", "account_number": "000222222227",
}  # fmt: skip


def test_a_bank_account_is_kept_of_the_seller_whose_page_it_was_typed_on():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    for seller in (first, second):
        a_bank_account(seller, "000123456789")
    base = enter(tab, platform, first)
    form = form_of(tab, f"{base}setup/bank")
    enter(tab, platform, second)

    answer = tab.post(f"{base}setup/bank", BANK | form)

    assert answer.status_code == 302
    kept = ExternalAccount.objects.filter(deleted_at=None)
    assert kept.get(account_id=first.account_id).last4 == "2227"
    assert kept.get(account_id=second.account_id).last4 == "6789"


def test_what_somebody_tells_of_itself_is_kept_of_the_seller_whose_page_it_was():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    base = enter(tab, platform, first, "account_onboarding")
    form = form_of(tab, f"{base}setup/you")
    enter(tab, platform, second, "account_onboarding")
    params = {
        "first_name": "Nok",
        "last_name": "Suk",
        "dob": "1902-01-01",
        "email": "nok@example.com",
        "phone": "0000000000",
        "address.line1": "1 Main Street",
        "address.city": "Springfield",
        "address.state": "IL",
        "address.postal_code": "62701",
        "ssn_last_4": "0000",
    }
    before = Person.objects.get(account_id=second.account_id).details

    assert tab.post(f"{base}setup/you", params | form).status_code == 302

    assert Person.objects.get(account_id=first.account_id).details["first_name"] == "Nok"
    assert Person.objects.get(account_id=second.account_id).details == before


def test_the_kind_of_business_and_what_is_sold_are_kept_of_the_seller_whose_page_it_was():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    base = enter(tab, platform, first, "account_onboarding")
    profile = form_of(tab, f"{base}setup/profile")
    business = form_of(tab, f"{base}setup/business")
    enter(tab, platform, second, "account_onboarding")
    before = Account.objects.get(id=second.account_id)

    params = {"mcc": "5812", "url": "https://nok.example.com"}
    assert tab.post(f"{base}setup/profile", params | profile).status_code == 302
    params = {"business_type": "company"}
    assert tab.post(f"{base}setup/business", params | business).status_code == 302

    after = Account.objects.get(id=first.account_id)
    assert (after.business_profile["mcc"], after.business_type) == ("5812", "company")
    other = Account.objects.get(id=second.account_id)
    assert other.business_profile == before.business_profile
    assert other.business_type == before.business_type == "individual"


def test_people_are_added_to_and_taken_from_the_company_whose_page_it_was():
    platform, tab = a_platform(), Client()
    first, second = a_company(platform), a_company(platform)
    of_second = people.create(
        tenant=platform,
        account_id=second.account_id,
        at=now(),
        params={"first_name": "Bo", "relationship": {"owner": True}},
    )
    base = enter(tab, platform, first, "account_onboarding")
    form = form_of(tab, f"{base}setup/people")
    company = form_of(tab, f"{base}setup/company")
    enter(tab, platform, second, "account_onboarding")
    payload = {
        "first_name": "Nok",
        "last_name": "Suk",
        "dob": "1902-01-01",
        "email": "nok@example.com",
        "roles": "owner",
    }

    assert tab.post(f"{base}setup/people", payload | form).status_code == 302
    assert tab.post(f"{base}setup/people", {"person": of_second.id} | form).status_code == 302
    payload = {
        "name": "Soup",
        "tax_id": "000000000",
        "phone": "0000000000",
        "address.line1": "1 Main Street",
        "address.city": "Springfield",
        "address.state": "IL",
        "address.postal_code": "62701",
    }
    assert tab.post(f"{base}setup/company", payload | company).status_code == 302

    found = {p.account_id: p.details["first_name"] for p in Person.objects.filter(deleted_at=None)}
    assert found == {first.account_id: "Nok", second.account_id: "Bo"}
    assert Account.objects.get(id=first.account_id).company["name"] == "Soup"
    assert Account.objects.get(id=second.account_id).company["name"] == "Noodles"


def a_company_whose_owners_must_show_papers(platform) -> tuple[Tenant, list[Person]]:
    seller = a_company(platform)
    unknown = {
        "last_name": "Li",
        "email": "li@example.com",
        "dob": {"day": 1, "month": 1, "year": 1980},
        "relationship": {"owner": True},
    }
    owners = [
        people.create(
            tenant=platform,
            account_id=seller.account_id,
            at=now(),
            params={**unknown, "first_name": name},
        )
        for name in ("Bo", "Nok")
    ]
    accounts.update(
        tenant=platform, account_id=seller.account_id, at=now(), company={"owners_provided": True}
    )
    Person.objects.update(answer_at=now())
    accounts.update(tenant=platform, account_id=seller.account_id, at=now())
    return seller, owners


def a_paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("id.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "image/png")


def test_a_document_is_kept_of_whom_the_page_named_also_after_another_tab_went_on():
    platform, tab = a_platform(), Client()
    (first, owners), (second, others) = (
        a_company_whose_owners_must_show_papers(platform) for _ in range(2)
    )
    base = enter(tab, platform, first, "account_onboarding")
    form = form_of(tab, f"{base}setup/document")
    enter(tab, platform, second, "account_onboarding")

    for _ in range(2):
        answer = tab.post(f"{base}setup/document", {"front": a_paper()} | form)
        assert answer.status_code == 302

    shown = [p.id for p in Person.objects.all() if "verification" in p.details]
    assert len(shown) == 1
    assert shown[0] in {p.id for p in owners}
    assert not {p.id for p in others} & set(shown)


def test_who_agrees_agrees_for_the_account_of_the_page_and_goes_back_to_where_it_came_from():
    platform, tab = a_platform(), Client()
    first, second = a_company(platform), a_company(platform)
    base = enter(tab, platform, first, "account_onboarding", f"{_BACK}first")
    form = form_of(tab, f"{base}setup/review")
    enter(tab, platform, second, "account_onboarding", f"{_BACK}second")

    answer = tab.post(f"{base}setup/review", {"do": "finish", "agree": "on"} | form)

    assert answer["Location"] == f"{_BACK}first"
    assert Account.objects.get(id=first.account_id).tos_acceptance["ip"] == "127.0.0.1"
    assert not Account.objects.get(id=second.account_id).tos_acceptance


def test_each_seller_sees_its_own_money_whichever_link_was_opened_last():
    platform, tab = a_platform(), Client()
    pairs = [
        (a_seller_with(platform, amount), shown)
        for amount, shown in ((71_00, "$71.00"), (23_00, "$23.00"))
    ]
    bases = [enter(tab, platform, seller) for seller, _ in pairs]

    pages = [tab.get(f"{base}home").content.decode() for base in bases]

    for (_, shown), (_, other), page in zip(pairs, pairs[::-1], pages, strict=True):
        assert shown in page
        assert other not in page
    month = now().strftime("%Y-%m")
    statements = [tab.get(f"{base}statements/{month}").content.decode() for base in bases]
    files = [tab.get(f"{base}statements/{month}.csv").getvalue().decode() for base in bases]
    assert ["$71.00" in text for text in statements] == [True, False]
    assert ["71.00" in text for text in files] == [True, False]


def test_a_form_of_one_account_is_refused_at_the_address_of_another():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    form = form_of(tab, f"{enter(tab, platform, first)}setup/bank")
    other = enter(tab, platform, second)

    for hidden in (form, {}, {"form_of": "nonsense"}):
        for step in ("bank", "you", "profile", "business", "review", "document"):
            answer = tab.post(f"{other}setup/{step}", BANK | hidden)
            assert answer.status_code == 409
            assert "This form does not belong to this account" in answer.content.decode()
            assert f'href="{other}setup/"' in answer.content.decode()

    assert ExternalAccount.objects.count() == 0


def test_a_session_of_one_account_opens_no_page_of_another():
    platform, tab = a_platform(), Client()
    first, second = a_seller(platform), a_seller(platform)
    base = enter(tab, platform, first)
    form = form_of(tab, f"{base}setup/bank")
    [(name, session)] = [(n, c.value) for n, c in tab.cookies.items() if first.account_id in n]

    for other, cookie in (
        (f"/sellers/{second.account_id}/test/", name.replace(first.account_id, second.account_id)),
        (f"/sellers/{first.account_id}/live/", name.replace("test", "live")),
    ):
        tab.cookies[cookie] = session
        assert tab.get(f"{other}home").status_code == 401
        assert tab.get(f"{other}setup/bank").status_code == 401
        assert tab.post(f"{other}setup/bank", BANK | form).status_code == 401

    assert ExternalAccount.objects.count() == 0


def test_the_test_pages_of_an_account_write_nothing_into_its_live_ones():
    platform, tab = a_platform(), Client()
    seller = a_seller(platform)
    live = Tenant(seller.account_id, livemode=True)
    Connection.objects.create(
        platform_id=platform.account_id,
        account_id=seller.account_id,
        livemode=True,
        created_at=now(),
    )
    base = enter(tab, platform, seller)
    form = form_of(tab, f"{base}setup/bank")
    other = enter(tab, platform, live)
    assert other == f"/sellers/{seller.account_id}/live/"

    assert tab.post(f"{base}setup/bank", BANK | form).status_code == 302
    assert tab.post(f"{other}setup/bank", BANK | form).status_code == 409

    assert [row.livemode for row in ExternalAccount.objects.all()] == [False]


def test_who_signs_in_as_somebody_else_in_another_tab_shares_nothing_from_the_first():
    platform, account = a_platform(), a_platform()
    application = an_application(platform)
    tab = a_person(account)
    page = hidden_in(tab.get(address(application)))
    other = User.objects.create_user("bo@example.com", "secret")
    Membership.objects.create(user=other, account_id=account.account_id, role="admin")
    tab.force_login(other)

    answer = tab.post("/oauth/authorize", page | {"allow": "true"})

    assert answer.status_code == 409
    assert "Somebody else has signed in since this page was opened" in answer.content.decode()
    assert OAuthGrant.objects.count() == 0
    assert agree(tab, address(application))["code"]


def test_a_page_of_what_is_shared_ends_nothing_of_whoever_signed_in_afterwards():
    platform, account = a_platform(), a_platform()
    tab = a_person(account)
    code = agree(tab, address(an_application(platform)))["code"]
    oauth.redeem(platform=platform, code=code, at=now())
    shared = Connection.objects.get(account_id=account.account_id)
    tab.force_login(User.objects.create_user("bo@example.com", "secret"))

    tab.post("/oauth/shared", {"connection": shared.id})

    shared.refresh_from_db()
    assert shared.ended_at is None


def test_a_form_that_another_sign_in_made_stale_gets_a_page_that_says_so():
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/oauth/authorize", {}, headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_cookies_of_sellers_are_for_https_and_for_their_own_pages(settings):
    settings.PUBLIC_URL = "https://pay.example.com"
    platform, tab = a_platform(), Client()

    base = enter(tab, platform, a_seller(platform))
    page = tab.get(f"{base}home?lang=th")

    assert page.status_code == 200
    paths = {name: cookie["path"] for name, cookie in tab.cookies.items() if "rialto" in name}
    assert paths.pop("__Secure-rialto_language") == "/sellers/"
    assert [*paths.values()] == [base]
    assert next(iter(paths)).startswith("__Secure-rialto_seller_acct_")
    for cookie in tab.cookies.values():
        if "rialto" in cookie.key:
            held = (cookie["secure"], cookie["httponly"], cookie["samesite"])
            assert held == (True, True, "Lax")
