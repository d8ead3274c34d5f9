"""The list of security alarms and the page of one: what was seen, closed and undone by hand."""

import re
from datetime import timedelta

import pytest

from accounts.models import AuditEvent, SecurityAlarm
from core.admin import page_of
from core.detection import measures
from core.detection.measures import Measures
from tests.factories import a_platform, an_operator, now

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/securityalarm/"


@pytest.fixture(autouse=True)
def no_measures():
    yield
    measures.hold(Measures())


def an_alarm(**details):
    wanted = {
        "account_id": a_platform().account_id,
        "livemode": False,
        "detector": "id_probing",
        "subject": "key:key_1",
        "count": 60,
        "threshold": 20,
        "figures": {"minutes": 5},
        "answer": "slow",
        "measure_until": now() + timedelta(hours=1),
        "created_at": now(),
        "last_at": now(),
    }
    return SecurityAlarm.objects.create(**wanted | details)


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def press(client, row, do, reason="It was our own test"):
    return client.post(page_of("accounts_securityalarm", row.id), {"do": do, "reason": reason})


def test_the_list_shows_open_alarms_and_others_when_asked(operator):
    an_alarm()
    an_alarm(subject="key:key_2", acknowledged_at=now(), acknowledged_by="a@example.com")
    an_alarm(account_id=None, livemode=None, detector="notices_refused", subject="simulator")

    listed = text_of(operator.get(LIST))
    closed = text_of(operator.get(f"{LIST}?state=acknowledged"))

    assert "Identifiers tried out" in listed
    assert "Notices with wrong signatures" in listed
    assert ("key:key_1" in listed, "key:key_2" in listed) == (True, False)
    assert ("key:key_1" in closed, "key:key_2" in closed) == (False, True)


def test_the_page_says_what_was_seen_why_and_what_was_done(operator):
    shown = text_of(operator.get(page_of("accounts_securityalarm", an_alarm().id)))

    assert "key_1 asked for 60 different objects that it does not have, within 5 minutes." in shown
    assert "What comes from there is slowed down." in shown
    assert "Told of from 20" in shown


def test_an_alarm_is_closed_and_what_was_done_undone_with_a_reason_and_in_the_trail(operator):
    row = an_alarm()

    assert "Say why" in text_of(press(operator, row, "undo", reason=""))
    assert "Choose what is to be done" in text_of(press(operator, row, ""))
    assert press(operator, row, "undo").status_code == 302
    assert "Nothing is done about it now" in text_of(press(operator, row, "undo"))
    assert press(operator, row, "acknowledge").status_code == 302
    assert "has acknowledged it already" in text_of(press(operator, row, "acknowledge"))

    row.refresh_from_db()
    assert (row.measure_until, row.acknowledged_by) == (None, "operator@example.com")
    written = AuditEvent.objects.filter(target_id=row.id).order_by("id")
    assert [(one.action, one.reason) for one in written] == [
        ("security_alarm.undone", "It was our own test"),
        ("security_alarm.acknowledged", "It was our own test"),
    ]


def test_an_auditor_looks_and_does_nothing_and_support_does_not_look(client):
    row = an_alarm()
    for email, role, sees in (("u@example.com", "auditor", 200), ("s@example.com", "support", 403)):
        client.force_login(an_operator(email, role=role))

        assert client.get(page_of("accounts_securityalarm", row.id)).status_code == sees
        assert press(client, row, "acknowledge").status_code == 403
