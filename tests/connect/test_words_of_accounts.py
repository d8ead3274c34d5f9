"""What typed clients say of an account and its people is kept and shown."""

import pytest

from connect.states import REJECTIONS
from tests.factories import a_key, a_platform, a_seller
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

PLACE = {"city": "Osaka", "country": "JP", "line1": "1", "line2": None, "postal_code": "1",
         "state": None}  # fmt: skip


def test_the_places_of_a_company_are_shown():
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform)
    company = {
        "administrative_address": PLACE,
        "physical_address": {"city": "Osaka"},
        "principal_place_of_business": PLACE,
        "representative_declaration": {"date": 1_700_000_000, "ip": "203.0.113.7"},
    }
    profile = {"specified_commercial_transactions_act_url": "https://shop.example/law"}

    answer = ask(
        key,
        "POST",
        f"accounts/{seller.account_id}",
        business_type="company",
        company=company,
        business_profile=profile,
    )

    shown = answer.json()
    assert answer.status_code == 200, shown
    assert shown["company"]["administrative_address"] == PLACE
    assert shown["company"]["physical_address"] == {**dict.fromkeys(PLACE), "city": "Osaka"}
    assert shown["company"]["representative_declaration"]["date"] == 1_700_000_000
    assert shown["business_profile"] | profile == shown["business_profile"]


@pytest.mark.parametrize("reason", REJECTIONS)
def test_an_account_is_rejected_for_each_reason_of_the_wire(reason):
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform)

    answer = ask(key, "POST", f"accounts/{seller.account_id}/reject", reason=reason).json()

    assert not answer["charges_enabled"]
    assert not answer["payouts_enabled"]
    assert answer["requirements"]["disabled_reason"] == REJECTIONS[reason]


def test_a_rejected_account_is_not_paid_out():
    platform = a_platform()
    key, path = a_key(platform), f"accounts/{a_seller(platform).account_id}"

    kept = ask(key, "POST", f"{path}/reject", reason="other", payouts_action="none")
    charges = ask(key, "GET", path).json()["charges_enabled"]
    stopped = ask(key, "POST", f"{path}/reject", reason="other", payouts_action="pause").json()

    assert (kept.status_code, kept.json()["error"]["code"]) == (400, "feature_not_supported")
    assert charges
    assert (stopped["charges_enabled"], stopped["payouts_enabled"]) == (False, False)


def test_terms_that_a_person_accepted_are_shown():
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform)
    ask(key, "POST", f"accounts/{seller.account_id}", business_type="company")
    params = {"account": {"date": 1_700_000_000, "ip": "203.0.113.7"}}

    person = ask(
        key,
        "POST",
        f"accounts/{seller.account_id}/persons",
        first_name="Ada",
        additional_tos_acceptances=params,
    ).json()

    assert person["additional_tos_acceptances"] == {
        "account": {"date": 1_700_000_000, "ip": "203.0.113.7", "user_agent": None}
    }
