"""A page that the database does not answer in time says what to do, and is not a fault of ours."""

import html
import re
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.test import Client

from api.tasks import prune
from connect.hosted.services import links
from core.database import time_limits
from core.database.time_limits import Work
from tests.databases import address_in_use
from tests.factories import a_key, a_platform, a_seller_with, an_operator, now
from tests.pages.looking import assert_is_good
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)

CHARGES = "/admin/payments/charge/?q=ch_1"


@contextmanager
def held(table):
    """Keep everybody from a table meanwhile."""
    with psycopg.connect(address_in_use("rialto_owner")) as owner:
        owner.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def end_the_connection():
    """End the connection of this test to the database, from the other side."""
    connection.ensure_connection()
    with psycopg.connect(address_in_use("postgres")) as other:
        other.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid]
        )


@contextmanager
def without_database():
    """Keep this test from its database meanwhile."""
    end_the_connection()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        yield


@pytest.fixture
def short_of_time(settings):
    """Give pages a tenth of a second, as soon as a request of the API had its own limit."""
    ask(a_key(a_platform()), "GET", "balance")
    settings.STATEMENT_MILLISECONDS = settings.STATEMENT_MILLISECONDS | {"page": 100}


@pytest.fixture
def operator():
    client = Client()
    client.force_login(an_operator())
    return client


def words_of(answer):
    """Return what people read on a page."""
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def test_an_operators_search_that_takes_too_long_says_to_look_for_less(operator, short_of_time):
    with held("payments_charge"):
        ended = operator.get(CHARGES)
        sent = operator.post(CHARGES, {"action": "x"})

    assert (ended.status_code, ended["Retry-After"], ended["Cache-Control"]) == (
        503,
        "10",
        "no-store",
    )
    assert "Try again in a moment" in words_of(ended)
    assert "a whole id" in words_of(ended)
    assert f'href="{CHARGES}"' in ended.content.decode()
    assert sent.status_code == 503
    assert "Look first whether it was done" in words_of(sent)
    assert "href" not in sent.content.decode().partition("<body>")[2]
    assert operator.get(CHARGES).status_code == 200


def test_the_page_is_good_on_a_phone(phone, operator, short_of_time):
    with held("payments_charge"):
        ended = operator.get(CHARGES)

    phone.set_content(ended.content.decode())

    assert_is_good(phone)
    assert phone.get_by_role("link", name="Try again").is_visible()


def test_a_sellers_page_that_takes_too_long_says_so_in_its_language(short_of_time):
    platform = a_platform()
    seller = a_seller_with(platform, 50_00)
    _, token = links.create(
        tenant=platform, account_id=seller.account_id, type=links.LOGIN, at=now()
    )
    visitor = Client(headers={"Accept-Language": "th"})
    home = visitor.get(f"/sellers/enter/{token}")["Location"]
    time_limits.begin(Work.READ)

    with held("connect_accountlink"):
        ended = visitor.get(home)

    assert (ended.status_code, ended["Retry-After"]) == (503, "10")
    assert "โปรดลองอีกครั้งในอีกสักครู่" in words_of(ended)
    assert '<html lang="th">' in ended.content.decode()
    assert visitor.get(home).status_code == 200


def test_a_page_whose_rows_somebody_else_holds_says_to_try_again(operator):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with held("payments_charge"):
        refused = operator.get(CHARGES)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")

    assert (refused.status_code, refused["Retry-After"]) == (409, "10")
    assert "Somebody else is changing this" in words_of(refused)


@pytest.mark.parametrize("path", [CHARGES, "/admin/", "/login/?next=/x", "/oauth/shared"])
def test_a_page_without_a_database_says_to_try_again_in_a_minute(operator, path):
    with without_database():
        away = operator.get(path)

    assert (away.status_code, away["Retry-After"]) == (503, "10")
    assert "Try again in a minute" in words_of(away)
    assert operator.get(path).status_code < 400


def test_a_connection_that_ended_while_nobody_asked_is_replaced_and_nobody_hears_of_it(operator):
    key = a_key(a_platform())
    ask(key, "GET", "balance")

    end_the_connection()
    asked = ask(key, "GET", "balance")
    end_the_connection()
    looked = operator.get(CHARGES)
    end_the_connection()
    prune.apply(throw=True)

    assert (asked.status_code, looked.status_code) == (200, 200)


def test_a_session_that_cannot_be_kept_is_told_of_in_the_same_way(operator, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    with without_database():
        away = operator.get("/docs/errors/")

    assert (away.status_code, away["Retry-After"]) == (503, "10")
