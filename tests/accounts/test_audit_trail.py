"""What was done is recorded in the transaction that does it, with who, from where and why."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accounts.audit import trail
from accounts.models import Account, ApiKey, AuditEvent, User
from accounts.people import sessions
from accounts.services import api_keys
from core.security import actor
from core.security.actor import Actor, ActorKind
from tests.factories import a_platform, an_operator, as_owner, now

pytestmark = pytest.mark.django_db


def the_platform():
    return Account.objects.get(id=a_platform().account_id)


def test_the_record_of_a_page_says_who_from_where_how_and_why():
    operator = an_operator("ann@example.com")
    operator.name = "Ann"
    operator.save()
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.force_login(operator)
    session = client.session
    shown = now() - timedelta(seconds=100)
    session["account_authentication_methods_user"] = operator.id
    session["account_authentication_methods"] = [
        {"method": "password", "at": now().timestamp()},
        {"method": "mfa", "type": "totp", "at": shown.timestamp()},
        {"method": "mfa", "type": "recovery_codes", "at": now().timestamp()},
    ]
    session.save()

    fields = {"name": "A", "email": "a@example.com", "country": "JP", "reason": "They asked."}
    client.post(reverse("admin:connect_open_platform"), fields)

    row = AuditEvent.objects.get(action="platform.opened")
    assert (row.actor_kind, row.actor_id, row.actor_email, row.actor_name) == (
        "operator",
        operator.id,
        "ann@example.com",
        "Ann",
    )
    assert row.address == "203.0.113.9"
    assert row.session == sessions.digest(client.session.session_key)
    assert row.request_id.startswith("req_")
    assert row.reason == "They asked."
    assert 100 <= row.step_up_seconds < 160
    assert row.changes == {"name": [None, "A"], "country": [None, "JP"]}
    assert row.target_type == "account"
    assert row.account_id == row.target_id
    # All of one page have its number.
    assert set(AuditEvent.objects.values_list("request_id", flat=True)) == {row.request_id}


def test_work_that_nobody_asked_for_is_the_systems_own():
    with transaction.atomic():
        row = trail.record("platform.opened", the_platform())

    assert (row.actor_kind, row.actor_id, row.step_up_seconds) == ("system", None, None)


def test_nothing_is_recorded_of_what_was_undone():
    platform = the_platform()
    before = AuditEvent.objects.count()

    with transaction.atomic():
        trail.record("platform.opened", platform)
        transaction.set_rollback(True)

    assert AuditEvent.objects.count() == before


def test_an_action_that_the_table_does_not_know_is_refused():
    with pytest.raises(KeyError, match=r"actions\.py"), transaction.atomic():
        trail.record("platform.renamed", the_platform())


def test_secrets_are_recorded_as_keyed_hashes_that_tell_whether_they_are_the_same():
    tenant = a_platform()

    key, text = api_keys.create(tenant=tenant, name="Till", at=now())

    row = AuditEvent.objects.get(target_id=key.id)
    (_, kept) = row.changes["digest"]
    assert kept == trail.hashed(bytes(ApiKey.objects.get(id=key.id).digest))
    whole = str(list(AuditEvent.objects.values()))
    assert text not in whole
    assert bytes(key.digest).hex() not in whole
    assert trail.hashed("a") != trail.hashed("b")


def test_a_rolled_and_a_revoked_key_are_recorded_each():
    tenant = a_platform()
    key, _ = api_keys.create(tenant=tenant, at=now())

    new, _ = api_keys.roll(key=key, expires_in=timedelta(0), at=now())

    told = AuditEvent.objects.filter(target_id__in=[key.id, new.id]).order_by("id")
    assert [row.action for row in told] == [
        "api_key.created",
        "api_key.created",
        "api_key.rolled",
        "api_key.revoked",
    ]
    assert told[2].changes == {"id": [key.id, new.id]}


def test_a_form_of_the_admin_is_recorded_with_the_old_and_the_new(client):
    client.force_login(an_operator())
    person = User.objects.create_user("bob@example.com", "secret")
    page = reverse("admin:accounts_user_change", args=[person.pk.replace("_", "_5F")])

    answer = client.post(page, {"email": "bob@example.org", "name": "Bob", "is_active": "on"})

    assert answer.status_code == 302
    row = AuditEvent.objects.get(action="user.changed")
    assert row.changes == {"email": ["bob@example.com", "bob@example.org"], "name": ["", "Bob"]}


def test_a_password_is_recorded_without_being_told(client):
    client.force_login(an_operator())
    person = User.objects.create_user("bob@example.com", "secret")
    page = reverse("admin:auth_user_password_change", args=[person.pk])
    fields = {"password1": "a-long-new-one", "password2": "a-long-new-one"}

    answer = client.post(page, fields | {"usable_password": "true", "set-password": "1"})

    assert answer.status_code == 302
    row = AuditEvent.objects.get(action="user.changed")
    assert "a-long-new-one" not in str(row.changes)
    assert row.target_id == person.pk


def test_deleted_memberships_are_recorded_one_by_one(client):
    client.force_login(an_operator())
    platform = the_platform()
    people = [User.objects.create_user(f"{name}@example.com") for name in ("ann", "bob")]
    rows = [platform.memberships.create(user=one, role="support") for one in people]
    ids = [row.id for row in rows]

    client.post(
        reverse("admin:accounts_membership_changelist"),
        {"action": "delete_selected", "_selected_action": ids, "post": "yes"},
    )

    assert not platform.memberships.exists()
    told = AuditEvent.objects.filter(action="membership.deleted")
    assert set(told.values_list("target_id", flat=True)) == set(ids)


def test_what_an_operator_did_survives_the_operator():
    person = an_operator("ann@example.com")
    with transaction.atomic():
        trail.record("platform.opened", the_platform(), by=person)

    as_owner(f"DELETE FROM accounts_user_user_permissions WHERE user_id = '{person.pk}'")
    as_owner(f"DELETE FROM accounts_user WHERE id = '{person.pk}'")

    assert not User.objects.filter(id=person.pk).exists()
    row = AuditEvent.objects.get(actor_id=person.pk)
    assert row.actor_email == "ann@example.com"


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_not_even_the_tables_owner_rewrites_it(statement):
    with transaction.atomic():
        trail.record("platform.opened", the_platform())

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        as_owner(statement.format("accounts_auditevent"))


def test_who_acts_is_known_inside_the_block_alone():
    with actor.acting(lambda: Actor(ActorKind.COMMAND_LINE, name="root at host")):
        inside = actor.current()

    assert inside.kind is ActorKind.COMMAND_LINE
    assert actor.current().kind is ActorKind.SYSTEM
