"""Wherever the API takes an email address, it takes one: no list, no name beside it."""

import json
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from api.views import ApiView
from api.wire.email import Email
from api.wire.params import Either, Many, Table
from core.security.email_addresses import is_one_address
from payments.charges.services import receipts
from payments.models import Charge
from tests.factories import a_key, a_paid_intent, a_platform, now

GOOD = ["ada@example.com", "a.b+tag@mail.example.co.uk", "ada_l'o@example.com", "สมชาย@example.com"]
BAD = [
    "a@x.example, b@y.example", "a@x.example,b@y.example", "a@x.example; b@y.example",
    "a@x.example b@y.example", "Ada <ada@example.com>", "<ada@example.com>", "ada@example.com\n",
    "ada@example.com\r\nBcc: eve@example.com", '"a, b"@example.com', "ada@example.com (Ada)",
    "group: a@x.example;", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com",
    "a@b@example.com", "ada@exa mple.com", "ada@example.com,", "ada@-example.com",
    "ada@[127.0.0.1]", "ada@example..com", "a" * 65 + "@example.com", "\uff0cada@example.com",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_taken(text):
    assert is_one_address(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_one_address_is_not_taken(text):
    assert not is_one_address(text)


@given(st.text(st.sampled_from("a@.,;<> \"\n()'-+:")))
def test_what_is_taken_has_one_sign_and_nothing_that_parts_addresses(text):
    if is_one_address(text):
        assert text.count("@") == 1
        assert not set(text) & set(',;<> "\n():')


def declared(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from declared(pattern.url_patterns)
        elif issubclass(view := getattr(pattern.callback, "view_class", object), ApiView):
            for method, params in view.params.items():
                if method != "GET":
                    yield from fields_of(f"{method} {pattern.pattern}", params.fields)


def fields_of(path, fields):
    for name, param in fields.items():
        yield f"{path} {name}", name, param
        inner = param.parts if isinstance(param, Either) else param
        inner = inner.item if isinstance(inner, Many) else inner
        if isinstance(inner, Table):
            yield from fields_of(f"{path} {name}", inner.fields)


def test_every_parameter_that_is_an_address_is_declared_as_one():
    found = {
        path: param
        for path, name, param in declared(get_resolver("config.urls").url_patterns)
        if name.endswith("email")
    }

    assert len(found) > 15
    assert {path for path, param in found.items() if not isinstance(param, Email)} == set()


@pytest.mark.django_db(transaction=True)
def test_a_list_of_addresses_is_refused_and_nobody_is_written_to():
    headers = {"Authorization": f"Bearer {a_key(a_platform())}"}
    fields = {
        "amount": "2000",
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "receipt_email": "a@x.example, b@y.example",
    }

    form = "application/x-www-form-urlencoded"
    answer = Client().post("/v1/payment_intents", urlencode(fields), form, headers=headers)

    error = json.loads(answer.content)["error"]
    assert (answer.status_code, error["code"], error["param"]) == (
        400,
        "email_invalid",
        "receipt_email",
    )
    assert not Charge.objects.exists()


@pytest.mark.django_db
def test_a_list_that_was_kept_before_has_no_letter():
    a_paid_intent(a_platform(), receipt_email="a@x.example, b@y.example")

    receipts.send_due(at=now())

    assert mail.outbox == []
