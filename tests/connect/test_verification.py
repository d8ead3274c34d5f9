"""What sellers must tell, and what they may do before, meanwhile and after."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Account
from config.demo import sellers
from connect.models import AccountBlock, Capability, Person
from connect.onboarding import account_queries
from connect.onboarding import resources as onboarding_resources
from connect.onboarding.services import (
    accounts,
    blocks,
    external_accounts,
    people,
    reviews,
    verification,
)
from core.errors import InvalidRequest
from core.tenant import Tenant
from tests.factories import a_bank_account, a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db

TRANSFERS = {"transfers": {"requested": True}}


def shown(tenant: Tenant) -> dict[str, Any]:
    known = account_queries.load_profiles([tenant.account_id], livemode=tenant.livemode)
    return onboarding_resources.account(
        Account.objects.get(id=tenant.account_id), known[tenant.account_id]
    )


def an_account(platform: Tenant, **details: Any) -> Tenant:
    wanted = {"type": "custom", "capabilities": TRANSFERS} | details
    account = accounts.create(tenant=platform, at=now(), **wanted)
    return Tenant(account.id, platform.livemode)


def tell(platform: Tenant, seller: Tenant, at=None, **params: Any) -> dict[str, Any]:
    accounts.update(tenant=platform, account_id=seller.account_id, at=at or now(), **params)
    return shown(seller)


def later(**delta: int) -> None:
    verification.reevaluate_due(at=now() + timedelta(**delta))


def test_a_seller_who_says_nothing_may_do_nothing_and_is_told_what_is_missing():
    platform = a_platform()

    seen = shown(an_account(platform))

    assert seen["capabilities"] == {"transfers": "inactive"}
    assert (seen["charges_enabled"], seen["payouts_enabled"], seen["details_submitted"]) == (
        False,
        False,
        False,
    )
    due = seen["requirements"]
    assert due["currently_due"] == [
        "business_type",
        "external_account",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    ]
    assert due["past_due"] == due["currently_due"]
    assert due["disabled_reason"] == "requirements.past_due"


def test_each_answer_takes_what_it_answers_from_the_list_until_all_is_active():
    platform = a_platform()
    seller = an_account(platform)

    seen = tell(platform, seller, business_type="individual")
    assert "individual.dob.day" in seen["requirements"]["currently_due"]
    given = sellers.details("Ada's Shop")
    seen = tell(platform, seller, individual=given["individual"])
    assert seen["requirements"]["currently_due"] == [
        "external_account",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    ]
    seen = tell(platform, seller, tos_acceptance=given["tos_acceptance"])
    assert seen["capabilities"] == {"transfers": "active"}
    assert seen["payouts_enabled"] is False
    assert seen["requirements"]["currently_due"] == ["external_account"]
    assert seen["details_submitted"] is True
    a_bank_account(seller)

    seen = shown(seller)
    assert seen["payouts_enabled"] is True
    assert seen["requirements"]["currently_due"] == []
    assert seen["requirements"]["eventually_due"] == ["individual.id_number"]
    assert seen["requirements"]["disabled_reason"] is None
    told = Event.objects.filter(account_id=seller.account_id)
    assert told.filter(type="account.updated").count() == 5
    assert told.filter(type="capability.updated").exists()
    assert told.filter(type="person.updated").exists()


def test_removing_the_only_bank_account_stops_payouts_and_nothing_else():
    seller = a_seller(a_platform())
    bank = a_bank_account(seller)

    external_accounts.delete(tenant=seller, external_id=bank.id, at=now())

    seen = shown(seller)
    assert (seen["charges_enabled"], seen["payouts_enabled"]) == (True, False)
    assert seen["requirements"]["past_due"] == ["external_account"]


def test_one_of_two_alternatives_is_enough():
    platform = a_platform()
    given = sellers.details("Ada's Shop")
    del given["business_profile"]["url"]
    seller = an_account(platform, **given)
    assert shown(seller)["capabilities"]["card_payments"] == "inactive"
    due = shown(seller)["requirements"]
    assert due["alternatives"] == [
        {
            "alternative_fields_due": ["business_profile.product_description"],
            "original_fields_due": ["business_profile.url"],
        }
    ]

    seen = tell(platform, seller, business_profile={"product_description": "Pots and plates"})

    assert seen["capabilities"]["card_payments"] == "active"
    assert seen["requirements"]["alternatives"] == []


@pytest.mark.parametrize(("year", "statuses"), [(1902, ["active"]), (1901, ["pending", "active"])])
def test_a_birthday_decides_when_somebody_is_verified(year, statuses):
    seller = a_seller(a_platform(), individual={"dob": {"day": 1, "month": 1, "year": year}})

    found = [shown(seller)["capabilities"]["transfers"]]
    if len(statuses) > 1:
        assert shown(seller)["requirements"]["pending_verification"] == ["individual.ssn_last_4"]
        later(seconds=0)
        assert shown(seller)["capabilities"]["transfers"] == "pending"
        later(seconds=1)
        found.append(shown(seller)["capabilities"]["transfers"])

    assert found == statuses


def test_whoever_cannot_be_found_must_upload_a_document():
    platform = a_platform()
    unknown = {
        "dob": {"day": 7, "month": 5, "year": 1980},
        "phone": "+15551234567",
        "ssn_last_4": "4321",
        "address": {"line1": "1 Main Street"},
    }
    seller = a_seller(platform, individual=unknown)
    later(seconds=3)
    due = shown(seller)["requirements"]
    assert due["past_due"] == ["external_account", "individual.verification.document"]
    assert due["errors"][0]["code"] == "verification_failed_keyed_identity"
    person = shown(seller)["individual"]
    assert person["verification"]["status"] == "unverified"
    assert person["requirements"]["currently_due"] == ["verification.document"]

    bad = {"verification": {"document": {"front": "file_identity_document_failure"}}}
    tell(platform, seller, individual=bad)
    later(seconds=3)
    assert shown(seller)["requirements"]["errors"][0]["code"] == (
        "verification_document_failed_test_mode"
    )
    good = {"verification": {"document": {"front": "file_identity_document_success"}}}
    seen = tell(platform, seller, individual=good)

    assert seen["capabilities"]["transfers"] == "active"
    assert seen["individual"]["verification"]["status"] == "verified"


def test_a_number_that_does_not_match_is_asked_for_again():
    platform = a_platform()
    seller = a_seller(platform, individual={"id_number": "111111111"})
    due = shown(seller)["requirements"]
    assert due["errors"] == [
        {
            "code": "verification_failed_id_number_match",
            "reason": "The ID number did not match the person's name.",
            "requirement": "individual.id_number",
        }
    ]

    seen = tell(platform, seller, individual={"id_number": "000000000"})

    assert seen["capabilities"]["transfers"] == "active"
    assert seen["requirements"]["errors"] == []


def test_numbers_are_encrypted_in_the_database():
    seller = a_seller(a_platform(), individual={"id_number": "987654321"})

    row = Person.objects.get(account_id=seller.account_id)

    assert "987654321" not in str(row.details)
    assert b"987654321" not in bytes(row.sealed_numbers)


def test_somebody_on_the_list_of_people_not_to_deal_with_is_stopped_until_released():
    platform = a_platform()
    seller = a_seller(platform, individual={"dob": {"day": 1, "month": 1, "year": 1900}})
    a_bank_account(seller)
    seen = shown(seller)
    assert seen["requirements"]["disabled_reason"] == "under_review"
    assert (seen["charges_enabled"], seen["payouts_enabled"]) == (False, False)

    for row in AccountBlock.objects.filter(account_id=seller.account_id):
        blocks.release(row.id, author="operator@example.com", at=now())
    verification.reevaluate(seller.account_id, livemode=False, at=now())

    assert shown(seller)["charges_enabled"] is True
    assert Event.objects.filter(account_id=seller.account_id, type="account.updated").exists()


def test_what_becomes_due_while_active_may_be_given_for_two_weeks():
    platform = a_platform()
    seller = a_seller(platform)
    a_bank_account(seller)
    active_at = now()

    verification.reevaluate_due(at=active_at + timedelta(days=31))
    due = shown(seller)["requirements"]
    assert due["currently_due"] == ["individual.id_number"]
    assert due["past_due"] == []
    assert shown(seller)["charges_enabled"] is True
    deadline = active_at + timedelta(days=31 + 14)
    assert due["current_deadline"] == int(deadline.timestamp())

    verification.reevaluate_due(at=deadline + timedelta(seconds=1))
    seen = shown(seller)
    assert seen["requirements"]["past_due"] == ["individual.id_number"]
    assert seen["requirements"]["disabled_reason"] == "requirements.past_due"
    assert seen["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    assert (seen["charges_enabled"], seen["payouts_enabled"]) == (False, False)
    row = Capability.objects.get(account_id=seller.account_id, name="transfers")
    assert row.status == "restricted"

    seen = tell(platform, seller, individual={"id_number": "000000000"}, at=deadline)
    assert (seen["charges_enabled"], seen["payouts_enabled"]) == (True, True)


def test_a_company_names_its_people_and_each_of_them_is_asked():
    platform = a_platform()
    given = sellers.details("Corner Shop")
    who = given.pop("individual")
    seller = an_account(
        platform,
        **given | {"business_type": "company"},
        company={
            "name": "Corner Shop",
            "tax_id": "000000000",
            "phone": "0000000000",
            "address": who["address"],
        },
    )
    assert "representative.first_name" in shown(seller)["requirements"]["currently_due"]
    here = {"tenant": platform, "account_id": seller.account_id, "at": now()}

    boss = people.create(
        params=who | {"relationship": {"representative": True, "title": "CEO"}}, **here
    )
    owner = people.create(params={"first_name": "Bo", "relationship": {"owner": True}}, **here)
    seen = shown(seller)
    assert f"{owner.id}.last_name" in seen["requirements"]["currently_due"]
    assert "company.owners_provided" in seen["requirements"]["currently_due"]
    with pytest.raises(InvalidRequest, match="has a representative"):
        people.create(params={"relationship": {"representative": True}}, **here)
    people.update(
        person_id=owner.id,
        **here,
        params={"last_name": "Li", "email": "bo@example.com", "dob": who["dob"]},
    )
    tell(platform, seller, company={"owners_provided": True})

    seen = shown(seller)
    assert seen["capabilities"]["transfers"] == "active"
    assert seen["company"]["tax_id_provided"] is True
    assert {p.status for p in Person.objects.filter(account_id=seller.account_id)} == {"verified"}
    people.delete(person_id=boss.id, **here)
    seen = shown(seller)
    assert "representative.first_name" in seen["requirements"]["currently_due"]
    assert seen["charges_enabled"] is True  # until the deadline


def test_a_tax_number_that_does_not_match_is_an_error():
    platform = a_platform()
    given = sellers.details("Corner Shop") | {"business_type": "government_entity"}
    who = given.pop("individual")
    seller = an_account(
        platform,
        **given,
        company={
            "name": "Corner Shop",
            "tax_id": "111111111",
            "phone": "0000000000",
            "address": who["address"],
        },
    )

    due = shown(seller)["requirements"]

    assert [one["requirement"] for one in due["errors"]] == ["company.tax_id"]


def test_what_cannot_be_is_refused_and_changes_nothing():
    platform = a_platform()
    seller = an_account(platform, business_type="individual")

    for params, param in (
        ({"dob": {"day": 31, "month": 2, "year": 1980}}, "individual[dob]"),
        ({"dob": {"day": 1, "month": 1, "year": now().year - 5}}, "individual[dob]"),
        (
            {"verification": {"document": {"front": "file_1"}}},
            "individual[verification][document][front]",
        ),
    ):
        with pytest.raises(InvalidRequest) as refused:
            tell(platform, seller, individual=params)
        assert refused.value.param == param
    with pytest.raises(InvalidRequest) as refused:
        an_account(platform, country="KP")
    assert (refused.value.code, refused.value.param) == ("country_unsupported", "country")

    assert not Person.objects.exists()


def test_nobody_but_the_operator_can_say_who_is_who_in_live_mode():
    platform = Tenant(a_platform().account_id, livemode=True)
    given = sellers.details("Ada's Shop")

    seller = an_account(platform, **given)

    assert shown(seller)["capabilities"]["transfers"] == "pending"
    assert shown(seller)["requirements"]["pending_verification"] == ["individual.ssn_last_4"]
    person = Person.objects.get(account_id=seller.account_id)
    refusal = "verification_document_not_readable"
    reviews.decide_person(person_id=person.id, refusal=refusal, at=now())
    assert shown(seller)["requirements"]["errors"][0]["code"] == refusal
    assert shown(seller)["capabilities"]["transfers"] == "inactive"
    tell(platform, seller, individual={"address": {"line1": "2 Main Street"}})
    reviews.decide_person(person_id=person.id, at=now())
    assert shown(seller)["capabilities"]["transfers"] == "active"


def test_accounts_of_other_countries_settle_in_their_own_money():
    assert shown(an_account(a_platform(), country="TH"))["default_currency"] == "thb"
