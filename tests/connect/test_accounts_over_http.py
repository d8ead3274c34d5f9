"""Accounts, people and bank accounts as a marketplace's developer meets them."""

import json

import pytest
from django.test import Client

from tests.factories import a_bank_account, a_key, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

CARD = {"object": "card", "number": "4000056655665556", "exp_month": 12, "exp_year": 2060}
IBAN = {
    "object": "bank_account", "country": "DE", "currency": "eur",
    "account_number": "DE89370400440532013000",
}  # fmt: skip
BANK = {
    "object": "bank_account", "country": "US", "currency": "usd",
    "routing_number": "110000000", "account_number": "000123456789",
}  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def ask(platform):
    headers = {"Authorization": f"Bearer {a_key(platform)}"}

    def asking(path, said=None, status=200, **query):
        more = {"data": said, "content_type": "application/json"} if said is not None else {}
        send = Client().get if said is None else Client().post
        answer = send(f"/v1/{path}", headers=headers, query_params=query, **more)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return asking


@pytest.fixture
def paid_to(platform, ask):
    path = f"accounts/{a_seller(platform).account_id}/external_accounts"

    def adding(said, status=200):
        return ask(path, {"external_account": said}, status)

    adding.path = path
    return adding


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"exp_year": now().year - 1}, "invalid_expiry_year", "external_account[exp_year]"),
        ({"exp_year": None}, "parameter_invalid_empty", "external_account[exp_year]"),
        ({"number": "4242424242424242"}, "invalid_card_type", "external_account[number]"),
    ],
)
def test_money_is_sent_to_no_card_that_has_expired_or_lends(paid_to, change, code, param):
    error = paid_to(CARD | change, 400)["error"]

    assert (error["code"], error["param"]) == (code, param)


@pytest.mark.parametrize("name", ["number", "exp_month", "exp_year"])
def test_a_card_needs_a_number_and_a_last_month(paid_to, name):
    error = paid_to({key: CARD[key] for key in CARD if key != name}, 400)["error"]

    assert (error["code"], error["param"]) == ("parameter_missing", f"external_account[{name}]")


def test_a_card_cannot_be_made_to_have_expired(paid_to, ask):
    card = paid_to(CARD)

    error = ask(f"{paid_to.path}/{card['id']}", {"exp_year": now().year - 1}, 400)["error"]

    assert (error["code"], error["param"]) == ("invalid_expiry_year", "exp_year")
    assert ask(f"{paid_to.path}/{card['id']}")["exp_year"] == 2060


def test_a_bic_of_another_country_than_the_iban_is_refused(paid_to):
    error = paid_to(IBAN | {"routing_number": "BNPAFRPP"}, 400)["error"]
    same = paid_to(IBAN | {"routing_number": "COBADEFFXXX"})
    channel = paid_to(
        IBAN | {"country": "GB", "account_number": "GB82WEST12345698765432",
                "routing_number": "MIDLJESH"}
    )  # fmt: skip

    assert (error["code"], error["param"]) == (
        "routing_number_invalid", "external_account[routing_number]",
    )  # fmt: skip
    assert same["routing_number"] == "COBADEFFXXX"
    assert channel["routing_number"] == "MIDLJESH"


@pytest.mark.parametrize("routing", ["110000001", "000000000", "11000000"])
def test_a_routing_number_that_no_bank_can_have_is_refused(paid_to, routing):
    assert paid_to(BANK | {"routing_number": routing}, 400)["error"]["code"] == (
        "routing_number_invalid"
    )


@pytest.mark.parametrize("country", ["ZZ", "QX", "1A"])
def test_a_country_that_does_not_exist_has_no_bank(paid_to, country):
    error = paid_to(BANK | {"country": country}, 400)["error"]

    assert (error["code"], error["param"]) == ("country_code_invalid", "external_account[country]")
    for real in ("VN", "XK"):
        assert paid_to(BANK | {"country": real})["country"] == real


def test_what_is_said_inside_a_bank_account_is_kept(paid_to):
    assert paid_to(BANK | {"metadata": {"order": "7"}})["metadata"] == {"order": "7"}


def test_the_person_of_another_account_is_not_there(platform, ask):
    one, other = a_seller(platform).account_id, a_seller(platform).account_id
    person = ask(f"accounts/{one}/persons", {"first_name": "Bo"})

    for said in (None, {"first_name": "Eve"}):
        error = ask(f"accounts/{other}/persons/{person['id']}", said, 404)["error"]
        assert error["code"] == "resource_missing"


def test_the_bank_account_of_another_account_is_not_there(platform, ask):
    one, other = a_seller(platform), a_seller(platform)
    bank = a_bank_account(one)

    for said in (None, {"metadata": {"a": "b"}}):
        ask(f"accounts/{other.account_id}/external_accounts/{bank.id}", said, 404)


def test_people_are_listed_by_what_they_are_and_by_what_they_are_not(platform, ask):
    path = f"accounts/{a_seller(platform).account_id}/persons"
    (ada,) = ask(path)["data"]
    bo = ask(path, {"first_name": "Bo"})
    li = ask(path, {"first_name": "Li", "relationship": {"owner": True}})

    def found(role, is_so):
        query = {f"relationship[{role}]": is_so}
        return {row["id"] for row in ask(path, **query)["data"]}

    assert found("owner", "true") == {li["id"]}
    assert found("owner", "false") == {ada["id"], bo["id"]}
    assert found("representative", "true") == {ada["id"]}


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"email": "nobody"}, "email"),
        ({"business_profile": {"mcc": "pots"}}, "business_profile[mcc]"),
        ({"business_profile": {"url": "not yet"}}, "business_profile[url]"),
        ({"business_profile": {"support_email": "x"}}, "business_profile[support_email]"),
        ({"individual": {"email": "ada@"}}, "individual[email]"),
        ({"individual": {"ssn_last_4": "abcd"}}, "individual[ssn_last_4]"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_as_one(platform, ask, said, param):
    error = ask(f"accounts/{a_seller(platform).account_id}", said, 400)["error"]

    assert error["param"] == param


@pytest.mark.parametrize("days", ["minimum", 4])
def test_the_days_until_a_payout_may_be_left_to_us(platform, ask, days):
    said = {"settings": {"payouts": {"schedule": {"delay_days": days}}}}

    shown = ask(f"accounts/{a_seller(platform).account_id}", said)

    assert shown["settings"]["payouts"]["schedule"]["delay_days"] == (2 if days != 4 else 4)
