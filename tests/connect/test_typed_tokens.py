"""What a page made tokens of reaches an account without passing the platform's server."""

import pytest
from django.test import Client

from accounts.models import KeyKind
from connect.models import ExternalAccount, Person, SealedToken
from tests.factories import a_key, a_platform, a_seller
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

BANK = {
    "country": "US", "currency": "usd", "account_holder_name": "Ada Shop",
    "account_holder_type": "individual", "routing_number": "110000000",
    "account_number": "000123456789",
}  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


@pytest.fixture
def page(platform):
    return a_key(platform, kind=KeyKind.PUBLISHABLE)


def a_token(key, **params):
    headers = {"Authorization": f"Bearer {key}"}
    return Client().post("/v1/tokens", params, "application/json", headers=headers)


def test_an_account_is_opened_with_what_a_page_sent(key, page):
    params = {
        "business_type": "individual",
        "tos_shown_and_accepted": True,
        "individual": {"first_name": "Ada", "last_name": "Shop", "id_number": "000000000"},
    }
    token = a_token(page, account=params).json()

    opened = ask(
        key, "POST", "accounts", type="custom", country="US", account_token=token["id"]
    ).json()

    assert (token["object"], token["type"], token["used"]) == ("token", "account", False)
    assert token["id"].startswith("ct_")
    assert opened["individual"]["first_name"] == "Ada"
    assert opened["individual"]["id_number_provided"]
    assert opened["tos_acceptance"]["date"] == token["created"]
    assert opened["tos_acceptance"]["ip"] == "127.0.0.1"
    assert ask(key, "GET", f"tokens/{token['id']}").json()["used"]
    again = ask(key, "POST", "accounts", type="custom", account_token=token["id"])
    assert again.json()["error"]["code"] == "token_already_used"


def test_what_a_token_holds_is_not_given_besides(key, page):
    token = a_token(page, account={"business_type": "company"}).json()["id"]

    answer = ask(
        key, "POST", "accounts", type="custom", account_token=token, business_type="individual"
    )

    assert answer.json()["error"]["code"] == "parameters_exclusive"
    assert not ask(key, "GET", f"tokens/{token}").json()["used"]


def test_a_person_is_added_and_changed_by_tokens(platform, key, page):
    path = f"accounts/{a_seller(platform).account_id}"
    ask(key, "POST", path, business_type="company")
    first, second = (
        a_token(page, person={"first_name": name, "last_name": "Rosen"}).json()["id"]
        for name in ("Jenny", "Jane")
    )

    made = ask(key, "POST", f"{path}/persons", person_token=first).json()
    changed = ask(key, "POST", f"{path}/persons/{made['id']}", person_token=second).json()

    assert first.startswith("cpt_")
    assert (made["first_name"], changed["first_name"]) == ("Jenny", "Jane")


def test_a_number_of_a_person_is_named_by_its_token(platform, key, page):
    path = f"accounts/{a_seller(platform).account_id}"
    ask(key, "POST", path, business_type="company")
    token = a_token(page, pii={"id_number": "000000000"}).json()

    made = ask(key, "POST", f"{path}/persons", first_name="Jenny", id_number=token["id"]).json()

    assert token["type"] == "pii"
    assert made["id_number_provided"]
    assert "000000000" not in str(Person.objects.get(id=made["id"]).details)


def test_a_bank_account_is_paid_out_to_by_its_token(platform, key, page):
    seller = a_seller(platform).account_id
    token = a_token(page, bank_account=BANK).json()

    made = ask(
        key, "POST", f"accounts/{seller}/external_accounts", external_account=token["id"]
    ).json()

    assert (token["type"], token["bank_account"]["last4"]) == ("bank_account", "6789")
    assert token["bank_account"]["object"] == "bank_account"
    assert (made["last4"], made["account_holder_name"]) == ("6789", "Ada Shop")
    assert ExternalAccount.objects.get(id=made["id"]).account_id == seller
    again = ask(key, "POST", f"accounts/{seller}/external_accounts", external_account=token["id"])
    assert again.json()["error"]["code"] == "token_already_used"


def test_another_platforms_tokens_are_missing(platform, key):
    other = a_key(a_platform())
    seller = a_seller(platform).account_id
    bank = a_token(other, bank_account=BANK).json()["id"]
    account = a_token(other, account={"business_type": "company"}).json()["id"]

    for answer in (
        ask(key, "POST", f"accounts/{seller}/external_accounts", external_account=bank),
        ask(key, "POST", f"accounts/{seller}", account_token=account),
        ask(key, "POST", f"accounts/{seller}", account_token="ct_nobodys"),
    ):
        assert answer.json()["error"]["code"] == "resource_missing"
    assert not SealedToken.objects.exclude(used_at=None).exists()
    assert ask(key, "GET", f"tokens/{bank}").status_code == 404


def test_what_a_page_sent_is_nowhere_in_clear(page):
    a_token(page, bank_account=BANK)

    assert b"000123456789" not in bytes(SealedToken.objects.get().sealed)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"bank_account": {**BANK, "routing_number": "1"}}, "external_account[routing_number]"),
        ({"account": {"business_typ": "company"}}, "account[business_typ]"),
        ({"pii": {}}, "pii[id_number]"),
        ({"pii": {"id_number": "1"}, "account": {}}, "pii"),
        ({}, "card"),
    ],
)
def test_a_token_of_what_cannot_be_right_is_not_made(page, params, param):
    answer = a_token(page, **params)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not SealedToken.objects.exists()
