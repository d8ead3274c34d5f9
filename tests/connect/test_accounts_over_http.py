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

    def asking(path, params=None, status=200, **query):
        more = {"data": params, "content_type": "application/json"} if params is not None else {}
        send = Client().get if params is None else Client().post
        answer = send(f"/v1/{path}", headers=headers, query_params=query, **more)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return asking


@pytest.fixture
def paid_to(platform, ask):
    path = f"accounts/{a_seller(platform).account_id}/external_accounts"

    def adding(params, status=200):
        return ask(path, {"external_account": params}, status)

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
        IBAN
        | {
            "country": "GB",
            "account_number": "GB82WEST12345698765432",
            "routing_number": "MIDLJESH",
        }
    )

    assert (error["code"], error["param"]) == (
        "routing_number_invalid",
        "external_account[routing_number]",
    )
    assert same["routing_number"] == "COBADEFFXXX"
    assert channel["routing_number"] == "MIDLJESH"


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("DE", "DE89370400440532013000"),
        ("SM", "SM86U0322509800000000270100"),
        ("VA", "VA59001123000012345678"),
        ("AL", "AL47212110090000000235698741"),
        ("MK", "MK07250120000058984"),
        ("GI", "GI75NWBK000000007099453"),
        ("FO", "FO6264600001631634"),
        ("GL", "GL8964710001000206"),
        ("KW", "KW81CBKU0000000000001234560101"),
        ("QA", "QA58DOHB00001234567890ABCDEFG"),
        ("EG", "EG380019000500000000263180002"),
        ("XK", "XK051212012345678906"),
        ("TN", "TN5910006035183598478831"),
        ("MC", "MC5811222000010123456789030"),
        ("RE", "FR7630006000011234567890189"),
        ("MQ", "FR7630006000011234567890189"),
        ("NC", "FR7630006000011234567890189"),
        ("AX", "FI2112345600000785"),
        ("GG", "GB29NWBK60161331926819"),
        ("MA", "MA64011519000001205000534921"),
    ],
)
def test_an_iban_is_checked_wherever_accounts_have_one(paid_to, country, number):
    params = IBAN | {"country": country}
    taken = paid_to(params | {"account_number": number})
    digits = f"{(int(number[2:4]) + 1) % 97:02}"
    wrong = [number[:2] + digits + number[4:], number[:-1]]

    assert (taken["country"], taken["last4"]) == (country, number[-4:])
    for one in wrong:
        error = paid_to(params | {"account_number": one}, 400)["error"]
        assert (error["code"], error["param"]) == (
            "account_number_invalid",
            "external_account[account_number]",
        )


@pytest.mark.parametrize("country", ["SM", "GI", "KW", "RE", "AX", "XK"])
@pytest.mark.parametrize("number", ["HELLO", "000123456789", "DE89370400440532013000"])
def test_what_is_no_iban_of_a_country_with_ibans_is_refused(paid_to, country, number):
    error = paid_to(IBAN | {"country": country, "account_number": number}, 400)["error"]

    assert error["code"] == "account_number_invalid"


def test_where_ibans_are_in_no_registry_another_number_is_taken_too(paid_to):
    params = IBAN | {"country": "MA", "account_number": "011519000001205000534921"}

    assert paid_to(params)["last4"] == "4921"


def test_a_sort_code_names_an_account_on_the_channel_islands(paid_to):
    params = IBAN | {"country": "JE", "account_number": "31926819"}

    assert paid_to(params, 400)["error"]["code"] == "parameter_missing"
    assert paid_to(params | {"routing_number": "60-16-13"})["last4"] == "6819"


@pytest.mark.parametrize("routing", ["110000001", "000000000", "11000000"])
def test_a_routing_number_that_no_bank_can_have_is_refused(paid_to, routing):
    assert paid_to(BANK | {"routing_number": routing}, 400)["error"]["code"] == (
        "routing_number_invalid"
    )


@pytest.mark.parametrize("country", ["ZZ", "QX", "1A"])
def test_a_country_that_does_not_exist_has_no_bank(paid_to, country):
    error = paid_to(BANK | {"country": country}, 400)["error"]

    assert (error["code"], error["param"]) == ("country_code_invalid", "external_account[country]")
    kosovo = IBAN | {"country": "XK", "account_number": "XK051212012345678906"}
    for params in (BANK | {"country": "FJ"}, kosovo):
        assert paid_to(params)["country"] == params["country"]


def test_what_a_bank_account_has_inside_is_kept(paid_to):
    assert paid_to(BANK | {"metadata": {"order": "7"}})["metadata"] == {"order": "7"}


def test_the_person_of_another_account_is_not_there(platform, ask):
    one, other = a_seller(platform).account_id, a_seller(platform).account_id
    person = ask(f"accounts/{one}/persons", {"first_name": "Bo"})

    for params in (None, {"first_name": "Eve"}):
        error = ask(f"accounts/{other}/persons/{person['id']}", params, 404)["error"]
        assert error["code"] == "resource_missing"


def test_the_bank_account_of_another_account_is_not_there(platform, ask):
    one, other = a_seller(platform), a_seller(platform)
    bank = a_bank_account(one)

    for params in (None, {"metadata": {"a": "b"}}):
        ask(f"accounts/{other.account_id}/external_accounts/{bank.id}", params, 404)


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
    ("params", "param"),
    [
        ({"email": "nobody"}, "email"),
        ({"business_profile": {"mcc": "pots"}}, "business_profile[mcc]"),
        ({"business_profile": {"url": "not yet"}}, "business_profile[url]"),
        ({"business_profile": {"support_email": "x"}}, "business_profile[support_email]"),
        ({"individual": {"email": "ada@"}}, "individual[email]"),
        ({"individual": {"ssn_last_4": "abcd"}}, "individual[ssn_last_4]"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_as_one(platform, ask, params, param):
    error = ask(f"accounts/{a_seller(platform).account_id}", params, 400)["error"]

    assert error["param"] == param


@pytest.mark.parametrize("days", ["minimum", 4])
def test_the_days_until_a_payout_may_be_left_to_us(platform, ask, days):
    params = {"settings": {"payouts": {"schedule": {"delay_days": days}}}}

    shown = ask(f"accounts/{a_seller(platform).account_id}", params)

    assert shown["settings"]["payouts"]["schedule"]["delay_days"] == (2 if days != 4 else 4)
