"""The page on which a payer answers the bank: where it leads, and what it says."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from payments.models import Charge
from tests.books import assert_books_balance
from tests.factories import a_platform
from tests.payments.challenging import again, asked_about, path_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_sends_the_payer_back_with_what_the_shop_needs():
    platform = a_platform()
    intent = asked_about(platform)

    page = Client().get(path_of(intent))
    answer = Client(enforce_csrf_checks=True).post(path_of(intent), {"code": "123 456"})

    assert page.status_code == 200
    assert "script" not in page["Content-Security-Policy"]
    assert "form-action 'self' https://shop.example" in page["Content-Security-Policy"]
    assert answer.status_code == 303
    back = urlsplit(answer["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "https://shop.example/done"
    assert parse_qs(back.query) == {
        "order": ["7"],
        "payment_intent": [intent.id],
        "payment_intent_client_secret": [intent.client_secret],
        "redirect_status": ["succeeded"],
    }
    assert again(intent).status == "succeeded"
    assert_books_balance()


def test_the_page_says_what_is_wrong_and_counts():
    platform = a_platform()
    path = path_of(asked_about(platform))
    client = Client()

    empty = client.post(path, {"code": ""})
    old = client.post(path, {"code": "000000"})
    wrong = client.post(path, {"code": "111111"})
    client.post(path, {"code": "111111"})
    last = client.post(path, {"code": "111111"})

    assert "Type the code" in empty.content.decode()
    assert "has expired" in old.content.decode()
    assert "You have 2 more tries." in wrong.content.decode()
    assert "redirect_status=failed" in last["Location"]


def test_an_address_that_was_guessed_is_nobody_s():
    platform = a_platform()
    path = path_of(asked_about(platform))

    assert Client().get(path[:-1] + ("a" if path[-1] != "a" else "b")).status_code == 404
    assert Client().post(path + "x", {"action": "approve"}).status_code == 404
    assert not Charge.objects.exists()
