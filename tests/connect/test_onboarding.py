"""Opening sellers' accounts."""

import pytest

from accounts.models import Account, Connection
from connect.onboarding import account_queries
from connect.onboarding import resources as onboarding_resources
from connect.onboarding.services import accounts, people
from core.errors import InvalidRequest
from tests.factories import a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def test_what_a_request_leaves_open_about_the_controller_is_filled_in():
    account = accounts.create(
        tenant=a_platform(), controller={"fees": {"payer": "application"}}, at=now()
    )

    assert account.type == "none"
    assert account.controller["fees"] == {"payer": "application"}
    assert account.controller["losses"] == {"payments": "stripe"}
    assert account.controller["requirement_collection"] == "stripe"
    assert account.controller["stripe_dashboard"] == {"type": "full"}


@pytest.mark.parametrize(
    ("controller", "param"),
    [
        ({"losses": {"payments": "application"}}, "controller[losses][payments]"),
        ({"requirement_collection": "application"}, "controller[requirement_collection]"),
        (
            {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "application",
                "stripe_dashboard": {"type": "express"},
            },
            "controller[requirement_collection]",
        ),
    ],
)
def test_a_controller_that_contradicts_itself_is_refused(controller, param):
    with pytest.raises(InvalidRequest) as refused:
        accounts.create(tenant=a_platform(), controller=controller, at=now())

    assert refused.value.param == param
    assert not Connection.objects.exists()


def test_only_an_individual_has_an_individual():
    platform = a_platform()
    seller = a_seller(platform)
    here = {"tenant": platform, "account_id": seller.account_id, "at": now()}

    account = accounts.update(business_type="company", **here)

    known = account_queries.load_profiles([account.id], livemode=False)[account.id]
    assert "individual" not in onboarding_resources.account(account, known)
    with pytest.raises(InvalidRequest, match="business_type is company") as refused:
        accounts.update(individual={"first_name": "Bo"}, **here)
    assert refused.value.param == "individual"
    boss = people.create(params={"relationship": {"representative": True}}, **here)
    assert (boss.is_individual, boss.relationship["representative"]) == (False, True)
    account = accounts.update(business_type="individual", **here)
    known = account_queries.load_profiles([account.id], livemode=False)[account.id]
    assert onboarding_resources.account(account, known)["individual"]["first_name"] == "Ada"


def test_whoever_represents_an_individual_is_that_individual():
    platform = a_platform()
    account = accounts.create(
        tenant=platform,
        type="custom",
        business_type="individual",
        capabilities={"transfers": {"requested": True}},
        at=now(),
    )
    here = {"tenant": platform, "account_id": account.id, "at": now()}
    payload = {"first_name": "Ada", "relationship": {"representative": True}}

    person = people.create(params=payload, **here)

    known = account_queries.load_profiles([account.id], livemode=False)[account.id]
    shown = onboarding_resources.account(account, known)
    assert shown["individual"]["id"] == person.id
    assert "individual.first_name" not in shown["requirements"]["currently_due"]
    with pytest.raises(InvalidRequest, match="has a representative"):
        people.create(params=payload, **here)


def test_days_until_a_payout_are_always_shown_as_a_number():
    platform = a_platform()
    seller = a_seller(platform)
    schedule = {"interval": "daily", "delay_days": None}

    account = accounts.update(
        tenant=platform,
        account_id=seller.account_id,
        at=now(),
        settings={"payouts": {"schedule": schedule}},
    )

    known = account_queries.load_profiles([account.id], livemode=False)[account.id]
    shown = onboarding_resources.account(account, known)["settings"]["payouts"]["schedule"]
    assert shown == {"interval": "daily", "delay_days": 2}


def test_the_numbers_of_a_company_or_a_person_are_told_to_nobody():
    platform = a_platform()
    seller = a_seller(
        platform,
        company={"name": "Corner Shop", "tax_id": "000000000"},
        individual={"first_name": "Ada", "id_number": "111111111", "ssn_last_4": "1111"},
    )
    account = Account.objects.get(id=seller.account_id)

    shown = onboarding_resources.account(
        account, account_queries.load_profiles([account.id], livemode=False)[account.id]
    )

    assert shown["company"] == {"name": "Corner Shop", "tax_id_provided": True}
    assert shown["individual"]["id_number_provided"] is True
    assert shown["individual"]["ssn_last_4_provided"] is True
    accounts.update(
        tenant=platform, account_id=seller.account_id, company={"tax_id": "222222222"}, at=now()
    )
    for event in Event.objects.filter(account_id=seller.account_id):
        for number in ("111111111", "222222222", '"1111"'):
            assert number not in event.data
    assert "222222222" not in str(Account.objects.values().get(id=seller.account_id))


def test_to_open_an_account_nothing_is_read_of_what_it_cannot_have_yet(django_assert_num_queries):
    platform = a_platform()
    a_seller(platform)

    # Of them two begin and end the savepoint that a test has in place of a transaction.
    with django_assert_num_queries(9) as asked:
        a_seller(platform)

    assert not [one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT")]
