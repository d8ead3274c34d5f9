"""Opening sellers' accounts."""

import pytest

from accounts.models import Account
from connect import account_queries, resources
from connect.services import onboarding
from tests.factories import a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def test_what_a_request_leaves_open_about_the_controller_is_filled_in():
    wanted = {"fees": {"payer": "account"}, "losses": {}, "stripe_dashboard": {}}

    account = onboarding.create(tenant=a_platform(), controller=wanted, at=now())

    assert account.controller["fees"] == {"payer": "account"}
    assert account.controller["losses"] == {"payments": "application"}
    assert account.controller["stripe_dashboard"] == {"type": "none"}


def test_the_numbers_of_a_company_or_a_person_are_told_to_nobody():
    platform = a_platform()
    seller = a_seller(
        platform, company={"name": "Corner Shop", "tax_id": "000000000"},
        individual={"first_name": "Ada", "id_number": "111111111", "ssn_last_4": "1111"},
    )  # fmt: skip
    account = Account.objects.get(id=seller.account_id)

    shown = resources.account(
        account, account_queries.known([account.id], livemode=False)[account.id]
    )

    assert shown["company"] == {"name": "Corner Shop", "tax_id_provided": True}
    assert shown["individual"]["id_number_provided"] is True
    assert shown["individual"]["ssn_last_4_provided"] is True
    onboarding.update(
        tenant=platform, account_id=seller.account_id, company={"tax_id": "222222222"}, at=now()
    )
    for event in Event.objects.filter(account_id=seller.account_id):
        for number in ("111111111", "222222222", '"1111"'):
            assert number not in event.data
    assert "222222222" not in str(Account.objects.values().get(id=seller.account_id))
