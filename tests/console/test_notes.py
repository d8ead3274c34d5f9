"""Notes: kept as they were written, read by whom they are for."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent, Membership
from console.models import Note
from core.ids import new_id
from tests import factories
from tests.console.test_payout_page import a_payout, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout():
    return a_payout()


def write(client: Client, payout, **form: str):
    fields = {
        "page": "connect_payout",
        "object": payout.id,
        "note": new_id("note"),
        "text": "Called them",
    }
    return client.post(reverse("admin:console_notes"), fields | form, follow=True)


def a_member(payout) -> Client:
    platform_id = Account.objects.get(id=payout.account_id).opened_by_id
    person = factories.an_operator("ours@example.com", role="")
    Membership.objects.create(user=person, account_id=platform_id, role="finance")
    client = Client()
    client.force_login(person)
    return client


def test_a_note_stands_in_the_timeline_with_who_wrote_it_once(operator, payout):
    id = new_id("note")
    for _ in range(2):
        write(operator, payout, note=id, text=" They call <b>back</b>. ")

    shown = text_of(operator, payout.id)

    assert "Note (operator@example.com) They call <b>back</b>." in shown
    note = Note.objects.get()
    assert (note.object_id, note.author_email) == (payout.id, "operator@example.com")
    assert AuditEvent.objects.get(action="note.written").target_id == payout.id


def test_a_note_without_words_or_about_what_is_not_seen_is_not_kept(operator, payout):
    assert "Write what the next person" in write(operator, payout, text=" ").content.decode()
    assert "Write what the next person" in write(operator, payout, note="x").content.decode()
    assert write(operator, payout, object="po_1").status_code == 404
    assert write(operator, payout, page="accounts_apikey").status_code == 404
    assert write(a_member(a_payout()), payout).status_code == 404
    auditor = Client()
    auditor.force_login(factories.an_operator("books@example.com", role="auditor"))
    assert write(auditor, payout).status_code == 403
    assert not Note.objects.exists()


def test_people_of_a_platform_read_their_own_notes_alone(operator, payout):
    member = a_member(payout)
    write(operator, payout, text="For us")
    write(member, payout, text="For them")

    assert "For us" not in text_of(member, payout.id)
    assert "For them" in text_of(member, payout.id)
    assert "For us" in text_of(operator, payout.id)
    assert "For them" in text_of(operator, payout.id)


def test_a_note_is_never_changed(operator, payout):
    write(operator, payout)

    for statement in ("UPDATE console_note SET text = 'x'", "DELETE FROM console_note"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
