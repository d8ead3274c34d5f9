"""The door for processors, and what is done with what comes in."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from payments.inbound.services import notices
from processors import inbox, signing
from processors.models import InboundNotice
from processors.simulator import notices as simulated
from tests import rails
from tests.factories import a_paid_intent, a_platform, now
from tests.tables import tables_with

pytestmark = pytest.mark.django_db


def post(path: str, body: bytes = b"{}", **more) -> int:
    return Client().post(path, body, content_type="application/json", **more).status_code


def test_only_posts_to_a_processor_that_is_there_and_of_a_sane_size_are_taken(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000

    assert Client().get("/inbound/simulator/").status_code == 405
    assert post("/inbound/nobody/") == 404
    assert post("/inbound/simulator/", b"x" * 2_000) == 413
    assert post("/inbound/simulator/") == 400
    assert not InboundNotice.objects.exists()


def test_a_notice_is_stored_word_for_word_once_and_with_or_without_a_slash():
    intent = a_paid_intent(a_platform())
    body, headers = simulated.make("charge", intent.latest_charge_id, at=now())

    assert post("/inbound/simulator/", body, headers=headers) == 200
    assert post("/inbound/simulator", body, headers=headers) == 200

    assert InboundNotice.objects.get().body.encode() == body


CARD = "4000056655665556"


def test_the_number_of_a_card_in_a_notice_is_stored_masked_and_the_rest_word_for_word():
    intent = a_paid_intent(a_platform())
    told = {"card": CARD, "number": int(CARD), "texts": [f"with {CARD[:4]} {CARD[4:]}", 5, None]}
    body, headers = simulated.make("charge", intent.latest_charge_id, at=now(), **told)
    escaped = body.replace(CARD.encode(), b"\\u0034000056655665556", 1)

    assert post("/inbound/simulator/", body, headers=headers) == 200
    assert post("/inbound/simulator/", escaped, headers=headers) == 400

    row = InboundNotice.objects.get()
    assert json.loads(row.body) == json.loads(body) | {
        "card": "************5556",
        "number": "************5556",
        "texts": ["with ************5556", 5, None],
    }
    assert tables_with(CARD) == tables_with(CARD[4:]) == []
    assert notices.apply(notice_id=row.id, at=now())


def test_a_card_number_spelled_with_escapes_is_found_and_one_for_an_id_is_refused(caplog):
    intent = a_paid_intent(a_platform())
    for number, told in enumerate(({"card": CARD}, {"id": CARD})):
        made = {"id": f"n{number}", "kind": "charge", "key": intent.latest_charge_id} | told
        body = json.dumps(made).replace(CARD, "\\u0034" + CARD[1:]).encode()
        signed = signing.sign(body, simulated._secret("simulator"), at=now())

        answer = post("/inbound/simulator/", body, headers={simulated.HEADER: signed})

        assert answer == (400 if "id" in told else 200)
    assert "************5556" in InboundNotice.objects.get().body
    assert tables_with(CARD) == tables_with(CARD[1:]) == []
    assert CARD not in caplog.text


def test_what_cannot_be_applied_is_kept_and_tried_again_at_growing_intervals():
    intent = a_paid_intent(a_platform())
    body, headers = simulated.make(
        "outside_refund", intent.latest_charge_id, at=now(), reference="x", amount=1, currency="usd"
    )
    inbox.receive(processor="simulator", body=body, headers=headers, at=now())
    at, gaps = now() + timedelta(minutes=1), []

    with rails.simulator_with(translate=rails.raising(ZeroDivisionError("division by zero"))):
        for _ in range(9):
            assert notices.sweep(at=at) == 0
            row = InboundNotice.objects.get()
            gaps.append(row.next_at - at)
            at = row.next_at
    assert gaps == sorted(gaps)
    assert gaps[-1] == timedelta(days=1)
    assert "ZeroDivisionError" in row.problem

    assert notices.sweep(at=at) == 1

    row.refresh_from_db()
    assert (row.next_at, row.problem, row.applied_at) == (None, "", at)
