"""A card's number that comes through a wrong door is kept nowhere."""

import json
import logging
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from api import request_log
from api.models import RequestLog
from config.logs import formatter
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "4000 0566-5566 5556"
PLAIN = "4000056655665556"


@pytest.fixture(autouse=True)
def _room(settings):
    settings.ROOT_URLCONF = "config.urls"


PAYMENT = {"amount": "2000", "currency": "usd"}

DOORS = {
    "a description": ("/v1/payment_intents", PAYMENT | {"description": CARD}),
    "metadata": ("/v1/payment_intents", PAYMENT | {"metadata[card]": PLAIN}),
    "the name of metadata": ("/v1/payment_intents", PAYMENT | {f"metadata[{PLAIN}]": "x"}),
    "an address": (
        "/v1/payment_intents",
        PAYMENT | {"shipping[name]": "Ada", "shipping[address][line1]": CARD},
    ),
    "a group": ("/v1/payment_intents", PAYMENT | {"transfer_group": PLAIN}),
    "a customer's name": ("/v1/customers", {"name": f"Ada {CARD}"}),
    "a customer's phone": ("/v1/customers", {"phone": PLAIN}),
    "a card's holder": (
        "/v1/payment_methods",
        {"type": "card", "card[token]": "tok_visa", "billing_details[name]": CARD},
    ),
    "an endpoint": ("/v1/webhook_endpoints", {"url": f"https://shop.example/{PLAIN}",
                                              "enabled_events[]": "*"}),
}  # fmt: skip


def send(path, params, key, **headers):
    return Client().post(
        path,
        urlencode(params),
        "application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {key}", **headers},
    )


def dump():
    """Return all that the database holds, as text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'public."{table}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.parametrize("door", DOORS)
def test_it_is_refused_and_the_refusal_does_not_repeat_it(settings, door):
    settings.REQUEST_LOG_ENABLED = True
    path, params = DOORS[door]

    answer = send(path, params, a_key(a_platform()), **{"Idempotency-Key": "once"})
    request_log.flush()

    error = json.loads(answer.content)["error"]
    assert answer.status_code == 400, answer.content
    assert "looks like the number of a card" in error["message"]
    assert PLAIN not in answer.content.decode()
    assert CARD not in answer.content.decode()
    kept = dump()
    assert PLAIN not in kept
    assert CARD not in kept


def test_it_is_refused_as_a_key_of_idempotency(settings):
    settings.REQUEST_LOG_ENABLED = True

    answer = send(
        "/v1/customers", {"name": "Ada"}, a_key(a_platform()), **{"Idempotency-Key": PLAIN}
    )
    request_log.flush()

    assert answer.status_code == 400
    assert PLAIN not in dump()


def test_it_is_not_in_the_request_log_when_it_was_in_the_path(settings):
    settings.REQUEST_LOG_ENABLED = True

    Client().get(
        f"/v1/customers/{PLAIN}", headers={"Authorization": f"Bearer {a_key(a_platform())}"}
    )
    request_log.flush()

    paths = set(RequestLog.objects.values_list("path", flat=True))
    assert "/v1/customers/************5556" in paths
    assert not any(PLAIN in path for path in paths)


def test_a_form_of_a_page_is_refused(admin_client):
    answer = admin_client.post("/login/", {"username": f"ada {CARD}", "password": "x"})

    assert answer.status_code == 400
    assert PLAIN not in answer.content.decode()


def test_a_card_goes_where_cards_belong():
    params = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "2031",
        "card[cvc]": "123",
    }

    assert send("/v1/payment_methods", params, a_key(a_platform())).status_code == 200


def test_an_operator_may_switch_it_off(settings):
    settings.CARD_NUMBERS_REFUSED = False

    answer = send("/v1/customers", {"metadata[order]": PLAIN}, a_key(a_platform()))

    assert answer.status_code == 200


@pytest.fixture
def log():
    """A logger, and what it has written as the application does."""
    output = StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter())
    logger = logging.getLogger("tests.card_data")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, output
    logger.removeHandler(handler)


def test_no_line_of_a_log_holds_it(log):
    logger, output = log
    logger.warning("Not found: /v1/customers/%s", PLAIN)
    logger.warning("%s", {"pan": int(PLAIN), "also": [CARD]}, extra={"more": CARD})
    try:
        raise ValueError(f"invalid input: {CARD}")
    except ValueError:
        logger.exception("It failed with %s", CARD)

    lines = output.getvalue().splitlines()
    assert len(lines) == 3
    assert all(json.loads(line) for line in lines)
    assert PLAIN not in output.getvalue()
    assert CARD not in output.getvalue()
    assert "************5556" in output.getvalue()


def test_a_logged_failure_looks_at_no_variable(log):
    logger, output = log
    looked_at = []

    class Secret:
        def __repr__(self):
            looked_at.append(self)
            return PLAIN

    def fail(secret):
        raise ValueError("It failed.")

    try:
        fail(Secret())
    except ValueError:
        logger.exception("It failed")

    (line,) = map(json.loads, output.getvalue().splitlines())
    *places, words = line["exception"].splitlines()
    assert places[-1].endswith("in fail")
    assert words == "ValueError: It failed."
    assert looked_at == []
