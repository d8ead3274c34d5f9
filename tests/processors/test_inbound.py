"""The door for processors, and what is done with what comes in."""

from datetime import timedelta

import pytest
from django.test import Client

from payments.services import notices, outside_refunds
from processors.models import InboundNotice
from processors.services import inbox
from processors.simulator import notices as simulated
from tests.factories import a_paid_intent, a_platform, now

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


def test_what_cannot_be_applied_is_kept_and_tried_again_at_growing_intervals(monkeypatch):
    intent = a_paid_intent(a_platform())
    body, headers = simulated.make(
        "outside_refund", intent.latest_charge_id, at=now(), reference="x", amount=1,
        currency="usd",
    )  # fmt: skip
    inbox.receive(processor="simulator", body=body, headers=headers, at=now())
    at, gaps = now() + timedelta(minutes=1), []

    with monkeypatch.context() as patch:
        patch.setattr(outside_refunds, "record", lambda **_: 1 / 0)
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
