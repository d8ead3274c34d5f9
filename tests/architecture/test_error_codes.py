"""Every code that an error can have is explained, and the answer says where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.test import Client

from core.error_codes import CODES, page_of
from processors.simulator.accounts import ACCOUNTS
from processors.simulator.cards import CARDS
from processors.simulator.payers import EXPIRED, FAILED
from tests.architecture.source import FILES, nodes
from tests.factories import a_key, a_platform
from tests.tenancy.asking import ask

# What banks say of payouts that they send back: no request ends with these.
NO_ERRORS = {"TestPayee"}


def _words(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _words(value.body)
        yield from _words(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def _codes(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "default_code":
            yield from _words(node.value)
        elif isinstance(node, ast.Dict):
            members = {ast.unparse(k): v for k, v in zip(node.keys, node.values, strict=True) if k}
            if members.keys() >= {"'code'", "'message'"}:
                yield from _words(members["'code'"])


def _of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    if name == "_card_error":
        yield from _words(call.args[0])
    for keyword in call.keywords:
        if keyword.arg == "code" and name not in NO_ERRORS:
            yield from _words(keyword.value)


def test_every_code_in_the_code_is_explained_and_no_other():
    raised = {code for path in FILES for code in _codes(path)}
    simulated = {row.code for row in (*CARDS, *ACCOUNTS, EXPIRED, FAILED) if row.code}

    assert raised | simulated == set(CODES)
    assert all(meaning.endswith(".") for meaning in CODES.values())


@pytest.mark.django_db
def test_every_code_has_a_line_that_its_address_leads_to(client):
    page = client.get("/docs/errors/")

    text = page.content.decode()
    assert page.status_code == 200
    assert [code for code in CODES if text.count(f'id="{code}"') != 1] == []
    assert all(page_of(code).endswith(f"/docs/errors/#{code}") for code in CODES)
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_a_code_that_only_a_rail_knows_leads_to_the_page(settings):
    settings.PUBLIC_URL = "https://pay.example"

    assert page_of("some_new_word") == "https://pay.example/docs/errors/"


@pytest.mark.django_db
def test_errors_say_where_their_code_is_explained(settings):
    settings.PUBLIC_URL = "https://pay.example"
    key = a_key(a_platform())

    declined = ask(
        key,
        "POST",
        "payment_intents",
        amount=9_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_chargeDeclined",
        return_url="https://shop.example",
    ).json()["error"]
    unknown = ask(key, "GET", "customers/cus_none").json()["error"]
    no_key = orjson.loads(Client().get("/v1/balance").content)["error"]
    setup = ask(
        key,
        "POST",
        "setup_intents",
        confirm=True,
        payment_method="pm_card_chargeDeclined",
        return_url="https://shop.example",
    ).json()["error"]

    where = "https://pay.example/docs/errors/#"
    assert declined["doc_url"] == f"{where}card_declined"
    assert declined["payment_intent"]["last_payment_error"]["doc_url"] == declined["doc_url"]
    assert setup["setup_intent"]["last_setup_error"]["doc_url"] == setup["doc_url"]
    assert unknown["doc_url"] == f"{where}resource_missing"
    assert ("code" in no_key, "doc_url" in no_key) == (False, False)
