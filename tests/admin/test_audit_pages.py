"""The operators' page of the audit trail."""

import csv
from io import StringIO

import pytest
from django.contrib.admin.utils import quote
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit import trail
from accounts.models import Account, AuditEvent
from core.ids import new_id
from core.security import actor
from core.security.actor import Actor, ActorKind
from tests.factories import a_platform, an_operator

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_auditevent_changelist"


def acts(count=1, *, email="ann@example.com", reason=""):
    account = Account.objects.get(id=a_platform().account_id)
    who = Actor(
        ActorKind.OPERATOR,
        id=f"user_{email}",
        email=email,
        reason=reason,
        request_id=new_id("req"),
    )
    with actor.acting(lambda: who), transaction.atomic():
        for _ in range(count):
            row = trail.record("platform.opened", account, changes={"name": ("A", "B")})
    return row


@pytest.mark.parametrize("column", ["actor_email", "actor_id", "target_id", "request_id"])
def test_events_are_found_by_whole_values(operator, column):
    wanted, other = acts(), acts(email="bob@example.com")

    page = operator.get(reverse(LIST), {"q": getattr(wanted, column)}).content.decode()

    assert quote(wanted.id) in page
    assert quote(other.id) not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("API key: created", "OAuth consent: given")), ("th", ("คีย์ API: ",))],
)
def test_actions_are_spelled_as_people_write_them(operator, language, words):
    operator.post("/admin/language/", {"language": language})

    page = operator.get(reverse(LIST)).content.decode()

    for word in words:
        assert word in page


def test_events_are_filtered_by_action_and_day(operator):
    wanted = acts()
    with transaction.atomic():
        other = trail.record("platform.closed", target=("account", "acct_1"))

    page = operator.get(reverse(LIST), {"action": "platform.opened", "days": "1"})

    assert quote(wanted.id) in page.content.decode()
    assert quote(other.id) not in page.content.decode()
    assert operator.get(reverse(LIST), {"days": "9999999"}).status_code in (200, 302)


def test_an_event_says_all_that_is_known(operator):
    row = acts(reason="They asked <b>twice</b>.")

    page = operator.get(reverse("admin:accounts_auditevent_change", args=[quote(row.id)]))

    shown = page.content.decode()
    for words in ("Platform: opened", "ann@example.com", "name: A → B", "none was shown"):
        assert words in shown
    assert "They asked &lt;b&gt;twice&lt;/b&gt;." in shown


def test_nobody_changes_or_deletes_one(operator):
    row = acts()

    for page in ("change", "delete"):
        address = reverse(f"admin:accounts_auditevent_{page}", args=[quote(row.id)])
        assert operator.post(address, {"post": "yes", "reason": "x"}).status_code == 403
    assert operator.get(reverse("admin:accounts_auditevent_add")).status_code == 403


def test_what_is_listed_is_exported_and_the_export_is_recorded(operator):
    wanted = acts(reason="=HYPERLINK(1)")
    acts(email="bob@example.com")

    page = reverse("admin:accounts_audit_export")
    assert operator.get(page).status_code == 405
    answer = operator.post(f"{page}?q=ann@example.com")

    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["id"] for row in rows] == [
        row.id for row in AuditEvent.objects.filter(actor_email="ann@example.com")
    ]
    assert rows[0]["id"] == wanted.id
    assert rows[0]["reason"] == "'=HYPERLINK(1)"
    told = AuditEvent.objects.get(action="audit.exported")
    assert told.changes == {"filters": [None, "q=ann%40example.com"]}
    assert told.actor_email == "operator@example.com"


def test_whoever_may_not_see_it_exports_nothing():
    acts()
    client = Client()
    client.force_login(an_operator("bob@example.com", role="support"))

    assert client.post(reverse("admin:accounts_audit_export")).status_code == 403
    assert client.get(reverse(LIST)).status_code == 403
    assert not AuditEvent.objects.filter(action="audit.exported").exists()


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_costs_the_same_however_long_it_is(operator, count):
    acts(count)

    with CaptureQueriesContext(connection) as captured:
        operator.get(reverse(LIST))

    assert len(captured) == 4
