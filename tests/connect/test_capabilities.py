"""What accounts may do, and in which countries there are accounts."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import a_key, a_platform, a_seller
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def ask(platform):
    headers = {"Authorization": f"Bearer {a_key(platform)}"}

    def asking(path, status=200, **params):
        form = {"data": urlencode(params), "content_type": "application/x-www-form-urlencoded"}
        send, more = (Client().post, form) if params else (Client().get, {})
        answer = send(f"/v1/{path}", headers=headers, **more)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return asking


def test_a_capability_is_taken_back_and_given_again_and_each_is_told(platform, ask):
    seller = a_seller(platform).account_id
    path = f"accounts/{seller}/capabilities/transfers"
    told = Event.objects.filter(type="capability.updated", account_id=seller)
    before = told.count()

    off = ask(path, requested="false")
    on = ask(path, requested="true")
    ask(path, requested="true")

    assert (off["status"], off["requested"], off["requested_at"]) == ("unrequested", False, None)
    assert (on["status"], on["requested"]) == ("active", True)
    assert told.count() == before + 2


def test_a_list_has_what_was_asked_for_and_any_known_word_can_be_looked_up(platform, ask):
    seller = a_seller(platform).account_id

    listed = ask(f"accounts/{seller}/capabilities")["data"]
    other = ask(f"accounts/{seller}/capabilities/ideal_payments")

    assert [one["id"] for one in listed] == ["card_payments", "transfers"]
    assert (other["status"], other["requested"]) == ("unrequested", False)


def test_an_unknown_word_is_missing_and_changes_nothing(platform, ask):
    seller = a_seller(platform).account_id

    for params in ({}, {"requested": "true"}):
        error = ask(f"accounts/{seller}/capabilities/flying", 404, **params)["error"]
        assert (error["code"], error["param"]) == ("resource_missing", "id")

    assert len(ask(f"accounts/{seller}/capabilities")["data"]) == 2


def test_countries_are_listed_page_by_page(ask):
    first = ask("country_specs?limit=2")
    second = ask(f"country_specs?limit=2&starting_after={first['data'][-1]['id']}")
    back = ask(f"country_specs?limit=2&ending_before={second['data'][0]['id']}")

    assert first["has_more"]
    assert [one["id"] for one in first["data"]] == ["AD", "AE"]
    assert [one["id"] for one in second["data"]] == ["AG", "AL"]
    assert back["data"] == first["data"]
    error = ask("country_specs?starting_after=XX", 400)["error"]
    assert error["param"] == "starting_after"


def test_a_country_says_what_its_sellers_must_tell(ask):
    spec = ask("country_specs/th")

    assert (spec["id"], spec["default_currency"]) == ("TH", "thb")
    assert "individual.id_number" in spec["verification_fields"]["individual"]["minimum"]
    assert "company.directors_provided" in spec["verification_fields"]["company"]["minimum"]
    assert ask("country_specs/xx", 404)["error"]["param"] == "id"
