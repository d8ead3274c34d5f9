"""Sellers' pages in frames of a platform's page: no cookie, but an address that lets them in."""

import html
import json
import logging
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import logs
from connect.hosted.services import links
from connect.models import AccountLink, ExternalAccount
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def seller(platform):
    return a_seller(platform)


def a_secret(platform, seller, type=links.SESSION, **more):
    return links.create(tenant=platform, account_id=seller.account_id, type=type, at=now(), **more)[
        1
    ]


def entered(secret):
    """Open a secret as a frame does, and return what its pages' addresses begin with."""
    answer = Client().get(f"/sellers/enter/{secret}?framed=1")
    assert answer.cookies == {}
    return answer["Location"].removesuffix("home?part=notification-banner")


def seen(path):
    """Look as a browser that keeps no cookies in frames."""
    answer = Client(enforce_csrf_checks=True).get(path)
    return html.unescape(answer.content.decode()) if answer.status_code == 200 else ""


def test_a_secret_lets_a_frame_in_once_and_for_an_hour(platform, seller):
    secret = a_secret(platform, seller)

    base = entered(secret)
    again = Client().get(f"/sellers/enter/{secret}?framed=1")
    page = Client().get(f"{base}home")
    AccountLink.objects.update(used_at=now() - timedelta(minutes=61))
    late = Client().get(f"{base}home")

    assert (again.status_code, page.status_code, late.status_code) == (410, 200, 401)
    assert 'data-page="gone"' in again.text
    assert 'data-page="home"' in page.text
    assert 'data-page="gone"' in late.text
    assert page["Content-Security-Policy"].startswith("script-src 'self'; default-src 'none'")
    assert page["Content-Security-Policy"].endswith("frame-ancestors *")
    assert page["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in page


def test_only_an_account_session_opens_in_a_frame(platform, seller):
    addresses = {"return_url": "https://a.example/", "refresh_url": "https://a.example/"}
    secret = a_secret(platform, seller, type=links.ONBOARDING, **addresses)

    entry = Client().get(f"/sellers/enter/{secret}?framed=1")
    home = Client(headers={"Cookie": ""}).get(f"/sellers/{seller.account_id}/test/home")
    strange = Client().get("/embedded/made-up/home")

    assert entry["Location"] == f"/sellers/{seller.account_id}/test/setup/"
    assert (home.status_code, strange.status_code) == (401, 401)


def test_each_component_shows_its_part_of_the_page(platform, seller):
    a_paid_intent(platform, transfer_destination=seller.account_id, description="Lamp")
    base = entered(a_secret(platform, seller))

    with CaptureQueriesContext(connection) as queries:
        whole = seen(f"{base}home")
    assert len(queries) <= 28
    parts = {
        part: set(re.findall(r'<h2 id="(\w+)"', seen(f"{base}home?part={part}")))
        for part in ("balances", "payouts", "payments", "disputes-list", "documents")
    }

    assert parts == {
        "balances": {"balance"},
        "payouts": {"next"},
        "payments": {"orders"},
        "disputes-list": {"orders"},
        "documents": {"statements"},
    }
    assert set.union(*parts.values()) == set(re.findall(r'<h2 id="(\w+)"', whole))
    assert "Yours" in seen(f"{base}home?part=payments")
    assert "Yours" not in seen(f"{base}home?part=disputes-list")
    assert f'href="{base}statements/' in seen(f"{base}home?part=documents")
    assert_books_balance()


def test_a_seller_gives_a_bank_account_in_a_frame_and_sees_what_is_wrong_with_it(platform, seller):
    base = entered(a_secret(platform, seller))
    frame = Client(enforce_csrf_checks=True)
    path = f"{base}setup/bank"
    form = re.search(r'name="form_of" value="([^"]+)"', frame.get(path).text)[1]
    typed = {
        "form_of": html.unescape(form),
        "account_holder_name": "Ada",
        "routing_number": "110000000",
        "account_number": "000123456789",
    }

    wrong = frame.post(path, typed | {"routing_number": "1"})
    foreign = frame.post(path, typed | {"form_of": "made-up"})
    right = frame.post(path, typed)

    assert wrong.status_code == 200
    assert "aria-invalid" in wrong.text
    assert (foreign.status_code, right.status_code) == (409, 302)
    assert right["Location"].startswith(base)
    assert ExternalAccount.objects.filter(account_id=seller.account_id).count() == 1


def test_a_frame_that_was_let_in_may_send_papers(platform, seller):
    file = SimpleUploadedFile("a.png", bytes(3_000_000))
    base = entered(a_secret(platform, seller))

    known = Client().post(f"{base}setup/document", {"front": file})
    unknown = Client().post("/embedded/made-up/setup/document", {"front": file})

    assert (known.status_code, unknown.status_code) == (409, 400)


def test_no_log_keeps_the_address_of_a_frame():
    path = "/embedded/Zq8Hf3:key_of/setup/bank"
    record = logging.LogRecord("x", 30, "x", 1, "Conflict: %s", (path,), None)

    line = json.loads(logs.formatter().format(record))["event"]

    assert "Zq8Hf3" not in line


def test_the_library_is_served_to_pages_of_any_origin_and_asks_nobody_else():
    answer = Client().get("/connect.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert re.findall(r"https?://[\w.-]+", answer.text) == []


def test_disputes_can_be_enabled_and_what_has_no_page_cannot(platform, seller):
    key = a_key(platform)

    def components(name):
        wanted = {name: {"enabled": True}}
        return ask(key, "POST", "account_sessions", account=seller.account_id, components=wanted)

    assert components("disputes_list").json()["components"]["disputes_list"]["enabled"]
    assert components("tax_settings").status_code == 400
